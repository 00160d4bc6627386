"""The feedback panel: a visitor marks an answer as right or wrong, or corrects it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.errors import Text2SQLError
from text2sql.feedback import Feedback, FeedbackStore
from text2sql.query.layout import without_layout
from text2sql.ui import messages
from text2sql.ui.ask.history import Asked
from text2sql.ui.html import html
from text2sql.ui.library import Library
from text2sql.ui.updates import QUIET, Updates
from text2sql.uploads.importing import GROUP

if TYPE_CHECKING:
    from text2sql.databases import Catalog, Database
    from text2sql.ui.queries import Queries

__all__ = ["FeedbackPanel", "judged", "offered"]


def offered(asked: Asked | None, database: Database | None) -> bool:
    """Whether to ask for feedback: a model answered, and the database is a shared one."""
    return bool(asked and asked.model and database and database.group != GROUP)


def judged(asked: Asked, verdict: str, editor: str) -> Feedback:
    """Return the entry for a press of a button; an edited query counts as a correction."""
    entry = Feedback(asked.question, asked.db_id, asked.model, asked.sql, "right")
    if verdict == "wrong":
        return replace(entry, verdict="wrong")
    if without_layout(editor) != without_layout(asked.sql):
        return replace(entry, verdict="corrected", correct_sql=without_layout(editor))
    return entry


class FeedbackPanel:
    """Two buttons and a message; hidden if feedback is not stored."""

    def __init__(self, catalog: Catalog, queries: Queries, file: FeedbackStore | None) -> None:
        self.catalog = catalog
        self.queries = queries
        self.file = file
        with gr.Row(visible=False, elem_id="feedback", elem_classes="t2s-bar") as self.box:
            html(Markup('<p class="t2s-hint">Is this answer right?</p>'))
            self.right = gr.Button("Right", size="sm", scale=0, min_width=72, elem_id="right")
            self.wrong = gr.Button("Wrong", size="sm", scale=0, min_width=72, elem_id="wrong")
            self.thanks = html(elem_id="thanks")

    @property
    def outputs(self) -> list[Any]:
        return [self.box, self.thanks]

    def wire(self, asked: gr.State, sql: gr.Code) -> None:
        """Connect the buttons; feedback on ``asked`` includes the SQL in the editor."""
        self.right.click(self.say_right, [asked, sql], self.thanks, **QUIET)
        self.wrong.click(self.say_wrong, [asked, sql], self.thanks, **QUIET)

    def show(self, asked: Asked | None, database: Database | None) -> Updates:
        """Ask for feedback on a new answer, or hide the panel."""
        visible = self.file is not None and offered(asked, database)
        return {self.box: gr.Row(visible=visible), self.thanks: ""}

    def say_right(self, asked: Asked | None, editor: str) -> Markup:
        """Handle the Right button, which refers to the SQL in the editor."""
        return self._keep(asked, "right", editor)

    def say_wrong(self, asked: Asked | None, editor: str) -> Markup:
        return self._keep(asked, "wrong", editor)

    def save_choice(self, asked: Asked, sql: str) -> Updates:
        """Save which of two readings was meant; an empty text means neither.

        Nothing is saved about a visitor's own database.
        """
        if self.file is None or not offered(asked, self.catalog.get(asked.db_id)):
            return {}
        verdict = "right" if sql else "wrong"
        return {self.thanks: self._keep(asked, verdict, sql or asked.sql, _CHOSEN)}

    def _keep(self, asked: Asked | None, verdict: str, editor: str, thanks: str = "") -> Markup:
        assert self.file is not None, "the buttons are hidden without a file"
        if asked is None:  # the session ended, or another process has taken over
            return messages.alert(messages.FORGOTTEN)
        entry = judged(asked, verdict, editor)
        try:
            if entry.verdict == "corrected":
                result = self.queries.run(self.catalog.get(entry.db_id), entry.correct_sql)
                if result.error is not None:
                    return messages.alert(f"Not saved, because the SQL fails: {result.error}")
            self.file.add(entry)
            self._remember(entry)
        except Text2SQLError as error:
            return messages.alert(str(error))
        lost = "" if self.file.lasts else _LOST
        return messages.note((thanks or _THANKS[entry.verdict]) + lost)

    def _remember(self, entry: Feedback) -> None:
        """Let a correction help the visitor's next questions, until the answer is called wrong."""
        if isinstance(self.catalog, Library) and entry.verdict != "right":
            self.catalog.correct(entry.question, entry.db_id, entry.correct_sql)


_LOST = " It is lost when this Space restarts, because the Space has no storage for it."
_CHOSEN = "Thank you. Your choice is saved as feedback."
_THANKS = {
    "right": "Thank you. Saved as right.",
    "wrong": "Thank you. Saved as wrong. To save a correction, edit the SQL above and press Right.",
    "corrected": "Thank you. Your corrected SQL is saved, and helps with your next questions.",
}
