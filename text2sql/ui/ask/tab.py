"""The Ask tab: choose a database, ask, read and change the SQL, see the rows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync
from markupsafe import Markup

from text2sql.answering.question import is_sql
from text2sql.errors import ModelError, Text2SQLError
from text2sql.linking.key_edits import parse_key, undeclared_keys
from text2sql.schema import ForeignKey
from text2sql.ui import messages
from text2sql.ui.ask.answer_panel import AnswerPanel
from text2sql.ui.ask.choices import database_choices, gold_for
from text2sql.ui.ask.conversation import ConversationPanel, Talk
from text2sql.ui.ask.examples import checked_samples, chips
from text2sql.ui.ask.history import History
from text2sql.ui.ask.model_picker import ModelPicker
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.html import html
from text2sql.ui.library import Library
from text2sql.ui.schema.panel import SchemaPanel
from text2sql.ui.updates import QUIET, Updates
from text2sql.ui.visitor import current_visitor

if TYPE_CHECKING:
    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.pipeline import Answer
    from text2sql.databases import Catalog, Database
    from text2sql.feedback import FeedbackStore
    from text2sql.sandbox import QueryResult
    from text2sql.ui.fair_queue import Ticket
    from text2sql.ui.model_thread import ModelThread
    from text2sql.ui.queries import Queries

__all__ = ["REMEMBER_EARLIER", "AskTab"]

# Requests wait in the model's own queue, which is bounded and knows their places.
_IN_LINE: dict[str, Any] = QUIET | {"concurrency_limit": None, "concurrency_id": "line"}
_log = logging.getLogger(__name__)

#: The address has the question while it is answered: if the server ends, the next one answers it.
_REMEMBER = "(question, db) => t2s.remember(db, question)"
#: The address then has the questions that a follow-up goes on from.
REMEMBER_EARLIER = "() => t2s.rememberEarlier()"


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
        self.waiting = Waiting()
        first = next(iter(catalog))
        with gr.Row(elem_classes="t2s-split"):
            with gr.Column(scale=3, min_width=420):
                with gr.Row(elem_classes="t2s-choice"):
                    self._build_database(first)
                    self.picker = ModelPicker(models, self.waiting)
                self._build_question()
                self.status = html(elem_id="status")
                self.conversation = ConversationPanel()
                self.panel = AnswerPanel(catalog, queries, feedback)
                self._build_examples(first)
                self.history = History()
            with gr.Column(scale=2, min_width=340, elem_classes="t2s-aside"):
                self.schema = SchemaPanel(first)
        self.panel.wire(self.database)
        self.picker.wire(self.status)
        self._wire()

    def _build_database(self, first: Database) -> None:
        self.database = gr.Dropdown(
            database_choices(self.catalog),
            value=first.db_id,
            label="Database",
            filterable=True,
            scale=3,
            elem_id="database",
        )

    def _build_question(self) -> None:
        with gr.Row(elem_classes="t2s-question", equal_height=False):
            self.question = gr.Textbox(
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

    def _build_examples(self, first: Database) -> None:
        """Build the examples, below the answer, which belongs directly under its question."""
        self.examples = gr.Dataset(
            components=[gr.Textbox(visible=False, label="Question")],
            label="Examples",
            elem_id="examples",
            **self._offered(first.db_id),
        )

    def _offered(self, db_id: str) -> dict[str, Any]:
        """Return the settings of the example buttons for a database."""
        offered = chips(db_id, self.catalog.examples(db_id), checked_samples())
        return {
            "samples": [[chip.question] for chip in offered],
            "sample_labels": [chip.label for chip in offered],
            "visible": bool(offered),
        }

    def _wire(self) -> None:
        chosen = self.examples.click(_first, self.examples, self.question, **QUIET)
        again = self.history.repeat(self.again, [*self.asked, *self.described])
        for list_of_questions in (self.examples, self.history.list):
            list_of_questions.click(None, js="() => t2s.showQuestion()")
        gr.on([self.ask.click, self.question.submit], None, self.asked, js=_REMEMBER)
        asking = gr.on([self.ask.click, self.question.submit], **self._going_on)
        for event in (asking, *(one.then(**self.asking) for one in (chosen, again))):
            self.history.add_after(event, self.panel.asked)
            event.then(None, js=REMEMBER_EARLIER)
        self.conversation.parts.click(
            self.take_off,
            [self.conversation.parts, self.conversation.talk, self.database],
            [*self.panel.outputs, *self.conversation.outputs],
            **_IN_LINE,
        )
        for one in (chosen, again):
            one.then(None, self.asked, js=_REMEMBER)
        keys = self.schema.keys
        kept = [keys.kept, self.database]
        keys.kept.input(self.keep_keys, kept, [*self.schema.outputs, self.status], **QUIET)
        gr.on(
            [keys.add.click, keys.new.submit],
            self.add_key,
            [keys.new, self.database],
            [*self.schema.outputs, self.status],
            **QUIET,
        )
        self.cancel.click(self.stop, queue=False, **QUIET)
        self.database.input(self.choose, self.database, self.described, **QUIET)
        self.database.input(None, self.database, js="(db) => t2s.remember(db, '')")

    @property
    def asking(self) -> dict[str, Any]:
        """The settings of every event that asks the model."""
        inputs = [*self.asked, self.picker.choice]
        return _IN_LINE | {"fn": self.answer, "inputs": inputs, "outputs": self.outputs}

    @property
    def _going_on(self) -> dict[str, Any]:
        """As ``asking``, for a question that may go on from the answer on the page."""
        talk = [self.conversation.talk, self.panel.query.sql, self.conversation.new]
        return self.asking | {"inputs": [*self.asked, self.picker.choice, *talk]}

    @property
    def asked(self) -> list[Any]:
        """The fields of a question."""
        return [self.question, self.database]

    @property
    def described(self) -> list[Any]:
        """The components that change with the database."""
        buttons = [self.status, self.ask, self.cancel]
        talk = self.conversation.outputs
        return [*self.schema.outputs, self.examples, self.panel.box, *talk, *buttons]

    @property
    def outputs(self) -> list[Any]:
        """Everything that asking changes."""
        buttons = [self.status, self.ask, self.cancel]
        talk = self.conversation.outputs
        return [*buttons, self.picker.choice, *talk, *self.panel.outputs]

    def choose(self, db_id: str) -> Updates:
        """Switch to another database and hide the answer, which belongs to the previous one."""
        self.waiting.stop()
        try:
            shown = self.schema.all_of(self.catalog.get(db_id))
        except Text2SQLError as error:
            return {self.status: messages.alert(str(error))}
        return {
            **shown,
            **self._idle(""),
            **self.conversation.hide(),
            self.examples: gr.Dataset(**self._offered(db_id)),
            self.panel.box: gr.Column(visible=False),
        }

    def keep_keys(self, texts: list[str], db_id: str) -> Updates:
        """Use the checked keys, in addition to the declared ones, for this session."""
        return self._with_keys(
            db_id, lambda database: [parse_key(t, database.schema) for t in texts]
        )

    def add_key(self, text: str, db_id: str) -> Updates:
        """Add a key for this session."""
        return self._with_keys(
            db_id,
            lambda database: [*undeclared_keys(database), parse_key(text, database.schema)],
        )

    def _with_keys(self, db_id: str, chosen: Callable[[Database], Sequence[ForeignKey]]) -> Updates:
        try:
            database = self.catalog.get(db_id)
            if isinstance(self.catalog, Library):
                self.catalog.choose_keys(db_id, chosen(database))
            return {**self.schema.all_of(self.catalog.get(db_id)), self.status: ""}
        except Text2SQLError as error:
            return {self.status: messages.alert(str(error))}

    def again(self, sample: list[str]) -> Updates:
        """Restore an earlier question and its database."""
        question, db_id = sample
        return {**self.choose(db_id), self.question: question, self.database: db_id}

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
        before = None if new or talk is None or talk.db_id != db_id else talk.previous(sql)
        try:
            database = self.catalog.get(db_id)
            self.panel.running.stop()
            if await run_sync(is_sql, question, database.schema):
                updates = self._run_own(question, database)
            else:
                asked = self.picker.model(model)
                ticket = asked.submit(question, database, current_visitor(), after=before)
                updates = self._await(ticket, lambda answer: self._shown(answer, database, before))
            async with aclosing(updates):
                async for update in updates:
                    yield update
        except ModelError as error:
            failed = self.picker.failed(error, model, self.picker.first)
            yield {**self._idle(failed), **self.picker.fall_back()}
        except Text2SQLError as error:
            yield self._idle(messages.alert(str(error)))
        except Exception:
            _log.exception("Answering %r on %r failed", question, db_id)
            yield self._idle(messages.alert(messages.UNEXPECTED))

    def _run_own(self, sql: str, database: Database) -> AsyncGenerator[Updates]:
        """Run SQL that the visitor entered instead of a question."""

        def shown(result: QueryResult) -> Updates:
            own = {self.status: messages.note(messages.OWN_SQL)}
            talk = self.conversation.show(Talk(database.db_id, (), sql), database.schema)
            return self.panel.show_own(sql, result, database) | talk | own

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
                yield self._busy(busy(elapsed_s, place))
        if not ticket.given_up:
            result = ticket.result()
            yield {**self._idle(""), **await run_sync(show, result)}
        elif (final_message := self.waiting.final_message(ticket)) is not None:
            yield self._idle(final_message)

    def _shown(self, answer: Answer, database: Database, before: Previous | None) -> Updates:
        gold = gold_for(answer.question, self.catalog.examples(database.db_id))
        talk = self.conversation.show(Talk.of(answer, before), database.schema)
        return self.panel.show(answer, gold, database) | talk

    async def take_off(
        self, part: list[str], talk: Talk | None, db_id: str
    ) -> AsyncIterator[Updates]:
        """Run the query without a part that was carried over."""
        sql = part[1]
        question = talk.questions[-1] if talk is not None and talk.questions else ""
        async for update in self.panel.use(sql, db_id, question):
            yield update
        yield self.conversation.without(sql, talk, self.catalog.get(db_id).schema)

    def stop(self) -> None:
        """Handle the Cancel button."""
        self.waiting.stop(messages.note(messages.CANCELLED))

    def _busy(self, status: str) -> Updates:
        return {
            self.status: status,
            self.ask: gr.Button(visible=False),
            self.cancel: gr.Button(visible=True),
        }

    def _idle(self, status: str) -> Updates:
        return {
            self.status: status,
            self.ask: gr.Button(visible=True),
            self.cancel: gr.Button(visible=False),
        }


def _first(sample: list[str]) -> str:
    return sample[0]
