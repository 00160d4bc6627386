"""An answer: SQL to read and change, its rows, the other queries, the gold query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.errors import Text2SQLError
from text2sql.sandbox import QueryResult, run_query
from text2sql.ui import messages
from text2sql.ui.ask.choices import candidate_choices
from text2sql.ui.ask.gold_panel import GoldPanel
from text2sql.ui.cells import csv_text
from text2sql.ui.rows import LONGEST_CELL, rows_table
from text2sql.ui.sql_layout import lay_out_sql
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.databases import Catalog, Database
    from text2sql.pipeline import Answer

__all__ = ["AnswerPanel"]

_AT_ONCE = 4  # queries that may run side by side


class AnswerPanel:
    """The components of an answer; hidden until there is one."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.shown = gr.State(None)  # the QueryResult on the page, for the download
        with gr.Column(visible=False, elem_id="answer") as self.box:
            self._build_sql()
            self._build_rows()
            with gr.Accordion(
                "Other queries the model weighed", open=False, elem_classes="t2s-fold"
            ) as self.others:
                self.candidates = gr.Radio(
                    [], label="Choose one to run it", elem_id="candidates", container=False
                )
            self.gold = GoldPanel(catalog)

    def _build_sql(self) -> None:
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
            self.outcome = gr.HTML(elem_id="outcome", apply_default_css=False)
            self.download = gr.Button("CSV", size="sm", scale=0, min_width=72, elem_id="download")

    def _build_rows(self) -> None:
        self.single = gr.HTML(elem_id="single", apply_default_css=False)
        self.rows = gr.Dataframe(
            label="Rows",
            show_label=False,
            interactive=False,
            max_height=420,
            max_chars=LONGEST_CELL,
            elem_id="rows",
        )
        self.csv = gr.Textbox(visible=False, label="CSV")

    @property
    def outputs(self) -> list[Any]:
        """Everything an answer changes."""
        return [
            self.shown, self.box, self.sql, self.outcome, self.single, self.rows, self.download,
            self.others, self.candidates, *self.gold.outputs,
        ]  # fmt: skip

    def wire(self, database: gr.Dropdown) -> None:
        """Connect what happens inside the panel; ``database`` says where queries run."""
        running: dict[str, Any] = QUIET | {"concurrency_limit": _AT_ONCE, "concurrency_id": "sql"}
        self.run.click(self.rerun, [self.sql, database], self.outputs, **running)
        self.candidates.input(self.use, [self.candidates, database], self.outputs, **running)
        self.gold.run.click(self.use, [self.gold.query, database], self.outputs, **running)
        self.gold.wire(self.sql, database, **running)
        self.download.click(self.make_csv, self.shown, self.csv, **QUIET).then(
            None, [self.csv, database], js="(text, name) => t2s.save(text, name + '.csv')"
        )

    def show(self, answer: Answer, gold: str | None) -> Updates:
        """A new answer, with the gold query of its question where there is one."""
        choices = candidate_choices(answer.candidates)
        return {
            **self._show_result(answer.result),
            **self.gold.show(gold),
            self.box: gr.Column(visible=True),
            self.sql: lay_out_sql(answer.sql),
            self.outcome: messages.outcome(answer.result, answer.model, answer.seconds),
            self.others: gr.Accordion(visible=len(choices) > 1, open=False),
            self.candidates: gr.Radio(choices, value=answer.sql),
        }

    def show_own(self, sql: str, database: Database) -> Updates:
        """SQL that a person wrote instead of a question, run as it is."""
        return {
            **self.use(sql, database.db_id),
            **self.gold.show(None),
            self.box: gr.Column(visible=True),
            self.others: gr.Accordion(visible=False),
        }

    def rerun(self, sql: str, db_id: str) -> Updates:
        """Run what stands in the editor."""
        try:
            result = run_query(self.catalog.get(db_id), sql)
        except Text2SQLError as error:
            return {self.outcome: messages.alert(str(error))}
        return {**self._show_result(result), **self.gold.fold_again()}

    def use(self, sql: str, db_id: str) -> Updates:
        """Put another query into the editor and run it."""
        return {**self.rerun(sql, db_id), self.sql: lay_out_sql(sql)}

    def _show_result(self, result: QueryResult | None) -> Updates:
        """Rows as a table, one value as a value, an error as a sentence."""
        single = result is not None and len(result.rows) == len(result.columns) == 1
        return {
            self.shown: result,
            self.outcome: messages.outcome(result),
            self.single: messages.single_value(result) if result and single else "",
            self.rows: rows_table(None if single else result),
            self.download: gr.Button(visible=bool(result and result.rows)),
        }

    @staticmethod
    def make_csv(result: QueryResult) -> str:
        """The rows on the page as a file's content."""
        return csv_text(result.columns, result.rows)
