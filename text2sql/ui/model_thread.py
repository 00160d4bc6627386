"""One thread in which a model works, however many people ask, and the line in front of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Database

__all__ = ["ModelThread", "Ticket"]

_Result = TypeVar("_Result")


class Ticket(Generic[_Result]):
    """A place in the line: where one stands, and in the end what one waited for."""

    def __init__(self, line: list[Ticket[Any]], moved: threading.Condition) -> None:
        self._line = line
        self._moved = moved  # guards the line, and wakes those who stand in it
        self._job: Future[_Result] = Future()
        self.given_up = False

    @property
    def place(self) -> int:
        """How many are served before this one; 0 while it is its turn, and afterwards."""
        with self._moved:
            return self._line.index(self) if self in self._line else 0

    @property
    def waiting(self) -> bool:
        """Whether the result is still to come and somebody wants it."""
        return not (self.given_up or self._job.done())

    def wait(self, timeout_s: float) -> bool:
        """Wait until ``waiting`` ends, the line moves, or time is up; whether ``waiting`` goes on.

        Giving a ticket up ends the wait at once, also where the model cannot stop any more.
        """
        with self._moved:
            before = self.place
            self._moved.wait_for(lambda: not self.waiting or self.place != before, timeout_s)
        return self.waiting

    def give_up(self) -> None:
        """Nobody waits any more: work that has not begun never will."""
        with self._moved:
            self.given_up = True
            self._moved.notify_all()
        self._job.cancel()

    def result(self, timeout_s: float | None = None) -> _Result:
        """The result, or the exception that the work ended with."""
        return self._job.result(timeout_s)


class ModelThread:
    """Serves one model's questions in turn, so that a visitor who stops waiting blocks nobody."""

    def __init__(self, text2sql: Text2SQL) -> None:
        self.text2sql = text2sql
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._line: list[Ticket[Any]] = []
        # reentrant: giving up calls back while the line is held
        self._moved = threading.Condition(threading.RLock())

    def submit(self, question: str, database: Database) -> Ticket[Answer]:
        """Start an answer, or queue it behind those in line."""
        return self._queue(lambda: self.text2sql.ask(question, database))

    def load(self) -> Ticket[Any]:
        """Read the model's files, which may take long or fail; at once where that was done."""
        return self._queue(lambda: self.text2sql.generator)

    def _queue(self, work: Callable[[], _Result]) -> Ticket[_Result]:
        ticket: Ticket[_Result] = Ticket(self._line, self._moved)
        with self._moved:
            self._line.append(ticket)
            # in the visitor's context, by whose request a ZeroGPU Space counts the time on a GPU
            ticket._job = self._thread.submit(copy_context().run, work)
        ticket._job.add_done_callback(lambda _: self._leave(ticket))
        return ticket

    def _leave(self, ticket: Ticket[Any]) -> None:
        with self._moved:
            self._line.remove(ticket)
            self._moved.notify_all()
