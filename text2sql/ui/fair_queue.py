"""A bounded, fair queue of work for a few threads; a full queue refuses new work at once.

A visitor who recently used the threads for k seconds is queued as if the request had arrived k
seconds later. So a visitor's first question goes before another visitor's tenth, and nobody waits
forever.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from statistics import fmean
from typing import Any, TypeVar

from text2sql.errors import FullError, ModelError
from text2sql.ui.ticket import Ticket

__all__ = ["FairQueue", "QueueLimits"]

_Result = TypeVar("_Result")
_HALF_LIFE_S = 30.0  # after which half of a visitor's recorded use is forgotten
_MOST_HANDICAP_S = 10.0
_MOST_STUCK = 3
_IDLE_S = 30.0  # after which an idle thread ends
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QueueLimits:
    """How many requests may wait in all and per visitor, and the longest expected wait."""

    in_all: int = 48
    of_each: int = 4
    longest_s: float = 20.0


class FairQueue:
    """Runs work on ``workers`` threads, within ``limits``. Thread-safe.

    Args:
        hangs_after_s: work that takes longer is given up, and a new thread replaces the one that
            hangs. While three threads hang, all requests are refused.
        usual_s: the assumed duration of work before any was measured.
        nice: how far the threads stand behind the page's others where all cores are busy (Linux).
    """

    def __init__(
        self,
        name: str,
        workers: int,
        limits: QueueLimits | None = None,
        hangs_after_s: float | None = None,
        usual_s: float = 0.5,
        nice: int = 0,
    ) -> None:
        self.name = name
        self.workers = workers
        self.limits = limits or QueueLimits()
        self.hangs_after_s = hangs_after_s
        self.nice = nice
        self._waiting: list[tuple[Ticket[Any], Callable[[], None]]] = []
        self._running: dict[Ticket[Any], float] = {}  # when it began, inf if it may hang
        self._used: dict[str, tuple[float, float]] = {}  # seconds of each visitor, and as of when
        self._usual_s = usual_s
        self._threads = self._idle = self._stuck = 0
        self._lock = threading.RLock()
        self._arrived = threading.Condition(self._lock)

    def submit(
        self,
        work: Callable[[Ticket[_Result]], _Result],
        visitor: str | None = None,
        patient: bool = False,
        may_hang: bool = False,
        came: float | None = None,
    ) -> Ticket[_Result]:
        """Queue ``work``, which is called with its own ticket in the context of the caller.

        ``patient`` work is accepted even if the queue is full.

        Args:
            came: when the visitor began to wait, on the monotonic clock; by default now.

        Raises:
            FullError: the queue is full, or the visitor has too many requests in it.
            ModelError: three threads hang.
        """
        with self._lock:
            if not patient:
                self.check(visitor)
            came = time.monotonic() if came is None else came
            stamp = came + self.used(visitor)
            ticket: Ticket[_Result] = Ticket(self, visitor, came, stamp, may_hang)
            context = copy_context()

            def run() -> None:
                context.run(self._run, ticket, work)

            self._waiting.append((ticket, run))
            if self._idle >= len(self._waiting):
                self._arrived.notify()
            elif self._threads < self.workers:
                self._start_thread()
        return ticket

    def check(self, visitor: str | None) -> None:
        """Raise what ``submit`` would raise."""
        with self._lock:
            if self._stuck >= _MOST_STUCK:
                raise ModelError(
                    f"The {self.name} has stopped responding; "
                    "the person who runs this page has to restart it."
                )
            if len(self._waiting) >= self.limits.in_all or self.wait_s > self.limits.longest_s:
                raise FullError(f"The queue for the {self.name} is full", self.retry_s)
            if visitor is not None and self._held_by(visitor) >= self.limits.of_each:
                raise FullError(
                    f"You already have {self.limits.of_each} requests in the queue "
                    f"for the {self.name}, the most that one visitor may have",
                    self.retry_s,
                )

    @property
    def wait_s(self) -> float:
        """The expected wait for a new request.

        Work that has already run for longer than usual counts: on a busy machine, the usual
        duration is known too late.
        """
        with self._lock:
            now = time.monotonic()
            taken = [max(self._usual_s, now - begun) for begun in self._running.values()]
            return len(self._waiting) * fmean(taken or [self._usual_s]) / self.workers

    @property
    def retry_s(self) -> int:
        """The number of seconds after which to try again."""
        return max(1, min(60, math.ceil(self.wait_s / 2)))

    def used(self, visitor: str | None) -> float:
        """Return the seconds of work that a visitor recently used, with decay and a maximum."""
        seconds, at = self._used.get(visitor or "", (0.0, 0.0))
        left = seconds * math.exp2((at - time.monotonic()) / _HALF_LIFE_S)
        return min(_MOST_HANDICAP_S, left)

    def place(self, ticket: Ticket[Any]) -> int:
        """Return the number of requests before this one."""
        with self._lock:
            waiting = [other for other, _ in self._waiting]
            if ticket not in waiting:
                return 0
            ahead = sum(other.stamp < ticket.stamp for other in waiting)
            return ahead + len(self._running)

    def leave(self, ticket: Ticket[Any]) -> None:
        """Remove a ticket from the queue if it is still waiting."""
        with self._lock:
            self._waiting = [entry for entry in self._waiting if entry[0] is not ticket]

    def _held_by(self, visitor: str) -> int:
        waiting = [ticket for ticket, _ in self._waiting]
        return sum(ticket.visitor == visitor for ticket in (*waiting, *self._running))

    # threads

    def _start_thread(self) -> None:
        self._threads += 1
        threading.Thread(target=self._serve, name=self.name, daemon=True).start()

    def _serve(self) -> None:
        if sys.platform == "linux":  # where each thread has a priority of its own
            thread = threading.get_native_id()
            own = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, min(19, own + self.nice))
        while True:
            with self._lock:
                while not self._waiting:
                    self._idle += 1
                    self._arrived.wait(_IDLE_S)
                    self._idle -= 1
                    if not self._waiting:
                        self._threads -= 1
                        return
                entry = min(self._waiting, key=lambda entry: entry[0].stamp)
                self._waiting.remove(entry)
                ticket, run = entry
                started = time.monotonic()
                self._running[ticket] = math.inf if ticket.may_hang else started
            run()
            with self._lock:
                if ticket not in self._running:  # it hung, and another thread replaced this one
                    self._stuck -= 1
                    return
                del self._running[ticket]
                self._account(ticket.visitor, time.monotonic() - started)

    def _run(self, ticket: Ticket[_Result], work: Callable[[Ticket[_Result]], _Result]) -> None:
        if ticket.given_up:
            return
        timer = None
        if self.hangs_after_s is not None and not ticket.may_hang:
            timer = threading.Timer(self.hangs_after_s, self._give_up_on, [ticket])
            timer.daemon = True
            timer.start()
        try:
            result = work(ticket)
        except BaseException as error:
            ticket.settle(error=error)
        else:
            ticket.settle(result)
        finally:
            if timer is not None:
                timer.cancel()

    def _give_up_on(self, ticket: Ticket[Any]) -> None:
        """Leave the hanging thread alone and start another one."""
        with self._lock:
            if ticket not in self._running:
                return
            del self._running[ticket]
            self._threads -= 1
            self._stuck += 1
            if self._stuck < _MOST_STUCK:
                self._start_thread()
            else:
                self._refuse_all()
        _log.critical("The %s has hung %d times at once.", self.name, self._stuck)
        ticket.settle(error=self._hung())

    def _refuse_all(self) -> None:
        for ticket, _ in self._waiting:
            ticket.settle(error=self._hung())
        self._waiting.clear()

    def _hung(self) -> ModelError:
        return ModelError(
            f"The {self.name} did not answer within {self.hangs_after_s:g} s and was restarted; "
            "ask again, or word the question differently."
        )

    def _account(self, visitor: str | None, seconds: float) -> None:
        self._usual_s += 0.3 * (seconds - self._usual_s)
        if visitor is None:
            return
        self._used[visitor] = (self.used(visitor) + seconds, time.monotonic())
        if len(self._used) > 2000:
            latest = sorted(self._used.items(), key=lambda entry: entry[1][1])[1000:]
            self._used = dict(latest)
