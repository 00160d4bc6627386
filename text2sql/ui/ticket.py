"""A request that waits for its turn: its place in the queue, and then its result."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError, Future, InvalidStateError
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

__all__ = ["Ticket"]

_Result = TypeVar("_Result")
_LONG_S = 3600.0


class _Queue(Protocol):
    """The queue that a ticket waits in."""

    def place(self, ticket: Ticket[Any]) -> int: ...

    def leave(self, ticket: Ticket[Any]) -> None: ...


class Ticket(Generic[_Result]):
    """A request in the queue: its place while it waits, and then its result."""

    def __init__(
        self, queue: _Queue, visitor: str | None, came: float, stamp: float, may_hang: bool
    ) -> None:
        self.visitor = visitor
        self.came = came
        self.stamp = stamp
        self.may_hang = may_hang
        self.future: Future[_Result] = Future()
        self.given_up = False
        self.stopped = threading.Event()  # the work itself may check it
        self.inner: Ticket[Any] | None = None  # the ticket in the next queue, if it got there
        self._queue = queue

    @property
    def place(self) -> int:
        """The number of requests before this one; 0 while it is running and afterwards."""
        return self._queue.place(self) if self.inner is None else self.inner.place

    @property
    def waiting(self) -> bool:
        """Whether the result is neither there nor given up."""
        return not (self.given_up or self.future.done())

    def wait(self, timeout_s: float) -> bool:
        """Wait until ``waiting`` ends or the time is up; return ``waiting``."""
        with suppress(NotYet):
            self.future.exception(timeout_s)
        return self.waiting

    async def waits(self, timeout_s: float) -> bool:
        """Do as ``wait``, without blocking a thread."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def tell(_: Future[_Result]) -> None:
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(ended.set)

        self.future.add_done_callback(tell)
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), timeout_s)
        return self.waiting

    async def ended(self) -> _Result:
        """Return the result without blocking a thread; give the ticket up if cancelled."""
        try:
            while await self.waits(_LONG_S):
                pass
        except asyncio.CancelledError:
            self.give_up()
            raise
        return self.future.result(0)

    def give_up(self) -> None:
        """Cancel the request: work that has not begun is dropped, running work is signalled."""
        self.given_up = True
        self.stopped.set()
        if self.inner is not None:
            self.inner.give_up()
        self.settle(error=CancelledError())
        self._queue.leave(self)

    def settle(self, result: Any = None, error: BaseException | None = None) -> bool:
        """Set the result or the error; return whether the ticket had none before."""
        try:
            if error is None:
                self.future.set_result(result)
            else:
                self.future.set_exception(error)
        except InvalidStateError:
            return False
        return True

    def result(self, timeout_s: float | None = None) -> _Result:
        """Return the result, or raise the exception that the work ended with."""
        return self.future.result(timeout_s)
