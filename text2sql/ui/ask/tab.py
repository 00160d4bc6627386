"""The Ask tab: choose a database, ask, read and change the SQL, see the rows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

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
from text2sql.ui.ask.conversation import ConversationPanel, Talk, earlier_questions
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

__all__ = ["AskTab"]

# Requests wait in the model's own queue, which is bounded and knows their places.
_IN_LINE: dict[str, Any] = QUIET | {"concurrency_limit": None, "concurrency_id": "line"}
_log = logging.getLogger(__name__)

#: The address has the question while it is answered: if the server ends, the next one answers it.
_REMEMBER = "(question, db) => t2s.remember(db, question)"
_REMEMBER_EARLIER = "() => t2s.rememberEarlier()"  # questions that a follow-up goes on from


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
        self.address = [gr.Textbox(visible=False, label=name) for name in ("Address", "Visit")]
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
        again = self.history.repeat(self.again, [*self._asked, *self.described])
        for list_of_questions in (self.examples, self.history.list):
            list_of_questions.click(None, js="() => t2s.showQuestion()")
        gr.on([self.ask.click, self.question.submit], None, self._asked, js=_REMEMBER)
        asking = gr.on([self.ask.click, self.question.submit], **self._going_on)
        for event in (asking, *(one.then(**self._asking) for one in (chosen, again))):
            self.history.add_after(event, self.panel.asked)
            event.then(None, js=_REMEMBER_EARLIER)
        self.conversation.parts.click(
            self.take_off,
            [self.conversation.parts, self.conversation.talk, self.database],
            [*self.panel.outputs, *self.conversation.outputs],
            **_IN_LINE,
        )
        for one in (chosen, again):
            one.then(None, self._asked, js=_REMEMBER)
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

    def restore_on(self, load: Callable[..., Any], question: gr.Button, sql: gr.Button) -> None:
        """Restore the question in the address when the page is loaded, and by Back and Forward.

        address.js presses ``question`` to restore one, and ``sql`` to run edited SQL.
        """
        opening: dict[str, Any] = QUIET | {
            "inputs": self.address,
            "outputs": [*self._asked, *self.described],
            "js": "() => t2s.opened()",
        }
        inputs = self._asking["inputs"]
        inputs = [*inputs, self.address[0]]
        shared = "(...values) => [...values.slice(0, -1), t2s.opened()[0]]"
        for opened in (
            load(self.restore, **opening),
            question.click(self.go_back, trigger_mode="multiple", **opening),
        ):
            # "multiple", because Back is often pressed again before an answer is there
            answered = opened.then(
                self.answer_shared,
                inputs,
                self._outputs,
                js=shared,
                trigger_mode="multiple",
                **_IN_LINE,
            )
            self.history.add_after(answered, self.panel.asked)
            answered.then(None, js=_REMEMBER_EARLIER)
            answered.then(None, js="() => t2s.runShared()")
        self.panel.run_shared_on(sql, self.database)

    @property
    def _asking(self) -> dict[str, Any]:
        """The settings of every event that asks the model."""
        inputs = [*self._asked, self.picker.choice]
        return _IN_LINE | {"fn": self.answer, "inputs": inputs, "outputs": self._outputs}

    @property
    def _going_on(self) -> dict[str, Any]:
        """As ``_asking``, for a question that may go on from the answer on the page."""
        talk = [self.conversation.talk, self.panel.query.sql, self.conversation.new]
        return self._asking | {"inputs": [*self._asked, self.picker.choice, *talk]}

    @property
    def _asked(self) -> list[Any]:
        return [self.question, self.database]

    @property
    def described(self) -> list[Any]:
        """The components that change with the database."""
        buttons = [self.status, self.ask, self.cancel]
        talk = self.conversation.outputs
        return [*self.schema.outputs, self.examples, self.panel.box, *talk, *buttons]

    @property
    def _outputs(self) -> list[Any]:
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

    def restore(self, address: str, token: str) -> Updates:
        """Restore the database and the question of the address, ``?db=...&q=...``.

        ``token`` is the secret of the browser tab, which may have brought the database.
        """
        query = dict(parse_qsl(address.lstrip("?")))
        wanted = query.get("db")
        if not wanted:
            nothing: Updates = gr.skip()
            return nothing
        if isinstance(self.catalog, Library):
            self.catalog.arrive(token)
            if "own" in query and wanted not in self.catalog:
                minutes = round(self.catalog.store.idle_s / 60)
                return {self.status: messages.alert(messages.not_brought(wanted, minutes))}
        updates = self.choose(wanted)
        if self.examples in updates:  # it was found
            choices = database_choices(self.catalog)
            shown = gr.Dropdown(choices, value=wanted) if "own" in query else wanted
            updates |= {self.database: shown, self.question: query.get("q", "")}
        return updates

    def go_back(self, address: str, token: str) -> Updates:
        """Restore an address; one without a database is where the page began."""
        if address:
            return self.restore(address, token)
        first = next(iter(self.catalog)).db_id
        return {**self.choose(first), self.database: first, self.question: ""}

    async def answer_shared(
        self, question: str, db_id: str, model: str, address: str
    ) -> AsyncIterator[Updates]:
        """Answer the question of a shared address, if it has one, after those before it."""
        yield gr.skip()  # an event that yields nothing would empty its outputs
        if not question.strip():
            return
        earlier = earlier_questions(dict(parse_qsl(address.lstrip("?"))).get("after", ""))
        talk = None
        for one in earlier:
            async for update in self.answer(one, db_id, model, talk):
                talk = update.get(self.conversation.talk, talk)
        async for update in self.answer(question, db_id, model, talk):
            yield update


def _first(sample: list[str]) -> str:
    return sample[0]
