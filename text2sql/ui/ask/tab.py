"""The Ask tab: choose a database, ask, read and change the SQL, see the rows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync
from markupsafe import Markup

from text2sql.answering.question import is_sql
from text2sql.answering.service import Service
from text2sql.errors import ModelError, Text2SQLError
from text2sql.feedback import OwnerExamples
from text2sql.ui import messages
from text2sql.ui.ask.answer_panel import AnswerPanel
from text2sql.ui.ask.choices import database_choices, gold_for
from text2sql.ui.ask.conversation import ConversationPanel, Talk
from text2sql.ui.ask.example_chips import ExampleChips
from text2sql.ui.ask.history import History
from text2sql.ui.ask.model_picker import ModelPicker
from text2sql.ui.ask.question_bar import QuestionBar
from text2sql.ui.ask.sql_panel import LONGEST_LINKED
from text2sql.ui.ask.steps import Step
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.library import Library
from text2sql.ui.remembered_choices import unchecked
from text2sql.ui.schema.panel import SchemaPanel
from text2sql.ui.schema.view import examples_html
from text2sql.ui.updates import QUIET, Updates
from text2sql.ui.visitor import current_visitor

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog, Database
    from text2sql.feedback import FeedbackStore
    from text2sql.sandbox import QueryResult
    from text2sql.spider import Example
    from text2sql.ui.model_thread import ModelThread
    from text2sql.ui.queries import Queries
    from text2sql.ui.ticket import Ticket

__all__ = ["AskTab"]

# Requests wait in the model's own queue, which is bounded and knows their places.
_IN_LINE: dict[str, Any] = QUIET | {"concurrency_limit": None, "concurrency_id": "line"}
_log = logging.getLogger(__name__)

#: The address has the question while it is answered: if the server ends, the next one answers it.
_REMEMBER = "(question, db) => t2s.remember(db, question)"
#: The address then has the questions that a follow-up goes on from.
_REMEMBER_EARLIER = "() => t2s.rememberEarlier()"
_REMEMBER_SQL = f"(db, sql) => t2s.rememberSql(db, sql, {LONGEST_LINKED})"


class AskTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(
        self,
        models: Sequence[ModelThread],
        catalog: Catalog,
        queries: Queries,
        feedback: FeedbackStore | None = None,
    ) -> None:
        self.catalog = catalog
        self.owner = None if feedback is None else OwnerExamples(feedback)
        self.waiting = Waiting()
        first = next(iter(catalog))
        with gr.Row(elem_classes="t2s-split"):
            with gr.Column(scale=3, min_width=420):
                with gr.Row(elem_classes="t2s-choice"):
                    self._build_database(first)
                    self.picker = ModelPicker(models, self.waiting)
                self.bar = QuestionBar()
                self.conversation = ConversationPanel()
                self.panel = AnswerPanel(models, catalog, queries, feedback)
                # below the answer, which belongs directly under its question
                self.examples = ExampleChips(catalog, first.db_id)
                self.history = History()
            with gr.Column(scale=2, min_width=340, elem_classes="t2s-aside"):
                self.schema = SchemaPanel(catalog, first)

    def _build_database(self, first: Database) -> None:
        self.database = gr.Dropdown(
            database_choices(self.catalog),
            value=first.db_id,
            label="Database",
            filterable=True,
            scale=3,
            elem_id="database",
        )
        unchecked(self.database)

    def wire(self, opener: gr.Button) -> None:
        """Connect all events; address.js presses ``opener`` to run the SQL of the address.

        Another database is opened by its address, as links are.
        """
        self.database.input(None, self.database, js="(db) => t2s.choose(db)")
        self.history.wire()
        self.schema.wire(self.database, self.bar.status)
        self.picker.wire(self.bar.status)
        self._wire_questions()
        self._wire_conversation(self.panel.wire(self.database, opener))
        given = self.panel.feedback.thanks
        given.change(self.show_examples, self.database, self.schema.examples, **QUIET)
        self.bar.cancel.click(self.stop, queue=False, **QUIET)

    def _wire_questions(self) -> None:
        for list_of_questions in (self.examples.list, self.history.list):
            list_of_questions.click(None, js="() => t2s.showQuestion()")
        chosen = self.examples.fill(self.bar.field)
        chosen.then(None, self.asked, js=_REMEMBER)
        gr.on(self.bar.asks, None, self.asked, js=_REMEMBER)
        talk = [self.conversation.talk, self.panel.query.sql, self.conversation.new]
        inputs = [*self.asked, self.picker.choice]
        answering = self.answering | {"fn": self.answer}
        self.add_after(chosen.then(inputs=inputs, **answering))
        self.add_after(gr.on(self.bar.asks, inputs=[*inputs, *talk], **answering))

    def _wire_conversation(self, replaced: Sequence[Any]) -> None:
        """Follow the events that put another query in place of the answer's."""
        talk = self.conversation
        used = [*self.panel.outputs, *talk.outputs]
        left = talk.parts.click(self.leave_out, [talk.parts, talk.talk], used, **_IN_LINE)
        sql = self.panel.query.sql
        for event in (*replaced, left):
            event.then(None, [self.database, sql], js=_REMEMBER_SQL)
            event.then(self.go_on_from, [sql, talk.talk], talk.outputs, **QUIET)

    def add_after(self, event: Any) -> None:
        """Add the question to the history and to the address when ``event`` has answered it."""
        self.history.add_after(event, self.panel.asked)
        event.then(None, js=_REMEMBER_EARLIER)

    @property
    def answering(self) -> dict[str, Any]:
        """The settings of all events that ask a model."""
        # a question that is asked during the wait for another takes its place
        return _IN_LINE | {"outputs": self.outputs, "trigger_mode": "multiple"}

    @property
    def asked(self) -> list[Any]:
        """The fields of a question."""
        return [self.bar.field, self.database]

    @property
    def described(self) -> list[Any]:
        """The components that change with the database."""
        talk = self.conversation.outputs
        schema = [*self.schema.outputs, self.schema.examples]
        return [*schema, self.examples.list, self.panel.box, *talk, *self.bar.outputs]

    @property
    def outputs(self) -> list[Any]:
        """Everything that asking changes."""
        talk = self.conversation.outputs
        return [*self.bar.outputs, self.picker.choice, *talk, *self.panel.outputs]

    def choose(self, db_id: str) -> Updates:
        """Switch to another database and hide the answer, which belongs to the previous one."""
        self.waiting.stop()
        try:
            shown = self.schema.all_of(self.catalog.get(db_id))
        except Text2SQLError as error:
            return self.lacks(str(error))
        return {
            **shown,
            self.schema.examples: self.show_examples(db_id),
            **self.bar.idle(),
            **self.conversation.hide(),
            **self.examples.show(db_id),
            self.panel.box: gr.Column(visible=False),
        }

    def lacks(self, why: str) -> Updates:
        """Say why a database is missing, and hide the answer, which belongs to another one."""
        return {
            **self.bar.idle(messages.alert(why)),
            **self.conversation.hide(),
            self.panel.box: gr.Column(visible=False),
        }

    def examples_for(self, db_id: str) -> tuple[Example, ...]:
        """The questions whose SQL the owner of the page or this visitor gave, the latest last."""
        given = () if self.owner is None else self.owner.of(db_id)
        own = self.catalog.corrected(db_id) if isinstance(self.catalog, Library) else ()
        return (*given, *own)

    def show_examples(self, db_id: str) -> Markup:
        """Show what text models read before the next question."""
        return examples_html(self.examples_for(db_id))

    async def answer(
        self,
        question: str,
        db_id: str,
        model: str,
        talk: Talk | None = None,
        sql: str = "",
        new: bool = False,
    ) -> AsyncIterator[Updates]:
        """Ask the model; show the waiting time, then the answer or an error.

        Args:
            talk: what the question may go on from, unless it is ``new``.
            sql: what is in the editor, which the visitor may have changed.
        """
        talk = None if new or talk is None or talk.db_id != db_id else talk.with_sql(sql)
        try:
            async with aclosing(await self._updates(question, db_id, model, talk)) as updates:
                async for update in updates:
                    yield update
        except ModelError as error:
            failed = self.picker.failed(error, model, self.picker.first)
            yield {**self.bar.idle(failed), **self.picker.fall_back()}
        except Text2SQLError as error:
            yield self.bar.idle(messages.alert(str(error)))
        except Exception:
            _log.exception("Answering %r on %r failed", question, db_id)
            yield self.bar.idle(messages.alert(messages.UNEXPECTED))

    async def _updates(
        self, question: str, db_id: str, model: str, talk: Talk | None
    ) -> AsyncGenerator[Updates]:
        """Return the updates of an answer, by the model or, for SQL, by running it."""
        database = self.catalog.get(db_id)
        self.panel.running.stop()
        if await run_sync(is_sql, question, database.schema):
            return self._run_own(question, database)
        before = None if talk is None else talk.previous
        examples = await run_sync(self.examples_for, db_id)
        ticket = self.picker.model(model).submit(
            question, database, current_visitor(), after=before, service=Service(examples=examples)
        )
        return self._await(ticket, lambda answer: self._shown(answer, database, talk))

    def _run_own(self, sql: str, database: Database) -> AsyncGenerator[Updates]:
        """Run SQL that the visitor entered instead of a question."""

        def shown(result: QueryResult) -> Updates:
            own = {self.bar.status: messages.note(messages.OWN_SQL)}
            talk = Talk(database.db_id, (Step(sql),), sql)
            said = self.conversation.show(talk, database.schema)
            return self.panel.show_own(sql, result, database) | said | own

        return self._await(self.panel.queries.submit(database, sql), shown, messages.running)

    async def _await(
        self,
        ticket: Ticket[Any],
        show: Callable[[Any], Updates],
        busy: Callable[[float, int], Markup] = messages.working,
    ) -> AsyncGenerator[Updates]:
        """Show ``busy`` with the seconds and the place in the queue until ``ticket`` ends."""
        async with aclosing(self.waiting.wait_for(ticket)) as places:
            async for place, elapsed_s in places:
                yield self.bar.busy(busy(elapsed_s, place))
        if not ticket.given_up:
            result = ticket.result()
            yield {**self.bar.idle(), **await run_sync(show, result)}
        elif (final_message := self.waiting.final_message(ticket)) is not None:
            yield self.bar.idle(final_message)

    def _shown(self, answer: Answer, database: Database, talk: Talk | None) -> Updates:
        gold = gold_for(answer.question, self.catalog.examples(database.db_id))
        said = self.conversation.show(Talk.of(answer, talk), database.schema)
        return self.panel.show(answer, gold, database) | said

    async def leave_out(self, part: list[str], talk: Talk | None) -> AsyncIterator[Updates]:
        """Run the query without a part that was carried over."""
        if talk is None:  # the session ended, or another process has taken over
            yield self.panel.forgotten()
            return
        async for update in self.panel.use(part[1], talk.db_id, talk.question):
            yield update

    def go_on_from(self, sql: str, talk: Talk | None) -> Updates:
        """Go on from ``sql``, which the visitor put in place of the query of ``talk``."""
        if talk is not None:
            with suppress(Text2SQLError):  # its database has been removed
                schema = self.catalog.get(talk.db_id).schema
                return self.conversation.show_parts(talk.with_sql(sql), schema)
        nothing: Updates = gr.skip()
        return nothing

    def stop(self) -> None:
        """Handle the Cancel button."""
        self.waiting.stop(messages.note(messages.CANCELLED))
