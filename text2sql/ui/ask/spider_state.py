"""The progress of the download of Spider, whose databases then join the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.html import html
from text2sql.ui.library import Library
from text2sql.ui.updates import QUIET
from text2sql.wording import counted

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.download.background import FetchState, SpiderFetch

__all__ = ["SpiderState", "described"]

_TICK_S = 2.0


def described(state: FetchState) -> Markup:
    """Return the state of the download as HTML."""
    if state.error is not None:
        return messages.note(
            "Spider could not be downloaded, so only the sample databases are listed. "
            f"{state.error}"
        )
    if state.databases is not None:
        return messages.note(f"Added {counted(state.databases, 'database')} of Spider to the list.")
    size = f" {state.total / 1e6:,.0f} MB" if state.total else ""
    sentence = f"Spider's databases will be added to the list. {state.what}{size}"
    return messages.progress(sentence, state.done, max(state.total, 1))


class SpiderState:
    """The progress line and the timer that updates it; make one inside a ``gr.Blocks``."""

    def __init__(self, fetch: SpiderFetch, library: Catalog) -> None:
        self.fetch = fetch
        self.library = library
        self.line = html(described(fetch.state), elem_id="spider-state")
        self.clock = gr.Timer(_TICK_S)
        self.token = gr.Textbox(visible=False, label="Visit")

    def wire(self, load: Callable[..., Any], database: gr.Dropdown) -> None:
        """Connect the timer and the loading of the page to the list of databases."""
        outputs = [self.line, self.clock, database]
        ticks = [load, self.clock.tick]
        gr.on(ticks, self.show, self.token, outputs, js="() => t2s.visit()", **QUIET)

    def show(self, token: str = "") -> tuple[Any, Any, Any]:
        """Show the progress; at the end, stop the timer and add the databases.

        The list has the uploads of the visit with ``token``, too.
        """
        if isinstance(self.library, Library):
            self.library.arrive(token)
        state = self.fetch.state
        if not state.ended:
            return described(state), gr.skip(), gr.skip()
        choices = database_choices(self.library)
        return described(state), gr.Timer(active=False), gr.Dropdown(choices)
