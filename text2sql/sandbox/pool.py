"""A pool of worker processes, started on demand, reused, and shared fairly among callers."""

from __future__ import annotations

import atexit
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from text2sql.sandbox.process import Reply, WorkerProcess

__all__ = ["BusyError", "Pool"]

_T = TypeVar("_T")
_CANCEL_CHECK_S = 0.08
_HALF_LIFE_S = 30.0  # in which half of what an owner used is forgotten
_HEAVY_S = 2.0  # of workers' time lately used; such owners leave one worker to the others
_MOST_OWNERS = 1000
_MEAN_OF = 20  # requests; the window of the moving average of durations


class BusyError(Exception):
    """No worker was free in time; ``retry_after_s`` is when one may be."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"All workers are busy; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


@dataclass(eq=False)
class _WaitingCaller:
    """A caller that waits for a worker; ``owner`` is None for a caller without limits."""

    owner: str | None
    given: threading.Event = field(default_factory=threading.Event)


class Pool:
    """Up to ``size`` busy workers. Thread-safe.

    An owner uses at most ``share`` workers and has at most four times as many requests in the
    queue. The owner that uses the fewest workers is served next; ties go to the one that used the
    least time recently. Owners with much recent use leave one worker to the others, so that a
    quick query need not wait for slow ones; so do requests without an owner, such as reading the
    cells of a large table, once there are owners. They have no other limits. At most ``idle`` idle
    workers are kept.
    """

    def __init__(
        self,
        size: int,
        share: int | None = None,
        idle: int | None = None,
        start: Callable[[], WorkerProcess] = WorkerProcess,
    ) -> None:
        self.size = size
        self.share = share or size
        self.idle = idle or size
        self.start = start
        self._reset()
        atexit.register(self.close)  # before Python ends while threads still read

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._idle: list[WorkerProcess] = []
        self._line: list[_WaitingCaller] = []
        self._running: Counter[str | None] = Counter()
        self._lock = threading.Lock()
        self._mean_s = 0.5
        self._used: dict[str, tuple[float, float]] = {}  # seconds of each owner, as of when

    def run(
        self,
        request: Sequence[Any],
        read: Callable[[Reply], _T],
        timeout_s: float,
        max_bytes: int,
        cancel: threading.Event | None = None,
        owner: str | None = None,
        wait_s: float = math.inf,
    ) -> _T | None:
        """Send a request to a worker and convert the answer with ``read``; None if the worker died.

        A worker that gave no answer, or one that ``read`` rejects, is replaced, and so is one whose
        query was slow.

        Raises:
            BusyError: no worker was free within ``wait_s``, or the queue is full.
            TimeoutError: the answer took longer than ``timeout_s``.
            InterruptedError: ``cancel`` was set.
        """
        if self._pid != os.getpid():  # a forked child must not share its parent's pipes
            self._reset()
        self._wait(_WaitingCaller(owner), cancel, wait_s)
        started = time.monotonic()
        worker = None
        keep = False
        try:
            worker = self._take()
            reply = worker.ask(request, timeout_s, max_bytes, cancel)
            answer = None if reply is None else read(reply)
            keep = reply is not None and not worker.gave_way
            return answer
        finally:
            self._give_back(worker, owner, time.monotonic() - started, keep=keep)

    # the queue

    def _wait(self, turn: _WaitingCaller, cancel: threading.Event | None, wait_s: float) -> None:
        """Wait for this turn; from then on the worker counts as busy."""
        deadline = time.monotonic() + wait_s
        with self._lock:
            if turn.owner is not None and self._waiting(turn.owner) >= 4 * self.share:
                raise BusyError(self._retry_after_s())
            self._line.append(turn)
            self._next()
        try:
            while not turn.given.is_set():
                if cancel is not None and cancel.is_set():
                    raise InterruptedError
                left = deadline - time.monotonic()
                if left <= 0:
                    raise BusyError(self._retry_after_s())
                step = left if cancel is None else min(left, _CANCEL_CHECK_S)
                turn.given.wait(None if step == math.inf else step)
        except BaseException:
            with self._lock:
                self._leave(turn)
            raise

    def _leave(self, turn: _WaitingCaller) -> None:
        if turn.given.is_set():
            self._running[turn.owner] -= 1
        else:
            self._line.remove(turn)
        self._next()

    def _next(self) -> None:
        """Give free workers to the owners that use the fewest, in order of arrival."""
        while self._running.total() < self.size:
            able = [t for t in self._line if self._may(t)]
            if not able:
                break
            turn = min(able, key=lambda t: (self._held(t), round(self._lately(t.owner), 1)))
            self._line.remove(turn)
            self._running[turn.owner] += 1
            turn.given.set()

    def _may(self, turn: _WaitingCaller) -> bool:
        if self._heavy(turn.owner) and self.size > 1:
            heavy = (n for owner, n in self._running.items() if self._heavy(owner))
            if sum(heavy) >= self.size - 1:
                return False
        return self._held(turn) < self.share

    def _heavy(self, owner: str | None) -> bool:
        """Whether an owner leaves one worker to the others; a page's own work does, too."""
        return self._lately(owner) > _HEAVY_S if owner is not None else bool(self._used)

    def _lately(self, owner: str | None) -> float:
        """Seconds of workers that an owner used, those long ago counted less."""
        seconds, at = self._used.get(owner or "", (0.0, 0.0))
        return seconds * math.exp2((at - time.monotonic()) / _HALF_LIFE_S) if seconds else 0.0

    def _account(self, owner: str, seconds: float) -> None:
        self._used[owner] = (self._lately(owner) + seconds, time.monotonic())
        if len(self._used) > _MOST_OWNERS:
            latest = sorted(self._used.items(), key=lambda entry: entry[1][1])
            self._used = dict(latest[_MOST_OWNERS // 2 :])

    def _held(self, turn: _WaitingCaller) -> int:
        return self._running[turn.owner] if turn.owner is not None else 0

    def _waiting(self, owner: str) -> int:
        return sum(turn.owner == owner for turn in self._line)

    def _retry_after_s(self) -> int:
        rounds = (len(self._line) + 1) / self.size
        return max(1, math.ceil(rounds * self._mean_s))

    # workers

    def _take(self) -> WorkerProcess:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self.start()

    def _give_back(
        self, worker: WorkerProcess | None, owner: str | None, seconds: float, *, keep: bool
    ) -> None:
        with self._lock:
            self._running[owner] -= 1
            if not self._running[owner]:
                del self._running[owner]
            self._mean_s += (seconds - self._mean_s) / _MEAN_OF
            if owner is not None:
                self._account(owner, seconds)
            if worker is not None and keep and len(self._idle) < self.idle:
                self._idle.append(worker)
                worker = None
            self._next()
        if worker is not None:
            worker.close()

    def close(self) -> None:
        """End every idle worker; the pool can be used again."""
        if self._pid != os.getpid():
            return
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()
