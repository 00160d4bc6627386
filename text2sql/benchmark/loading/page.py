"""The processes of the page: started, watched and ended."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from text2sql.errors import Text2SQLError

__all__ = ["SLOW_DATABASE", "Memory", "Pages"]

SLOW_DATABASE = "slow"
_SLOW = """
CREATE TABLE sale (id INTEGER PRIMARY KEY, customer TEXT, total INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
INSERT INTO sale (id, customer, total) SELECT i, 'customer ' || i % 97, i % 1009 FROM n;
ALTER TABLE sale ADD COLUMN note INTEGER AS (length(hex(zeroblob(2000000 + id)))) VIRTUAL;
"""
_START_S = 180.0
_END_S = 20.0


@dataclass(frozen=True)
class Memory:
    """Megabytes that are resident: of the pages, and of the workers that they started."""

    page: float
    workers: float
    processes: int

    @property
    def total(self) -> float:
        return self.page + self.workers


class Pages:
    """Processes of the page that share ``folder``, with a database whose notes take long to read.

    Raises:
        Text2SQLError: one does not start.
    """

    def __init__(self, folder: Path, processes: int = 1) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        with closing(sqlite3.connect(folder / f"{SLOW_DATABASE}.sqlite")) as connection:
            connection.executescript(_SLOW)
        self.urls: list[str] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(processes):
                self._start()
            for url, process in zip(self.urls, self.processes, strict=True):
                self._wait(url, process)
        except BaseException:
            self.end()
            raise

    def _start(self) -> None:
        port = _free_port()
        command = [sys.executable, "-m", "text2sql", "serve", "--port", str(port)]
        command += ["--sqlite", str(self.folder / f"{SLOW_DATABASE}.sqlite"), "--forget-after", "2"]
        command += ["--runs", str(self.folder / "runs")]
        with self._log(len(self.urls)).open("wb") as log:
            process = subprocess.Popen(
                command,
                env={**os.environ, "TEXT2SQL_CACHE_DIR": str(self.cache)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        self.urls.append(f"http://127.0.0.1:{port}")

    def _log(self, number: int) -> Path:
        return self.folder / f"page{number}.log"

    def _wait(self, url: str, process: subprocess.Popen[bytes]) -> None:
        ends = time.monotonic() + _START_S
        while time.monotonic() < ends and process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{url}/config", timeout=10, trust_env=False).is_success:
                    return
            time.sleep(0.5)
        said = self._log(self.urls.index(url)).read_text(errors="replace")[-300:]
        raise Text2SQLError(f"The page did not start within {_START_S:g} s; it said: {said!r}")

    def memory(self) -> Memory:
        """Now; zeros where there is no /proc."""
        workers = self._workers()
        pages = sum(_resident_mb(process.pid) for process in self.processes)
        return Memory(pages, sum(map(_resident_mb, workers)), len(workers))

    def cpu_s(self) -> float:
        """Seconds of a core that the pages and their workers, ended ones too, have used."""
        own = [process.pid for process in self.processes]
        return sum(map(_cpu_s, [*own, *self._workers()]))

    def _workers(self) -> list[int]:
        return [pid for process in self.processes for pid in _descendants(process.pid)]

    def files(self) -> int:
        """Files that the page keeps of its visitors."""
        folder = self.cache / "uploads"
        return sum(path.is_file() and path.suffix != ".lock" for path in folder.rglob("*"))

    def bytes(self) -> int:
        """Their size."""
        folder, size = self.cache / "uploads", 0
        for path in folder.rglob("*"):
            with suppress(OSError):
                size += path.stat().st_size if path.is_file() else 0
        return size

    def end(self) -> int:
        """Stop them as Ctrl-C does; how many of their workers live on for two seconds."""
        workers = self._workers()
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        time.sleep(2)
        return sum(_resident_mb(pid) > 0 for pid in workers)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mb(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def _cpu_s(pid: int) -> float:
    """Of the process and of those of its children that have ended."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(folder.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found
