"""A worker process as its parent sees it: started, asked and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from text2sql.errors import Text2SQLError
from text2sql.sandbox.frames import FrameError, read_frame, write_frame

__all__ = ["Reply", "WorkerProcess"]

_FOLDER = Path(__file__).parent
# The packages' own __init__ would import modules that a worker neither needs nor may have.
_START = """
import sys, types
for name, folder in zip(("text2sql", "text2sql.sandbox"), sys.argv[1:]):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [folder]
from text2sql.sandbox.worker import main
main()
"""
# The environment may hold tokens. Without these variables, some builds of Python do not start.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_S = 60.0
_CANCEL_CHECK_S = 0.02
_READY_BYTES = 1000

#: Lists of rows, and finally the dictionary that ends an answer.
Reply = tuple[list[Any], dict[str, Any]]


class WorkerProcess:
    """A process that runs SQL, answering one request at a time."""

    def __init__(self) -> None:
        folders = [str(_FOLDER.parent), str(_FOLDER)]
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            process_group=0,  # Ctrl-C goes to the caller, which then ends its workers
        )
        self._bytes_left = _READY_BYTES
        self._frames: SimpleQueue[Any] = SimpleQueue()
        # A reader thread is the only portable way to wait for a pipe with a time limit.
        self._reader = threading.Thread(target=self._read, daemon=True, name="sandbox-reader")
        self._reader.start()
        try:
            ready = self._frames.get(timeout=_START_S)
        except Empty:
            ready = None
        except BaseException:  # Ctrl-C
            self.close()
            raise
        if ready is None:
            self.close()
            raise Text2SQLError(
                f"The process that runs SQL did not start ({sys.executable}); "
                "check that this Python can run."
            )
        self._priority = self._current_priority()

    @property
    def gave_way(self) -> bool:
        """Whether a slow query made the process let others go first, which stays so."""
        return self._current_priority() != self._priority

    def _current_priority(self) -> int:
        if not hasattr(os, "getpriority"):
            return 0
        with suppress(ProcessLookupError):
            return os.getpriority(os.PRIO_PROCESS, self.process.pid)
        return 0

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        with stdout, suppress(FrameError):
            while (frame := read_frame(stdout, self._allowed)) is not None:
                self._frames.put(frame)
        self._frames.put(None)

    def _allowed(self, length: int) -> bool:
        self._bytes_left -= length
        return self._bytes_left >= 0

    def ask(
        self,
        request: Sequence[Any],
        timeout_s: float,
        max_bytes: int,
        cancel: threading.Event | None = None,
    ) -> Reply | None:
        """Send a request and return the answer; None if the process died or sent something else.

        Raises:
            TimeoutError: there was no answer within ``timeout_s``.
            InterruptedError: ``cancel`` was set.
        """
        assert self.process.stdin is not None
        deadline = time.monotonic() + timeout_s
        self._bytes_left = max_bytes
        lists: list[Any] = []
        try:
            write_frame(self.process.stdin, request)
        except OSError:
            return None
        while (left := deadline - time.monotonic()) > 0:
            if cancel is not None and cancel.is_set():
                raise InterruptedError
            try:
                wait_s = left if cancel is None else min(left, _CANCEL_CHECK_S)
                frame = self._frames.get(timeout=wait_s)
            except Empty:
                continue
            if isinstance(frame, list):
                lists.append(frame)
            else:
                return (lists, frame) if isinstance(frame, dict) else None
        raise TimeoutError

    def close(self) -> None:
        """End the process at once; it has nothing to save."""
        self.process.kill()
        assert self.process.stdin is not None
        with suppress(OSError):  # a write to it was pending
            self.process.stdin.close()
        self.process.wait()
        self._reader.join()
