"""The answer panel: result, SQL, other candidates, gold query, feedback; or a question back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync

from text2sql.answering.asking_back import two_readings
from text2sql.errors import Text2SQLError
from text2sql.query.explanation import explanation
from text2sql.query.layout import lay_out_sql
from text2sql.query.tables import tables_used
from text2sql.ui import messages
from text2sql.ui.ask.choices import candidate_choices
from text2sql.ui.ask.feedback_panel import FeedbackPanel
from text2sql.ui.ask.gold_panel import GoldPanel
from text2sql.ui.ask.headline import says
from text2sql.ui.ask.history import Asked
from text2sql.ui.ask.models_panel import ModelsPanel
from text2sql.ui.ask.readings_panel import ReadingsPanel
from text2sql.ui.ask.result_panel import ResultPanel
from text2sql.ui.ask.sql_panel import SqlPanel
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog, Database
    from text2sql.feedback import FeedbackStore
    from text2sql.sandbox import QueryResult
    from text2sql.ui.model_thread import ModelThread
    from text2sql.ui.queries import Queries

__all__ = ["AnswerPanel"]

_IN_TURN: dict[str, Any] = QUIET | {"concurrency_limit": None}  # the SQL queue limits them


class AnswerPanel:
    """The components of an answer; hidden until there is one."""

    def __init__(
        self,
        models: Sequence[ModelThread],
        catalog: Catalog,
        queries: Queries,
        feedback: FeedbackStore | None = None,
    ) -> None:
        self.catalog = catalog
        self.queries = queries
        self.running = Waiting()
        self.shared = gr.Textbox(visible=False, label="SQL of the address")
        self.asked = gr.State(None)  # the ``Asked`` that the panel answers
        with gr.Column(visible=False, elem_id="answer") as self.box:
            self.readings = ReadingsPanel()
            self._build_body(models, feedback)

    def _build_body(self, models: Sequence[ModelThread], feedback: FeedbackStore | None) -> None:
        catalog, queries = self.catalog, self.queries
        with gr.Column() as self.body:
            self.result = ResultPanel(catalog, queries)
            self.query = SqlPanel()
            with gr.Accordion(
                "Other candidates", open=False, elem_classes="t2s-fold"
            ) as self.others:
                self.candidates = gr.Radio(
                    [], label="Select one to run it", elem_id="candidates", container=False
                )
            self.models = ModelsPanel(models, catalog, queries)
            self.gold = GoldPanel(catalog, queries)
            self.feedback = FeedbackPanel(catalog, queries, feedback)

    @property
    def outputs(self) -> list[Any]:
        """Everything an answer changes."""
        return [
            self.asked, self.box, self.body, *self.readings.outputs, *self.result.outputs,
            *self.query.outputs, self.others, self.candidates, *self.models.outputs,
            *self.gold.outputs, *self.feedback.outputs,
        ]  # fmt: skip

    def wire(self, database: gr.Dropdown, opener: gr.Button) -> list[Any]:
        """Connect the events of the panel; queries run on the choice in ``database``.

        address.js presses ``opener`` to run the SQL of the address.

        Returns:
            The events that put another query in place of the answer's.
        """
        sql = self.query.sql
        self.query.cancel.click(self.cancel, queue=False, **QUIET)
        self.gold.wire(sql, database, **_IN_TURN)
        self.query.wire()
        self.models.wire(self.asked)
        self.feedback.wire(self.asked, sql)
        self.readings.neither.click(self.choose_neither, self.asked, self.outputs, **QUIET)
        self.result.wire()
        used: dict[str, Any] = _IN_TURN | {"fn": self.use, "outputs": self.outputs}
        shared = "(_, db) => [t2s.sharedSql(), db]"
        chosen = [self.readings.offered, self.asked]
        return [
            self.query.run.click(self.rerun, [sql, database], self.outputs, **_IN_TURN),
            self.candidates.input(inputs=[self.candidates, database], **used),
            self.gold.run.click(inputs=[self.gold.query, database], **used),
            opener.click(inputs=[self.shared, database], js=shared, **used),
            *(
                button.click(partial(self.choose, number), chosen, self.outputs, **_IN_TURN)
                for number, button in enumerate(self.readings.choose)
            ),
        ]

    def show(self, answer: Answer, gold: str | None, database: Database) -> Updates:
        """Show an answer, and the gold query of its question if there is one."""
        self.running.stop()
        choices = candidate_choices(answer.candidates)
        asked = Asked(answer.question, database.db_id, answer.model, answer.sql)
        readings = two_readings(answer, database.schema)
        laid_out = lay_out_sql(answer.sql)
        return {
            **self._shown(answer.result, laid_out, database, answer.question, answer),
            **(self.readings.show(readings, database.schema) if readings else self.readings.hide()),
            self.body: gr.Column(visible=readings is None),
            **self.models.show(None if answer.follows else asked),
            **self.gold.show(gold),
            **self.feedback.show(asked, database),
            self.asked: asked,
            self.box: gr.Column(visible=True),
            self.others: gr.Accordion(visible=len(choices) > 1, open=False),
            self.candidates: gr.Radio(choices, value=answer.sql),
        }

    def show_own(self, sql: str, result: QueryResult, database: Database) -> Updates:
        """Show the result of SQL that a visitor entered instead of a question."""
        self.running.stop()
        return {
            **self._shown(result, lay_out_sql(sql), database),
            **self._without_readings(),
            **self.models.show(None),
            **self.gold.show(None),
            **self.feedback.show(None, None),
            self.asked: Asked(sql, database.db_id),
            self.box: gr.Column(visible=True),
            self.others: gr.Accordion(visible=False),
        }

    def _shown(
        self,
        result: QueryResult | None,
        sql: str,
        database: Database,
        question: str = "",
        answer: Answer | None = None,
    ) -> Updates:
        """Show the result of ``sql``, which is written as in the editor."""
        query, reading = (sql, database.db_id), explanation(sql, database.schema)
        rest = "" if says(result, reading) else reading
        return {
            **self.result.show(result, query, reading, question, answer),
            **self.query.show(rest, tables_used(sql, database.schema)),
            self.query.sql: sql,
        }

    async def rerun(
        self, sql: str, db_id: str, question: str = ""
    ) -> AsyncGenerator[Updates, None]:
        """Run the SQL in the editor, and show at once that it is running."""
        try:
            database = self.catalog.get(db_id)
            ticket = self.queries.submit(database, sql)
            async with aclosing(self.running.wait_for(ticket)) as places:
                async for place, elapsed_s in places:
                    yield self.query.busy(elapsed_s, place)
            if not ticket.given_up:
                shown = self._shown(ticket.result(), sql, database, question)
                yield {**shown, **self.gold.fold_again()}
            elif (final_message := self.running.final_message(ticket)) is not None:
                yield self.query.idle(final_message)
        except Text2SQLError as error:
            yield self.query.idle(messages.alert(str(error)))

    async def use(self, sql: str, db_id: str, question: str = "") -> AsyncGenerator[Updates, None]:
        """Put another query into the editor and run it."""
        laid_out = lay_out_sql(sql)
        yield {self.query.sql: laid_out, **self._without_readings()}
        async with aclosing(self.rerun(laid_out, db_id, question)) as updates:
            async for update in updates:
                yield update

    async def choose(
        self, number: int, offered: Sequence[str], asked: Asked | None
    ) -> AsyncGenerator[Updates, None]:
        """Show the reading that the visitor meant, and save the choice as feedback."""
        if asked is None or not offered:  # the session ended, or another process has taken over
            yield {self.readings.question: messages.alert(messages.FORGOTTEN)}
            return
        sql = offered[number]
        saved = await run_sync(self.feedback.save_choice, asked, sql)
        yield saved
        async with aclosing(self.use(sql, asked.db_id, asked.question)) as updates:
            async for update in updates:
                yield update

    def choose_neither(self, asked: Asked | None) -> Updates:
        """Show the answer with its doubt and the other candidates, and save that it is wrong."""
        if asked is None:
            return {self.readings.question: messages.alert(messages.FORGOTTEN)}
        return {
            **self._without_readings(),
            **self.feedback.save_choice(asked, ""),
            self.others: gr.Accordion(open=True),
        }

    def forgotten(self) -> Updates:
        """Say that the server no longer has the answer."""
        return self.query.idle(messages.alert(messages.FORGOTTEN))

    def _without_readings(self) -> Updates:
        return {**self.readings.hide(), self.body: gr.Column(visible=True)}

    def cancel(self) -> None:
        """Handle the Cancel button beside Run."""
        self.running.stop(messages.note(messages.NOT_RUN))
