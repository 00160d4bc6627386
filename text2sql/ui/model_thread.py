"""A thread that runs one model for all visitors, and the queue for it.

Only the network runs in that thread. Reading cells and running candidates happens in a thread per
question, so that a slow database delays nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from text2sql.answering.pipeline import Service
from text2sql.ui.fair_queue import FairQueue, QueueLimits, Ticket

if TYPE_CHECKING:
    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Database

__all__ = ["ModelThread"]

_Result = TypeVar("_Result")
_HANGS_AFTER_S = 120.0  # a large model on a slow machine takes half a minute for a question


class ModelThread:
    """Answers the questions to one model in turn; a visitor who stops waiting blocks nobody."""

    def __init__(
        self,
        text2sql: Text2SQL,
        limits: QueueLimits | None = None,
        hangs_after_s: float = _HANGS_AFTER_S,
    ) -> None:
        self.text2sql = text2sql
        self._turns = FairQueue("model", 1, limits, hangs_after_s)
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
    ) -> Ticket[Answer]:
        """Queue a question, which may go on from ``after``.

        Raises:
            FullError: the queue is full, or the visitor has too many questions in it.
            ModelError: the model has stopped responding.
        """
        if not patient:
            self._turns.check(visitor)

        def answer(ticket: Ticket[Answer]) -> Answer:
            def turn(work: Callable[[], _Result]) -> _Result:
                inner = self._turns.submit(
                    lambda _: work(), visitor, patient=True, came=ticket.came
                )
                ticket.inner = inner
                if ticket.given_up:
                    inner.give_up()
                return inner.result()

            service = Service(turn, visitor, ticket.stopped)
            if after is None:
                return self.text2sql.ask(question, database, service)
            return self.text2sql.ask(question, database, service, after)

        return self._questions.submit(answer, visitor, patient)

    def load(self) -> Ticket[Any]:
        """Load the model, which may take long or fail; do nothing if it is loaded."""
        return self._turns.submit(lambda _: self.text2sql.generator, patient=True, may_hang=True)
