"""Tells that Spider's databases are on their way, and lists them once they are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.ui import messages
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.html import html
from text2sql.ui.updates import QUIET
from text2sql.wording import counted

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.download.background import FetchState, SpiderFetch

__all__ = ["SpiderState", "described"]

_TICK_S = 2.0


def described(state: FetchState) -> Markup:
    """The state in a line of HTML."""
    if state.error is not None:
        return messages.note(
            f"Spider's databases could not be fetched; the samples are here. {state.error}"
        )
    if state.databases is not None:
        return messages.note(f"{counted(state.databases, 'database')} of Spider joined the list.")
    size = f" {state.total / 1e6:,.0f} MB" if state.total else ""
    sentence = f"Spider's databases will join the list. {state.what}{size}"
    return messages.progress(sentence, state.done, max(state.total, 1))


class SpiderState:
    """The line and the clock that renews it; make one inside a ``gr.Blocks``."""

    def __init__(self, fetch: SpiderFetch, library: Catalog) -> None:
        self.fetch = fetch
        self.library = library
        self.line = html(described(fetch.state), elem_id="spider-state")
        self.clock = gr.Timer(_TICK_S)

    def wire(self, load: Callable[..., Any], database: gr.Dropdown) -> None:
        """Connect the clock, the page's own loading, and the list that will grow."""
        outputs = [self.line, self.clock, database]
        gr.on([load, self.clock.tick], self.show, None, outputs, **QUIET)

    def show(self) -> tuple[Any, Any, Any]:
        """How far the fetch is; at its end the clock stops and the list grows."""
        state = self.fetch.state
        if not state.ended:
            return described(state), gr.skip(), gr.skip()
        choices = database_choices(self.library)
        return described(state), gr.Timer(active=False), gr.Dropdown(choices)
