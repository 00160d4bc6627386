"""A queue that is fair, says at once that it is full, and gets over work that hangs."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest

from text2sql.errors import FullError, ModelError
from text2sql.ui import fair_queue as module
from text2sql.ui.fair_queue import FairQueue, QueueLimits
from text2sql.ui.ticket import Ticket


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Work that waits for it holds a worker until the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def _until(gate: threading.Event) -> Callable[[Ticket[bool]], bool]:
    return lambda _: gate.wait(10)


def _soon(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.005)


def _started(queue: FairQueue, gate: threading.Event, visitor: str | None = None) -> Ticket[bool]:
    ticket = queue.submit(_until(gate), visitor)
    _soon(lambda: ticket in queue._running)
    return ticket


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_the_threads_of_a_line_stand_behind_the_thread_that_made_it() -> None:
    before = _priority()
    behind = FairQueue("model", 1, nice=5).submit(lambda _: _priority()).result()
    assert behind == min(19, before + (5 if sys.platform == "linux" else 0))
    assert _priority() == before


def test_a_full_line_says_so_at_once_and_when_to_try_again(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, QueueLimits(in_all=2, of_each=9))
    _started(queue, gate)
    for _ in range(2):
        queue.submit(_until(gate))
    started = time.perf_counter()
    with pytest.raises(FullError, match=r"The queue for the model is full; try again in \d+ s\."):
        queue.submit(_until(gate))
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(("may_hang", "wait_s"), [(False, 40.0), (True, 1.0)])
def test_work_that_takes_longer_than_usual_lengthens_the_expected_wait(
    gate: threading.Event, may_hang: bool, wait_s: float
) -> None:
    queue = FairQueue("files", 1, usual_s=1.0)
    ticket = queue.submit(_until(gate), may_hang=may_hang)
    _soon(lambda: ticket in queue._running)
    queue.submit(_until(gate))
    queue._running[ticket] -= 40.0
    assert queue.wait_s == pytest.approx(wait_s, abs=0.9)


def test_a_line_is_full_when_the_wait_in_it_would_be_too_long(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, QueueLimits(in_all=99, longest_s=3.0))
    queue._usual_s = 2.0
    _started(queue, gate)
    queue.submit(_until(gate))
    queue.submit(_until(gate))
    with pytest.raises(FullError, match="try again in 2 s"):
        queue.submit(_until(gate))


def test_one_visitor_cannot_take_all_places(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, QueueLimits(in_all=9, of_each=2))
    for _ in range(2):
        queue.submit(_until(gate), "ann")
    with pytest.raises(FullError, match="You already have 2 requests"):
        queue.submit(_until(gate), "ann")
    assert queue.submit(lambda _: 1, "bob").waiting


def test_patient_work_is_never_told_that_the_line_is_full(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, QueueLimits(in_all=0))
    ticket = queue.submit(lambda _: "done", patient=True)
    assert ticket.result(5) == "done"


def test_who_used_much_lately_waits_longer_than_who_comes_for_the_first_time(
    gate: threading.Event,
) -> None:
    queue, served = FairQueue("model", 1), list[str]()
    queue._account("ann", 5.0)
    held = _started(queue, gate)
    tickets = [
        queue.submit(lambda _, name=name: served.append(name), name)  # type: ignore[misc]
        for name in ("ann", "ann", "bob")
    ]
    assert [ticket.place for ticket in tickets] == [2, 3, 1]
    gate.set()
    held.result(5)
    for ticket in tickets:
        ticket.result(5)
    assert served == ["bob", "ann", "ann"]


def test_who_used_much_is_served_before_those_who_come_much_later(gate: threading.Event) -> None:
    queue = FairQueue("model", 1)
    queue._account("ann", 1e6)
    _started(queue, gate)
    ticket = queue.submit(_until(gate), "ann")
    assert ticket.stamp - time.monotonic() <= 10


def test_what_a_visitor_used_is_forgotten_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = FairQueue("model", 1)
    queue._account("ann", 8.0)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert queue.used("ann") == pytest.approx(2.0, abs=0.1)


def test_who_is_remembered_is_bounded() -> None:
    queue = FairQueue("model", 1)
    for number in range(5000):
        queue._account(str(number), 1.0)
    assert len(queue._used) <= 2000
    assert queue.used("4999") > 0.9


def test_given_up_work_is_told_and_its_worker_serves_the_next(gate: threading.Event) -> None:
    queue = FairQueue("SQL", 1)
    ticket = queue.submit(lambda ticket: ticket.stopped.wait(10))
    _soon(lambda: ticket in queue._running)
    ticket.give_up()
    assert queue.submit(lambda _: "next").result(5) == "next"
    with pytest.raises(CancelledError):
        ticket.result(0)


def test_hung_work_is_given_up_and_the_line_goes_on(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, hangs_after_s=0.2)
    hung = queue.submit(_until(gate))
    following = queue.submit(lambda _: "served")
    with pytest.raises(ModelError, match=r"did not answer within 0\.2 s"):
        hung.result(5)
    assert following.result(5) == "served"


def test_threads_that_hang_are_bounded_and_the_line_recovers_when_one_returns(
    gate: threading.Event,
) -> None:
    queue = FairQueue("hanging model", 1, hangs_after_s=0.1)
    tickets = [queue.submit(_until(gate)) for _ in range(4)]
    for ticket in tickets:
        with pytest.raises(ModelError):
            ticket.result(5)
    assert sum(thread.name == "hanging model" for thread in threading.enumerate()) == 3
    with pytest.raises(ModelError, match="has stopped responding"):
        queue.submit(lambda _: 1)
    gate.set()
    _soon(lambda: queue._stuck == 0)
    assert queue.submit(lambda _: "served").result(5) == "served"
    assert sum(thread.name == "hanging model" for thread in threading.enumerate()) == 1


def test_work_that_may_take_long_is_not_taken_for_hung(gate: threading.Event) -> None:
    queue = FairQueue("model", 1, hangs_after_s=0.05)
    ticket = queue.submit(lambda _: time.sleep(0.2), may_hang=True)
    assert ticket.result(5) is None


def test_waiting_in_an_event_loop_takes_no_thread_and_giving_up_ends_it(
    gate: threading.Event,
) -> None:
    queue = FairQueue("model", 1)
    _started(queue, gate)

    async def several() -> list[bool]:
        tickets = [queue.submit(lambda _: 1, str(n)) for n in range(20)]
        threads = threading.active_count()
        waits = [asyncio.create_task(ticket.waits(5)) for ticket in tickets]
        await asyncio.sleep(0.05)
        assert threading.active_count() == threads
        for ticket in tickets:
            ticket.give_up()
        return await asyncio.wait_for(asyncio.gather(*waits), 2)

    assert asyncio.run(several()) == [False] * 20


def test_who_stops_waiting_for_the_end_gives_up(gate: threading.Event) -> None:
    queue = FairQueue("model", 1)
    _started(queue, gate)

    async def leave() -> Ticket[int]:
        ticket = queue.submit(lambda _: 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ticket.ended(), 0.05)
        return ticket

    assert asyncio.run(leave()).given_up


def test_two_who_come_at_once_are_served_side_by_side(gate: threading.Event) -> None:
    queue = FairQueue("SQL", 2)
    assert queue.submit(lambda _: 1).result(5) == 1
    _soon(lambda: queue._idle == 1)
    with queue._lock:  # before the idle thread wakes up
        tickets = [queue.submit(_until(gate)) for _ in range(2)]
    _soon(lambda: set(tickets) == set(queue._running))


def test_a_thread_without_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE_S", 0.05)
    queue = FairQueue("idle", 3)
    assert queue.submit(lambda _: 1).result(5) == 1
    _soon(lambda: not any(thread.name == "idle" for thread in threading.enumerate()))
    assert queue.submit(lambda _: 2).result(5) == 2
