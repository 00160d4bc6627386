"""The processes that import files: forked from a server, ended with the page."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from text2sql.errors import UploadError
from text2sql.uploads import import_process
from text2sql.uploads.import_process import answer_of_process
from text2sql.uploads.importing import UploadedFile, import_files

TextFile = Callable[[str, str | bytes], UploadedFile]

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


@pytest.fixture
def server() -> Iterator[import_process._ForkServer]:
    import_process._server.close()
    yield import_process._server
    import_process._server.close()


def rows_of(text_file: TextFile, folder: Path, name: str) -> int:
    (imported,) = import_files([text_file(f"{name}.csv", "id,name\n1,Ann\n2,Bob\n")], folder)
    return len(imported.database.schema.tables[0].columns)


def runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@linux
def test_imports_are_forks_of_one_server_that_outlives_them(
    server: import_process._ForkServer, text_file: TextFile, folder: Path
) -> None:
    with ThreadPoolExecutor(3) as threads:
        names = ["a", "b", "c"]
        columns = list(threads.map(lambda name: rows_of(text_file, folder, name), names))
    assert columns == [2, 2, 2]
    assert server._process is not None
    process = psutil.Process(server._process.pid)
    assert rows_of(text_file, folder, "d") == 2
    assert server._process.pid == process.pid
    ends = time.monotonic() + 5
    while process.children() and time.monotonic() < ends:
        time.sleep(0.05)
    assert process.children() == []  # nobody waits for them, and none is a zombie


@linux
def test_a_server_that_has_ended_is_started_again(
    server: import_process._ForkServer, text_file: TextFile, folder: Path
) -> None:
    rows_of(text_file, folder, "a")
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGKILL)
    assert rows_of(text_file, folder, "b") == 2


@linux
def test_a_fork_that_is_killed_refuses_its_files_only(
    server: import_process._ForkServer, text_file: TextFile, folder: Path
) -> None:
    rows_of(text_file, folder, "a")
    assert server._process is not None
    large = text_file("large.csv", "name,amount\n" + "".join(f"n{i},{i}\n" for i in range(80_000)))
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(import_files, [large], folder)
        while not (forks := psutil.Process(server._process.pid).children()):
            assert not reading.done()
        forks[0].kill()
        with pytest.raises(UploadError, match="too much memory"):
            reading.result()
    assert rows_of(text_file, folder, "b") == 2


@linux
def test_no_secret_of_this_process_reaches_the_imports(
    server: import_process._ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    answer_of_process("{}", 60)
    assert server._process is not None
    assert (
        psutil.Process(server._process.pid).environ().keys() <= import_process._ENVIRONMENT.keys()
    )


@linux
def test_nothing_is_left_when_this_process_is_killed(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_text("name,amount\n" + "".join(f"name {i},{i}\n" for i in range(80_000)))
    code = """
import sys
from pathlib import Path
from text2sql.uploads.importing import UploadedFile, import_files
import_files([UploadedFile("large.csv", Path(sys.argv[1]))], Path(sys.argv[2]))
"""
    with subprocess.Popen([sys.executable, "-c", code, str(large), str(tmp_path)]) as process:
        page = psutil.Process(process.pid)
        # the server and a fork
        while len(started := page.children(recursive=True)) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    ends = time.monotonic() + 10
    while any(map(runs, started)):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_where_forks_are_not_safe_each_import_starts_anew(
    monkeypatch: pytest.MonkeyPatch, text_file: TextFile, folder: Path
) -> None:
    import_process._server.close()
    monkeypatch.setattr(import_process, "_FORKS", False)
    assert rows_of(text_file, folder, "a") == 2
    assert import_process._server._process is None
    found = answer_of_process(json.dumps({"files": []}), 60)
    assert found == b""  # a request without its limits is a fault of the caller
    assert answer_of_process("{}", 0.001) is None


def test_an_answer_has_a_limit_of_its_time_and_of_its_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_process, "_MOST_BYTES", 100_000)
    ours, theirs = socket.socketpair()

    def drip() -> None:
        with suppress(OSError):
            for _ in range(50):
                theirs.sendall(b".")
                time.sleep(0.05)

    with ours, theirs, ThreadPoolExecutor(2) as threads:
        dripping = threads.submit(drip)
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            import_process._received(ours, started + 0.5)
        assert time.monotonic() - started < 2
        dripping.result()
        flood = threads.submit(theirs.sendall, bytes(150_000))
        assert len(import_process._received(ours, time.monotonic() + 30)) == 100_000
        ours.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            flood.result()
