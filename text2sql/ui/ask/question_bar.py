"""The question bar: the field, its Ask and Cancel buttons, and the status line."""

from __future__ import annotations

from typing import Any

import gradio as gr

from text2sql.ui.html import html
from text2sql.ui.updates import Updates

__all__ = ["QuestionBar"]


class QuestionBar:
    """The components of a question; Cancel takes the place of Ask while an answer is awaited."""

    def __init__(self) -> None:
        with gr.Row(elem_classes="t2s-question", equal_height=False):
            self.field = gr.Textbox(
                label="Question",
                placeholder="Ask about this database in English",
                lines=1,
                max_lines=6,
                scale=1,
                elem_id="question",
            )
            self.ask = gr.Button("Ask", variant="primary", scale=0, min_width=96, elem_id="ask")
            self.cancel = gr.Button(
                "Cancel", scale=0, min_width=96, visible=False, elem_id="cancel"
            )
        self.status = html(elem_id="status")

    @property
    def outputs(self) -> list[Any]:
        """The components that change with an answer; the question stays in its field."""
        return [self.status, self.ask, self.cancel]

    @property
    def asks(self) -> list[Any]:
        """The events that ask the question."""
        return [self.ask.click, self.field.submit]

    def busy(self, status: str) -> Updates:
        """Show ``status`` and the Cancel button."""
        return self._show(status, busy=True)

    def idle(self, status: str = "") -> Updates:
        """Show ``status`` and the Ask button."""
        return self._show(status, busy=False)

    def _show(self, status: str, busy: bool) -> Updates:
        return {
            self.status: status,
            self.ask: gr.Button(visible=not busy),
            self.cancel: gr.Button(visible=busy),
        }
