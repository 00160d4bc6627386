"""The SQL of an answer, folded: the editor, its Run button, and the query in English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.updates import Updates

__all__ = ["LONGEST_LINKED", "SqlPanel"]

_UNRUN = Markup(
    '<p class="t2s-hint" role="status">You changed the SQL. The rows are those of the earlier '
    "SQL: press Run to see the new ones.</p>"
)
#: Characters of SQL that the address of the page may have.
LONGEST_LINKED = 6000
_UNLINKED = Markup(
    '<p class="t2s-hint" role="status">This SQL has more than {:,} characters, too many for a '
    "link: the address of the page leads to the question without it. Copy the SQL to keep it.</p>"
).format(LONGEST_LINKED)


class SqlPanel:
    """The components of the query; the page script remembers whether the visitor unfolded it."""

    def __init__(self) -> None:
        with gr.Accordion(
            "SQL", open=False, elem_id="sql-fold", elem_classes="t2s-fold"
        ) as self.fold:
            self.sql = gr.Code(
                label="SQL",
                language="sql-sqlite",
                interactive=True,
                lines=1,
                max_lines=18,
                wrap_lines=True,
                show_line_numbers=False,
                buttons=["copy"],
                elem_id="sql",
                elem_classes="t2s-code",
            )
            with gr.Row(elem_classes="t2s-bar"):
                self.run = gr.Button("Run", size="sm", scale=0, min_width=72, elem_id="run")
                self.cancel = gr.Button(
                    "Cancel", size="sm", scale=0, min_width=72, visible=False, elem_id="cancel-run"
                )
                self.status = html(elem_id="running")
                html(_UNRUN, elem_id="unrun")
            html(_UNLINKED, elem_id="unlinked")
        self.reading = html(elem_id="reading")

    @property
    def outputs(self) -> list[Any]:
        return [self.sql, self.run, self.cancel, self.status, self.reading]

    def wire(self) -> None:
        """Mark the rows as out of date while the editor holds another query than the one run."""
        self.sql.change(None, self.sql, js="(sql) => t2s.edited(sql)")

    def show(self, reading: str, tables: Sequence[str]) -> Updates:
        """Say in English what the query does, if the headline has not, and which tables it uses."""
        return {**self.idle(), self.reading: messages.reading(reading, tables)}

    def busy(self, elapsed_s: float, place: int) -> Updates:
        """Show that the SQL is running, or its place in the queue, and offer to cancel it."""
        return {
            self.status: messages.running(elapsed_s, place),
            self.run: gr.Button(visible=False),
            self.cancel: gr.Button(visible=True),
        }

    def idle(self, status: str = "") -> Updates:
        return {
            self.status: status,
            self.run: gr.Button(visible=True),
            self.cancel: gr.Button(visible=False),
        }
