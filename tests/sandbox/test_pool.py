"""The processes behind the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from text2sql.sandbox import Limits, run_query
from text2sql.sandbox.pool import Pool, Worker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(size=2)
    yield pool
    pool.close()


def request(database: Path, sql: str = "SELECT count(*) FROM singer") -> tuple[object, ...]:
    return (str(database), sql, 5.0, 1000, 1_000_000)


def test_a_worker_is_used_again(pool: Pool, database: Path) -> None:
    pool.run(request(database), 10)
    first = pool._idle[0].process.pid
    pool.run(request(database), 10)
    assert [worker.process.pid for worker in pool._idle] == [first]


def test_no_more_than_size_workers_are_started(pool: Pool, database: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: pool.run(request(database), 30), range(40)))
    assert len(pool._idle) <= 2


def test_a_worker_that_dies_gives_none_and_is_replaced(pool: Pool, database: Path) -> None:
    pool.run(request(database), 10)
    dead = pool._idle[0].process
    dead.kill()
    dead.wait()
    assert pool.run(request(database), 10) is None
    answer = pool.run(request(database), 10)
    assert answer is not None
    assert answer["rows"] == [(3,)]


def test_a_worker_that_does_not_answer_is_ended(pool: Pool, database: Path) -> None:
    slow = "SELECT instr(zeroblob(900000), zeroblob(450000) || x'01') FROM singer, lyrics, titles"
    pool.run(request(database), 10)
    process = pool._idle[0].process
    with pytest.raises(TimeoutError):
        pool.run(request(database, slow), 0.05)
    assert process.poll() is not None
    assert pool._idle == []


def test_a_query_without_end_is_stopped_inside_and_its_worker_used_again(
    pool: Pool, database: Path
) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
    pool.run(request(database), 10)
    first = pool._idle[0].process.pid
    answer = pool.run((str(database), endless, 0.1, 1000, 1_000_000), 30)
    assert answer is not None
    assert answer["failure"][0] == "timeout"
    assert [worker.process.pid for worker in pool._idle] == [first]


def test_closing_ends_every_process(pool: Pool, database: Path) -> None:
    pool.run(request(database), 10)
    process = pool._idle[0].process
    pool.close()
    assert process.poll() is not None


def test_threads_get_their_own_answers(database: Path) -> None:
    with ThreadPoolExecutor(12) as threads:
        results = threads.map(lambda n: run_query(database, f"SELECT {n}").rows, range(200))
        assert list(results) == [((n,),) for n in range(200)]


def test_a_slow_query_does_not_hold_up_another(database: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
    cancel = threading.Event()
    slow = threading.Thread(target=run_query, args=(database, endless, Limits(60), cancel))
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
        [sys.executable, "-c", code, str(database)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_may_write_no_file_and_take_no_more_memory_than_it_needs() -> None:
    worker = Worker()
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
