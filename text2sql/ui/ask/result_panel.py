"""The result panel: the answer as a sentence, its rows, a chart, and downloads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from text2sql.answering.chart_request import asks_for_chart
from text2sql.errors import Text2SQLError
from text2sql.sandbox import Limits, QueryResult
from text2sql.ui import messages
from text2sql.ui.ask.headline import headline, mark_ran, trust
from text2sql.ui.chart import chart_of, no_chart
from text2sql.ui.chart_spec import chart_plot
from text2sql.ui.html import html
from text2sql.ui.row_files import KINDS, row_file
from text2sql.ui.rows import LONGEST_CELL, in_words, rows_table
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog
    from text2sql.ui.queries import Queries

__all__ = ["ResultPanel"]

#: Limits of a query whose rows go into a file.
_TAKEN = Limits(max_rows=10_000)
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
ShownQuery = tuple[str, str]
"""SQL and the name of its database."""


class ResultPanel:
    """The components of a result, at the top of an answer."""

    def __init__(self, catalog: Catalog, queries: Queries) -> None:
        self.catalog = catalog
        self.queries = queries
        # the query on the page and its database; downloads run it again, so no rows are stored
        self.shown = gr.State(None)
        self.headline = html(elem_id="headline")
        self.doubt = html(elem_id="doubt")
        self.chartless = html(elem_id="chartless")
        with gr.Row(elem_classes="t2s-shown"):
            self.chart = gr.Plot(show_label=False, container=False, visible=False, elem_id="chart")
            self.rows = gr.Dataframe(
                label="Rows",
                show_label=False,
                interactive=False,
                max_height=420,
                max_chars=LONGEST_CELL,
                elem_id="rows",
            )
        with gr.Row(elem_classes="t2s-bar"):
            self.outcome = html(elem_id="outcome")
            self.downloads = {
                kind: gr.Button(name, size="sm", scale=0, min_width=72, elem_id=f"download-{kind}")
                for kind, name in KINDS.items()
            }
        self.saved = html(elem_id="saved")
        self.name = gr.Textbox(visible=False, label="File name")
        self.file = gr.Textbox(visible=False, label="File")

    @property
    def outputs(self) -> list[Any]:
        return [
            self.shown, self.headline, self.doubt, self.chartless, self.chart, self.rows,
            self.outcome, self.saved, *self.downloads.values(),
        ]  # fmt: skip

    def wire(self) -> None:
        """Connect the downloads; files are named after the database."""
        for kind, button in self.downloads.items():
            make = partial(self.make_file, kind)
            outputs = [self.file, self.name, self.saved]
            button.click(make, self.shown, outputs, **QUIET).then(
                None,
                [self.file, self.name],
                js=f"(text, name) => text && t2s.save(text, name, '{_TYPES[kind]}')",
            )

    def show(
        self,
        result: QueryResult | None,
        query: ShownQuery,
        reading: str,
        question: str = "",
        answer: Answer | None = None,
    ) -> Updates:
        """Show the result as a sentence, a table and a chart, or its error.

        Args:
            query: as the editor shows it.
            reading: the query in English.
            question: what was asked; it may ask for a chart.
            answer: the answer with this result; None if a visitor wrote or chose the query.
        """
        ran = result is not None and result.error is None
        if result is not None and ran:
            result = in_words(result, query[0], self.catalog.get(query[1]).schema)
        unread = answer is not None and answer.unread  # its rows answer nothing
        single = result is not None and len(result.rows) == len(result.columns) == 1
        asked = asks_for_chart(question)
        chart = chart_of(result, asked)
        written = messages.written(answer) if answer else ""
        return {
            self.shown: query,
            self.headline: (Markup() if unread else headline(result, reading, trust(answer)))
            + mark_ran(query[0]),
            self.doubt: messages.doubt(answer) if answer else "",
            self.chartless: messages.note(no_chart(result))
            if result and asked and ran and not chart
            else "",
            self.chart: gr.Plot(chart_plot(chart) if chart else None, visible=chart is not None),
            self.rows: rows_table(None if single and not unread else result),
            self.outcome: messages.outcome(result, written) if ran else "",
            self.saved: "",
            **{
                button: gr.Button(visible=bool(result and result.rows))
                for button in self.downloads.values()
            },
        }

    def make_file(self, kind: str, query: ShownQuery | None) -> tuple[str, str, Markup]:
        """Return the content and name of a download and a message; no content means an error.

        Excel files are encoded in base64, because fields of the page hold text only.
        """
        if query is None:  # the session ended, or another process has taken over
            return "", "", messages.alert(messages.FORGOTTEN)
        sql, db_id = query
        try:
            database = self.catalog.get(db_id)
            result = self.queries.run(database, sql, _TAKEN)
        except Text2SQLError as error:
            return "", "", messages.alert(str(error))
        if result.error is not None:
            return "", "", messages.outcome(result)
        file = row_file(kind, db_id, in_words(result, sql, database.schema))
        return file.content, file.name, messages.note(file.note) if file.note else Markup()
