"""A thread that runs one model for all visitors, and the queue for it.

Only the network runs in that thread. Reading cells and running candidates happens in a thread per
question, so that a slow database delays nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from text2sql.answering.pipeline import Service
from text2sql.ui.fair_queue import FairQueue, QueueLimits
from text2sql.ui.ticket import Ticket

if TYPE_CHECKING:
    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Database

__all__ = ["ModelThread", "model_threads"]

_Result = TypeVar("_Result")
_NICE = 5  # the thread of the page's events goes first, queries of visitors (10) come later
_ALONE = Service()
_HANGS_AFTER_S = 120.0  # a large model on a slow machine takes half a minute for a question


def model_threads(first: Text2SQL, others: Sequence[Text2SQL]) -> list[ModelThread]:
    """Return a thread for ``first``, the default model, and one that all ``others`` share.

    So one of the others at a time is loaded or answers. Beyond the models that answer now, those
    stay in memory that the registry keeps.
    """
    turns = FairQueue("model", 1, hangs_after_s=_HANGS_AFTER_S, nice=_NICE)
    return [ModelThread(first), *(ModelThread(other, turns=turns) for other in others)]


class ModelThread:
    """Answers the questions to one model in turn; a visitor who stops waiting blocks nobody.

    ``turns`` is the queue for the thread in which the model runs; models may share it.
    """

    def __init__(
        self,
        text2sql: Text2SQL,
        limits: QueueLimits | None = None,
        hangs_after_s: float = _HANGS_AFTER_S,
        turns: FairQueue | None = None,
    ) -> None:
        self.text2sql = text2sql
        self._turns = turns or FairQueue("model", 1, limits, hangs_after_s, nice=_NICE)
        most = self._turns.limits.in_all
        self._questions = FairQueue(
            "model", 2 * most + 1, QueueLimits(most, self._turns.limits.of_each)
        )

    def submit(
        self,
        question: str,
        database: Database,
        visitor: str | None = None,
        patient: bool = False,
        after: Answer | Previous | None = None,
        service: Service = _ALONE,
    ) -> Ticket[Answer]:
        """Queue a question, which may go on from ``after``.

        What ``service`` knows of the question reaches the model; the rest of it is set here.

        Raises:
            FullError: the queue is full, or the visitor has too many questions in it.
            ModelError: the model has stopped responding.
        """
        if not patient:
            self._turns.check(visitor)

        def answer(ticket: Ticket[Answer]) -> Answer:
            def turn(work: Callable[[], _Result]) -> _Result:
                loads = not self.text2sql.loaded  # and perhaps downloads it first
                inner = self._turns.submit(
                    lambda _: work(), visitor, patient=True, may_hang=loads, came=ticket.came
                )
                ticket.inner = inner
                if ticket.given_up:
                    inner.give_up()
                return inner.result()

            mine = replace(service, turn=turn, owner=visitor, cancel=ticket.stopped)
            if after is None:
                return self.text2sql.ask(question, database, mine)
            return self.text2sql.ask(question, database, mine, after)

        return self._questions.submit(answer, visitor, patient)

    def load(self) -> Ticket[Any]:
        """Load the model, which may take long or fail; do nothing if it is loaded."""
        return self._turns.submit(lambda _: self.text2sql.generator, patient=True, may_hang=True)
