"""The panel that asks several models the question of an answer and shows them side by side."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync
from markupsafe import Markup

from text2sql.answering.several import ModelAnswer
from text2sql.errors import NotDownloaded, Text2SQLError
from text2sql.ui import messages
from text2sql.ui.ask.choices import gold_for
from text2sql.ui.ask.gold_panel import COMPARING
from text2sql.ui.ask.history import Asked
from text2sql.ui.ask.models_view import models_html
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.html import html
from text2sql.ui.updates import QUIET, Updates
from text2sql.ui.visitor import current_visitor

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.compare import Verdict
    from text2sql.databases import Catalog, Database
    from text2sql.ui.model_thread import ModelThread
    from text2sql.ui.queries import Queries
    from text2sql.ui.ticket import Ticket

__all__ = ["ModelsPanel"]

_MOST = 6  # models that one press asks
_log = logging.getLogger(__name__)


class ModelsPanel:
    """A choice of models and their answers; hidden if there is only one model.

    The models answer one after the other, and each is loaded when its turn comes.
    """

    def __init__(self, models: Sequence[ModelThread], catalog: Catalog, queries: Queries) -> None:
        self.models = {model.text2sql.name: model for model in models}
        self.catalog = catalog
        self.queries = queries
        self.waiting = Waiting()
        names = list(self.models)
        with gr.Accordion(
            "Compare models", open=False, visible=False, elem_id="models", elem_classes="t2s-fold"
        ) as self.fold:
            self.choice = gr.CheckboxGroup(
                names,
                value=names[:1],
                label="Models that answer this question, one after the other",
                elem_id="compared-models",
            )
            self.compare = gr.Button("Compare", size="sm", scale=0, elem_id="compare-models")
            self.answers = html(elem_id="model-answers")

    @property
    def outputs(self) -> list[Any]:
        return [self.fold, self.answers]

    def wire(self, asked: gr.State) -> None:
        """Ask the chosen models the question of ``asked`` when the button is pressed."""
        self.compare.click(
            self.ask, [self.choice, asked], self.answers, concurrency_limit=None, **QUIET
        )

    def show(self, asked: Asked | None) -> Updates:
        """Offer the comparison for a new answer; a query that no model wrote has none."""
        self.waiting.stop()
        visible = len(self.models) > 1 and asked is not None and bool(asked.model)
        return {self.fold: gr.Accordion(visible=visible, open=False), self.answers: ""}

    async def ask(self, names: Sequence[str], asked: Asked | None) -> AsyncGenerator[Markup]:
        """Ask one model after the other; show the answers so far, and which model is working."""
        if asked is None:  # the session ended, or another process has taken over
            yield messages.alert(messages.FORGOTTEN)
            return
        names = [name for name in self.models if name in names]  # in the order of the list
        if not 0 < len(names) <= _MOST:
            yield messages.alert(f"Choose one to {_MOST} models to compare.")
            return
        found: list[ModelAnswer] = []
        try:
            database = self.catalog.get(asked.db_id)
            gold = gold_for(asked.question, self.catalog.examples(asked.db_id))
            for name in names:
                async with aclosing(self._answer(name, asked.question, database, gold)) as steps:
                    async for step in steps:
                        if isinstance(step, ModelAnswer):
                            found.append(step)
                        else:
                            yield models_html(found, gold) + step
                if len(found) == 0 or found[-1].model != name:  # another comparison replaced it
                    return
            yield models_html(found, gold)
        except Text2SQLError as error:
            yield messages.alert(str(error))
        except Exception:
            _log.exception("Comparing models on %r and %r failed", asked.question, asked.db_id)
            yield messages.alert(messages.UNEXPECTED)

    async def _answer(
        self, name: str, question: str, database: Database, gold: str | None
    ) -> AsyncGenerator[Markup | ModelAnswer]:
        """Yield messages while a model is working, then its answer if it is still wanted."""
        try:
            ticket = self.models[name].submit(question, database, current_visitor())
            async with aclosing(self.waiting.wait_for(ticket)) as places:
                async for place, elapsed_s in places:
                    yield messages.asking(name, elapsed_s, place)
            if not ticket.given_up:
                yield await run_sync(self._judged, name, ticket, database, gold)
        except NotDownloaded as error:
            _log.warning("%s", error)  # how to download it is for the person who runs the page
            yield ModelAnswer(name, error=f"{name} is not on this machine; it needs {error.size}.")
        except Text2SQLError as error:
            yield ModelAnswer(name, error=str(error))

    def _judged(
        self, name: str, ticket: Ticket[Answer], database: Database, gold: str | None
    ) -> ModelAnswer:
        answer = ticket.result()
        judged: Verdict | None = None
        if gold is not None and answer.sql:
            from text2sql.compare import verdict  # needed only here

            judged = self.queries.in_turn(
                lambda: verdict(gold, answer.sql, database, COMPARING)
            ).result()
        return ModelAnswer(name, answer, verdict=judged)
