"""The processes behind the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from text2sql.sandbox import Limits, run_query
from text2sql.sandbox.answer import Answered, AnswerError, checked
from text2sql.sandbox.pool import BusyError, Pool
from text2sql.sandbox.process import WorkerProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(size=2)
    yield pool
    pool.close()


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"


def ask(
    pool: Pool,
    database: Path,
    sql: str = "SELECT count(*) FROM singer",
    timeout_s: float = 30,
    inside_s: float = 5.0,
    gives_way: bool = True,
    **options: Any,
) -> Answered | None:
    """``timeout_s`` until the process is ended, ``inside_s`` until SQLite stops."""
    request = (str(database), sql, inside_s, 1000, 1_000_000, gives_way)
    return pool.run(request, lambda reply: checked(*reply, 1000), timeout_s, 10_000_000, **options)


def test_a_worker_is_used_again(pool: Pool, database: Path) -> None:
    ask(pool, database)
    first = pool._idle[0].process.pid
    ask(pool, database)
    assert [worker.process.pid for worker in pool._idle] == [first]


def test_no_more_than_size_workers_are_started(pool: Pool, database: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: ask(pool, database), range(40)))
    assert len(pool._idle) <= 2


def test_a_worker_that_dies_gives_none_and_is_replaced(pool: Pool, database: Path) -> None:
    ask(pool, database)
    dead = pool._idle[0].process
    dead.kill()
    dead.wait()
    assert ask(pool, database) is None
    answer = ask(pool, database)
    assert answer is not None
    assert answer[1] == ((3,),)


def test_a_worker_that_does_not_answer_is_ended(pool: Pool, database: Path) -> None:
    slow = "SELECT instr(zeroblob(900000), zeroblob(450000) || x'01') FROM singer, lyrics, titles"
    ask(pool, database)
    process = pool._idle[0].process
    with pytest.raises(TimeoutError):
        ask(pool, database, slow, 0.05)
    assert process.poll() is not None
    assert pool._idle == []


def test_a_query_without_end_is_stopped_inside_and_its_worker_used_again(
    pool: Pool, database: Path
) -> None:
    ask(pool, database)
    first = pool._idle[0].process.pid
    answer = ask(pool, database, ENDLESS, inside_s=0.1)
    assert answer is not None
    assert answer[4] is not None
    assert answer[4].kind == "timeout"
    assert [worker.process.pid for worker in pool._idle] == [first]


def test_closing_ends_every_process(pool: Pool, database: Path) -> None:
    ask(pool, database)
    process = pool._idle[0].process
    pool.close()
    assert process.poll() is not None


def test_threads_get_their_own_answers(database: Path) -> None:
    with ThreadPoolExecutor(12) as threads:
        results = threads.map(lambda n: run_query(database, f"SELECT {n}").rows, range(200))
        assert list(results) == [((n,),) for n in range(200)]


def test_a_slow_query_does_not_hold_up_another(database: Path) -> None:
    cancel = threading.Event()
    slow = threading.Thread(target=run_query, args=(database, ENDLESS, Limits(60), cancel))
    slow.start()
    try:
        assert run_query(database, "SELECT 1").rows == ((1,),)
        assert slow.is_alive()
    finally:
        cancel.set()
        slow.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_does_not_use_its_parents_workers(database: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from text2sql.sandbox import run_query\n"
        "ask = lambda n: run_query(Path(sys.argv[1]), f'SELECT {n}').rows == ((n,),)\n"
        "assert ask(0)\n"
        "child = os.fork()\n"
        "good = all(ask(n) for n in range(100))\n"
        "if child == 0: os._exit(0 if good else 1)\n"
        "assert good and os.waitpid(child, 0)[1] == 0\n"
    )
    done = subprocess.run(
        # Python 3.12 and later warn of a fork beside threads, which is what this is about
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, str(database)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_may_write_no_file_and_take_no_more_memory_than_it_needs() -> None:
    worker = WorkerProcess()
    limits = Path(f"/proc/{worker.process.pid}/limits").read_text()
    worker.close()
    found = {line[:25].strip(): line[26:46].strip() for line in limits.splitlines()}
    assert found["Max file size"] == "0"
    assert found["Max core file size"] == "0"
    assert found["Max address space"] == str(1024**3)


def test_a_program_that_ran_a_query_ends_without_a_word(database: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from text2sql.sandbox import run_query\n"
        "print(run_query(Path(sys.argv[1]), 'SELECT 1').rows)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code, str(database)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "((1,),)\n", "")


# shares of the pool


class Held:
    """Queries without end, until it is left."""

    def __init__(self, pool: Pool, database: Path, owner: str | None, count: int) -> None:
        self.cancel = threading.Event()
        self.pool = pool
        options = {"cancel": self.cancel, "owner": owner, "inside_s": 60, "timeout_s": 60}
        self.threads = [
            threading.Thread(target=self._run, args=(database, options)) for _ in range(count)
        ]

    def _run(self, database: Path, options: dict[str, Any]) -> None:
        with suppress(InterruptedError, BusyError):
            ask(self.pool, database, ENDLESS, **options)

    def __enter__(self) -> Held:
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.pool._running.total() + len(self.pool._line) >= len(self.threads))
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel.set()
        for thread in self.threads:
            thread.join()


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def shared() -> Iterator[Pool]:
    pool = Pool(size=3, share=2)
    yield pool
    pool.close()


def test_one_owner_cannot_hold_all_workers(shared: Pool, database: Path) -> None:
    with Held(shared, database, "greedy", 5):
        assert shared._running == {"greedy": 2}
        answer = ask(shared, database, owner="modest", wait_s=10)
    assert answer is not None
    assert answer[1] == ((3,),)


def test_who_holds_least_is_next(shared: Pool, database: Path) -> None:
    with Held(shared, database, None, 3) as full:
        order: list[str] = []

        def wait(owner: str) -> None:
            ask(shared, database, owner=owner)
            order.append(owner)

        shared._running["first"] += 1  # holds one elsewhere
        threads = [threading.Thread(target=wait, args=(name,)) for name in ("first", "second")]
        for number, thread in enumerate(threads, 1):
            thread.start()
            wait_until(lambda number=number: len(shared._line) == number)  # type: ignore[misc]
        assert min(shared._line, key=shared._held).owner == "second"
        shared._running["first"] -= 1
        full.cancel.set()
        for thread in threads:
            thread.join()


def test_waiting_for_a_worker_ends_as_busy_with_a_time(shared: Pool, database: Path) -> None:
    with Held(shared, database, "greedy", 2), pytest.raises(BusyError) as caught:
        ask(shared, database, owner="greedy", wait_s=0.1)
    seconds = caught.value.retry_after_s
    assert seconds >= 1
    assert str(caught.value) == f"All workers are busy; try again in {seconds} s."


def test_an_owner_with_a_long_line_is_told_at_once(shared: Pool, database: Path) -> None:
    with Held(shared, database, "greedy", 2 + 4 * 2):
        started = time.monotonic()
        with pytest.raises(BusyError):
            ask(shared, database, owner="greedy", wait_s=60)
        assert time.monotonic() - started < 1


def test_cancelling_ends_the_wait_for_a_worker_at_once(shared: Pool, database: Path) -> None:
    cancel = threading.Event()
    with Held(shared, database, None, 3):
        threading.Timer(0.1, cancel.set).start()
        started = time.monotonic()
        with pytest.raises(InterruptedError):
            ask(shared, database, cancel=cancel)
        assert time.monotonic() - started < 1
    assert (shared._running.total(), shared._line) == (0, [])


def test_a_busy_pool_is_a_failure_that_says_when_to_try_again(
    shared: Pool, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text2sql.sandbox._POOL", shared)
    with Held(shared, database, "greedy", 2):
        failure = run_query(database, "SELECT 1", owner="greedy", wait_s=0.05).failure
    assert failure is not None
    assert (failure.kind, failure.retry_after_s) == ("busy", 1)
    assert failure.message == "All workers are busy; try again in 1 s."


# the process itself


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    worker = WorkerProcess()
    environment = Path(f"/proc/{worker.process.pid}/environ").read_bytes()
    worker.close()
    assert environment == b""


LONG = "SELECT instr(zeroblob(900000000), zeroblob(450000000) || x'01')"


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
@pytest.mark.parametrize("sql", [ENDLESS, LONG, "SELECT 1"], ids=["endless", "long", "idle"])
def test_no_worker_outlives_a_program_that_was_killed(database: Path, sql: str) -> None:
    code = (
        "import sys, threading; from pathlib import Path\n"
        "from text2sql.sandbox import Limits, _POOL, run_query\n"
        "started, start = [], _POOL.start\n"
        "def noted():\n"
        "    worker = start(); print(worker.process.pid, flush=True); return worker\n"
        "_POOL.start = noted\n"
        "limits = Limits(timeout_s=60, max_bytes=2_000_000_000)\n"
        "run_query(Path(sys.argv[1]), sys.argv[2], limits); threading.Event().wait()\n"
    )
    command = [sys.executable, "-c", code, str(database), sql]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        worker = int(program.stdout.readline())
        time.sleep(0.3)  # it is at work
        program.kill()
    wait_until(lambda: not _runs(worker), seconds=2)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_kernel_ends_a_worker_that_takes_more_cpu_time_than_asked_for(
    pool: Pool, database: Path
) -> None:
    ask(pool, database, inside_s=7)
    pid = pool._idle[0].process.pid
    found = [
        line.split()[3]
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
        if line.startswith("Max cpu time")
    ]
    assert found == ["10"]


def test_a_worker_that_sends_more_than_it_may_is_ended(pool: Pool, database: Path) -> None:
    request = (str(database), "SELECT zeroblob(1000)", 5.0, 1000, 1_000_000, False)
    read: list[object] = []
    assert pool.run(request, read.append, 30, 100) is None
    assert (read, pool._idle) == ([], [])


def test_a_worker_whose_answer_is_refused_is_ended(pool: Pool, database: Path) -> None:
    request = (str(database), "SELECT 1", 5.0, 1000, 1_000_000, False)
    with pytest.raises(AnswerError):
        pool.run(request, lambda reply: checked(*reply, 0), 30, 10_000)
    assert pool._idle == []


def test_owners_that_used_much_lately_leave_one_worker_to_the_others(
    pool: Pool, database: Path
) -> None:
    """A quick query among slow ones finds a worker at once."""
    for owner in ("ann", "bob"):
        pool._account(owner, 5.0)
    stop = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        slow = [
            threads.submit(ask, pool, database, ENDLESS, inside_s=20, cancel=stop, owner=owner)
            for owner in ("ann", "bob")
        ]
        while not pool._running or not pool._line:
            time.sleep(0.01)
        started = time.monotonic()
        assert ask(pool, database, owner="cid") is not None
        assert time.monotonic() - started < 4
        assert (pool._running.total(), len(pool._line)) == (1, 1)
        stop.set()
        for job in slow:
            with pytest.raises(InterruptedError):
                job.result(5)


@pytest.mark.parametrize(("others", "busy"), [(("ann",), 1), ((), 2)])
def test_requests_without_an_owner_leave_one_worker_to_owners_if_there_are_any(
    database: Path, others: Sequence[str], busy: int
) -> None:
    pool = Pool(2)
    for owner in others:
        pool._account(owner, 0.1)
    stop = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(ask, pool, database, ENDLESS, inside_s=20, cancel=stop)
        ends = time.monotonic() + 10
        while (pool._running[None], len(pool._line)) != (busy, 2 - busy):
            assert time.monotonic() < ends
            time.sleep(0.01)
        stop.set()
    pool.close()


def test_what_an_owner_used_is_forgotten_with_time(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool._account("ann", 8.0)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert pool._lately("ann") == pytest.approx(2.0, abs=0.1)


def test_the_owners_that_are_remembered_are_bounded(pool: Pool) -> None:
    for number in range(3000):
        pool._account(str(number), 1.0)
    assert len(pool._used) <= 1000
    assert pool._lately("2999") > 0.9


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no priorities")
@pytest.mark.parametrize("gives_way", [True, False])
def test_a_visitors_slow_query_gives_way_and_its_worker_is_replaced(
    gives_way: bool, pool: Pool, database: Path
) -> None:
    ask(pool, database)
    process = pool._idle[0].process
    before = os.getpriority(os.PRIO_PROCESS, process.pid)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(ask, pool, database, ENDLESS, 30, 4.0, gives_way)
        lowest = before
        while not slow.done():
            with suppress(ProcessLookupError):
                lowest = max(lowest, os.getpriority(os.PRIO_PROCESS, process.pid))
            time.sleep(0.02)
    assert lowest == (19 if gives_way else before)
    assert (process in [worker.process for worker in pool._idle]) is not gives_way
    ask(pool, database)
    (worker,) = pool._idle
    assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) == before
