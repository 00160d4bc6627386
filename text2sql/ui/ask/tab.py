"""The Ask tab: choose a database, ask, read and change the SQL, see the rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.errors import Text2SQLError
from text2sql.question import is_sql
from text2sql.ui import messages
from text2sql.ui.ask.answer_panel import AnswerPanel
from text2sql.ui.ask.choices import database_choices, gold_for, some_examples
from text2sql.ui.schema.panel import SchemaPanel
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.databases import Catalog, Database
    from text2sql.ui.model_thread import ModelThread

__all__ = ["AskTab"]

_MODEL: dict[str, Any] = QUIET | {"concurrency_limit": 1, "concurrency_id": "model"}
_TICK_S = 0.2  # how often the elapsed time is shown while the model works
_log = logging.getLogger(__name__)


class AskTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(self, model: ModelThread, catalog: Catalog) -> None:
        self.model = model
        self.catalog = catalog
        first = next(iter(catalog))
        with gr.Row(elem_classes="t2s-split"):
            with gr.Column(scale=3, min_width=420):
                self._build_question(first)
                self.status = gr.HTML(elem_id="status", apply_default_css=False)
                self.panel = AnswerPanel(catalog)
                self._build_examples(first)
            with gr.Column(scale=2, min_width=340, elem_classes="t2s-aside"):
                self.schema = SchemaPanel(first)
        self.panel.wire(self.database)
        self._wire()

    def _build_question(self, first: Database) -> None:
        self.database = gr.Dropdown(
            database_choices(self.catalog),
            value=first.db_id,
            label="Database",
            filterable=True,
            elem_id="database",
        )
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
        """Below the answer, so that it stands right under its question."""
        self.examples = gr.Dataset(
            components=[gr.Textbox(visible=False, label="Question")],
            label="Examples",
            elem_id="examples",
            **self._offered(first.db_id),
        )

    def _offered(self, db_id: str) -> dict[str, Any]:
        """The settings of the example buttons for a database."""
        questions = some_examples(self.catalog.examples(db_id))
        return {
            "samples": [[question] for question in questions],
            "sample_labels": questions,
            "visible": bool(questions),
        }

    def _wire(self) -> None:
        chosen = self.examples.click(_first, self.examples, self.question, **QUIET)
        self.examples.click(None, js="() => t2s.showQuestion()")
        ask = gr.on([self.ask.click, self.question.submit], **self._asking)
        ask_example = chosen.then(**self._asking)
        asking = [ask, ask_example]
        for event in asking:
            event.then(None, self._asked, js="(question, db) => t2s.remember(db, question)")
        self.cancel.click(self.stop, None, self._outputs, cancels=asking, **QUIET)
        self.database.input(self.choose, self.database, self._described, cancels=asking, **QUIET)
        self.database.input(None, self.database, js="(db) => t2s.remember(db, '')")

    def restore_on(self, load: Callable[..., Any]) -> None:
        """Connect the page's own loading, which its ``gr.Blocks`` offers as ``load``."""
        loaded = load(self.restore, None, [*self._asked, *self._described], **QUIET)
        loaded.then(self.answer_shared, self._asked, self._outputs, **_MODEL)

    @property
    def _asking(self) -> dict[str, Any]:
        """One event for the model, whatever sets it off."""
        return _MODEL | {"fn": self.answer, "inputs": self._asked, "outputs": self._outputs}

    @property
    def _asked(self) -> list[Any]:
        return [self.question, self.database]

    @property
    def _described(self) -> list[Any]:
        """What another database changes."""
        buttons = [self.status, self.ask, self.cancel]
        return [*self.schema.outputs, self.examples, self.panel.box, *buttons]

    @property
    def _outputs(self) -> list[Any]:
        return [self.status, self.ask, self.cancel, *self.panel.outputs]

    def choose(self, db_id: str) -> Updates:
        """Another database: its schema and examples; the answer on the page was the last one's."""
        try:
            shown = self.schema.show(self.catalog.get(db_id))
        except Text2SQLError as error:
            return {self.status: messages.alert(str(error))}
        return {
            **dict(zip(self.schema.outputs, shown, strict=True)),
            **self._idle(""),
            self.examples: gr.Dataset(**self._offered(db_id)),
            self.panel.box: gr.Column(visible=False),
        }

    def answer(self, question: str, db_id: str) -> Iterator[Updates]:
        """Ask the model; show the time that passes, then the answer or what went wrong."""
        try:
            database = self.catalog.get(db_id)
            if is_sql(question, database.schema):
                shown = self.panel.show_own(question, database)
                yield {**self._idle(messages.note(messages.OWN_SQL)), **shown}
            else:
                yield from self._ask_model(question, database)
        except Text2SQLError as error:
            yield self._idle(messages.alert(str(error)))
        except Exception:
            _log.exception("Answering %r on %r failed", question, db_id)
            yield self._idle(messages.alert(messages.UNEXPECTED))

    def _ask_model(self, question: str, database: Database) -> Iterator[Updates]:
        started = time.perf_counter()
        job = self.model.submit(question, database)
        try:
            while not wait([job], timeout=_TICK_S).done:
                yield self._working(time.perf_counter() - started)
        finally:
            job.cancel()  # where nobody waits any more and it has not begun
        gold = gold_for(question, self.catalog.examples(database.db_id))
        yield {**self._idle(""), **self.panel.show(job.result(), gold)}

    def stop(self) -> Updates:
        """The Cancel button."""
        return self._idle(messages.note(messages.CANCELLED))

    def _working(self, elapsed_s: float) -> Updates:
        return {
            self.status: messages.working(elapsed_s),
            self.ask: gr.Button(visible=False),
            self.cancel: gr.Button(visible=True),
        }

    def _idle(self, status: str) -> Updates:
        return {
            self.status: status,
            self.ask: gr.Button(visible=True),
            self.cancel: gr.Button(visible=False),
        }

    def restore(self, request: gr.Request) -> Updates:
        """The database and the question that the address names, ``?db=...&q=...``."""
        wanted = request.query_params.get("db")
        if not wanted:
            nothing: Updates = gr.skip()
            return nothing
        updates = self.choose(wanted)
        if self.examples in updates:  # it was found
            question = request.query_params.get("q", "")
            updates |= {self.database: wanted, self.question: question}
        return updates

    def answer_shared(self, question: str, db_id: str) -> Iterator[Updates]:
        """The answer that a shared address asks for, if it holds a question."""
        yield gr.skip()  # an event that yields nothing at all would empty its outputs
        if question.strip():
            yield from self.answer(question, db_id)


def _first(sample: list[str]) -> str:
    return sample[0]
