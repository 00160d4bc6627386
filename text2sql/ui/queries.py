"""The queue for SQL that visitors run in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from text2sql.databases import Database
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.ui.fair_queue import FairQueue, QueueLimits
from text2sql.ui.ticket import Ticket
from text2sql.ui.visitor import current_caller

__all__ = ["Queries"]

_Result = TypeVar("_Result")
_AT_ONCE = 16  # the sandbox runs four of them at a time, chosen fairly
_SHOWN = Limits()  # of a query whose rows are shown
_LIMITS = QueueLimits(in_all=32, of_each=4, longest_s=10.0)


class Queries:
    """Runs SQL in turn; raises ``FullError`` if the queue is full."""

    def __init__(self, limits: QueueLimits = _LIMITS) -> None:
        self._queue = FairQueue("SQL", _AT_ONCE, limits)

    def submit(self, database: Database, sql: str, limits: Limits = _SHOWN) -> Ticket[QueryResult]:
        """Queue a query of the current visitor; giving up the ticket interrupts it."""
        caller = current_caller()

        def run(ticket: Ticket[QueryResult]) -> QueryResult:
            return run_query(database, sql, limits, cancel=ticket.stopped, owner=caller)

        return self._queue.submit(run, caller)

    def run(self, database: Database, sql: str, limits: Limits = _SHOWN) -> QueryResult:
        """Run a query in turn and return its result."""
        return self.submit(database, sql, limits).result()

    def in_turn(self, work: Callable[[], _Result]) -> Ticket[_Result]:
        """Queue other work that runs SQL, such as comparing two queries."""
        return self._queue.submit(lambda _: work(), current_caller())
