"""The queue in front of the sandbox, in which everybody's own SQL is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from text2sql.databases import Database
from text2sql.sandbox import QueryResult, run_query
from text2sql.ui.fair_queue import FairQueue, QueueLimits, Ticket
from text2sql.ui.visitor import current_visitor

__all__ = ["Queries"]

_Result = TypeVar("_Result")
_AT_ONCE = 16  # of which the sandbox runs four, shared out fairly
_LIMITS = QueueLimits(in_all=32, of_each=4, longest_s=10.0)


class Queries:
    """Runs SQL in turn; whoever finds the queue full is told so with a ``FullError``."""

    def __init__(self, limits: QueueLimits = _LIMITS) -> None:
        self._queue = FairQueue("SQL", _AT_ONCE, limits)

    def submit(self, database: Database, sql: str) -> Ticket[QueryResult]:
        """A query of the visitor whose event is being handled; giving up the ticket ends it."""
        visitor = current_visitor()

        def run(ticket: Ticket[QueryResult]) -> QueryResult:
            return run_query(database, sql, cancel=ticket.stopped, owner=visitor)

        return self._queue.submit(run, visitor)

    def run(self, database: Database, sql: str) -> QueryResult:
        """The result of a query, after its turn."""
        return self.submit(database, sql).result()

    def in_turn(self, work: Callable[[], _Result]) -> Ticket[_Result]:
        """Other work that runs SQL, such as comparing two queries."""
        return self._queue.submit(lambda _: work(), current_visitor())
