"""The page as a process: started, watched and ended."""

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

__all__ = ["SLOW_DATABASE", "Memory", "Page"]

SLOW_DATABASE = "slow"
_SLOW = """
CREATE TABLE sale (id INTEGER PRIMARY KEY, customer TEXT, total INTEGER,
    note INTEGER AS (length(hex(zeroblob(2000000 + id)))) VIRTUAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
INSERT INTO sale (id, customer, total) SELECT i, 'customer ' || i % 97, i % 1009 FROM n;
"""
_START_S = 180.0
_END_S = 20.0


@dataclass(frozen=True)
class Memory:
    """Megabytes that are resident: of the page itself, and of the processes it started."""

    page: float
    workers: float
    processes: int

    @property
    def total(self) -> float:
        return self.page + self.workers


class Page:
    """A page of its own in ``folder``, with a database whose notes take long to read.

    Raises:
        Text2SQLError: it does not start.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        with closing(sqlite3.connect(folder / f"{SLOW_DATABASE}.sqlite")) as connection:
            connection.executescript(_SLOW)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "text2sql", "serve", "--port", str(port)]
        command += ["--sqlite", str(folder / f"{SLOW_DATABASE}.sqlite"), "--forget-after", "2"]
        command += ["--runs", str(folder / "runs")]
        self.log = (folder / "page.log").open("wb")
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "TEXT2SQL_CACHE_DIR": str(self.cache)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
        except BaseException:
            self.end()
            raise

    def _wait(self) -> None:
        ends = time.monotonic() + _START_S
        while time.monotonic() < ends and self.process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/config", timeout=10, trust_env=False).is_success:
                    return
            time.sleep(0.5)
        said = (self.folder / "page.log").read_text(errors="replace")[-300:]
        raise Text2SQLError(f"The page did not start within {_START_S:g} s; it said: {said!r}")

    def memory(self) -> Memory:
        """Now; zeros where there is no /proc."""
        children = _descendants(self.process.pid)
        return Memory(
            _resident_mb(self.process.pid), sum(map(_resident_mb, children)), len(children)
        )

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
        """Stop it as Ctrl-C does; how many of its processes live on for two seconds."""
        children = _descendants(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        time.sleep(2)
        return sum(_resident_mb(pid) > 0 for pid in children)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mb(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
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
