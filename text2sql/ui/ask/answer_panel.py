"""The answer panel: SQL editor, explanation, result, other candidates, gold query, feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.errors import Text2SQLError
from text2sql.query.explanation import explanation
from text2sql.query.layout import lay_out_sql
from text2sql.ui import messages
from text2sql.ui.ask.choices import candidate_choices
from text2sql.ui.ask.feedback_panel import FeedbackPanel
from text2sql.ui.ask.gold_panel import GoldPanel
from text2sql.ui.ask.history import Asked
from text2sql.ui.ask.result_panel import ResultPanel
from text2sql.ui.html import html
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog, Database
    from text2sql.feedback import FeedbackStore
    from text2sql.ui.queries import Queries

__all__ = ["AnswerPanel"]

_IN_TURN: dict[str, Any] = QUIET | {"concurrency_limit": None}  # the SQL queue limits them


class AnswerPanel:
    """The components of an answer; hidden until there is one."""

    def __init__(
        self, catalog: Catalog, queries: Queries, feedback: FeedbackStore | None = None
    ) -> None:
        self.catalog = catalog
        self.queries = queries
        self.asked = gr.State(None)  # the ``Asked`` that the panel answers
        with gr.Column(visible=False, elem_id="answer") as self.box:
            self._build_sql()
            self.result = ResultPanel(catalog, queries)
            with gr.Accordion(
                "Other candidates", open=False, elem_classes="t2s-fold"
            ) as self.others:
                self.candidates = gr.Radio(
                    [], label="Select one to run it", elem_id="candidates", container=False
                )
            self.gold = GoldPanel(catalog, queries)
            self.feedback = FeedbackPanel(catalog, queries, feedback)

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
        self.reading = html(elem_id="reading")

    @property
    def outputs(self) -> list[Any]:
        """Everything an answer changes."""
        return [
            self.asked, self.box, self.sql, self.reading, *self.result.outputs, self.others,
            self.candidates, *self.gold.outputs, *self.feedback.outputs,
        ]  # fmt: skip

    def wire(self, database: gr.Dropdown) -> None:
        """Connect the events of the panel; queries run on the choice in ``database``."""
        self.result.run.click(self.rerun, [self.sql, database], self.outputs, **_IN_TURN)
        self.candidates.input(self.use, [self.candidates, database], self.outputs, **_IN_TURN)
        self.gold.run.click(self.use, [self.gold.query, database], self.outputs, **_IN_TURN)
        self.gold.wire(self.sql, database, **_IN_TURN)
        self.feedback.wire(self.asked, self.sql)
        self.result.wire()

    def show(self, answer: Answer, gold: str | None, database: Database) -> Updates:
        """Show an answer, and the gold query of its question if there is one."""
        choices = candidate_choices(answer.candidates)
        asked = Asked(answer.question, database.db_id, answer.model, answer.sql)
        return {
            **self.result.show(answer.result, (answer.sql, database.db_id)),
            **self.gold.show(gold),
            **self.feedback.show(asked, database),
            self.asked: asked,
            self.box: gr.Column(visible=True),
            self.sql: lay_out_sql(answer.sql),
            self.reading: messages.reading(explanation(answer.sql, database.schema)),
            self.result.outcome: messages.answered(answer),
            self.result.doubt: messages.doubt(answer),
            self.others: gr.Accordion(visible=len(choices) > 1, open=False),
            self.candidates: gr.Radio(choices, value=answer.sql),
        }

    def show_own(self, sql: str, database: Database) -> Updates:
        """Run and show SQL that a visitor entered instead of a question."""
        return {
            **self.use(sql, database.db_id),
            **self.gold.show(None),
            **self.feedback.show(None, None),
            self.asked: Asked(sql, database.db_id),
            self.box: gr.Column(visible=True),
            self.others: gr.Accordion(visible=False),
        }

    def rerun(self, sql: str, db_id: str) -> Updates:
        """Run the SQL in the editor."""
        try:
            database = self.catalog.get(db_id)
            result = self.queries.run(database, sql)
        except Text2SQLError as error:
            return {self.result.outcome: messages.alert(str(error))}
        return {
            **self.result.show(result, (sql, db_id)),
            **self.gold.fold_again(),
            self.reading: messages.reading(explanation(sql, database.schema)),
        }

    def use(self, sql: str, db_id: str) -> Updates:
        """Put another query into the editor and run it."""
        return {**self.rerun(sql, db_id), self.sql: lay_out_sql(sql)}
