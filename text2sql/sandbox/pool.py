"""Worker processes that run SQL, started when needed and used again."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from text2sql.errors import Text2SQLError
from text2sql.sandbox.worker import read_message, write_message

__all__ = ["Pool", "Worker"]

_SCRIPT = Path(__file__).with_name("worker.py")
_START_S = 60.0
_CANCEL_CHECK_S = 0.05


class Worker:
    """One process, answering one request at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the caller, which then ends its workers
        )
        self._answers: SimpleQueue[Any] = SimpleQueue()
        # A thread that reads is the one way to wait for a pipe with a time limit everywhere.
        self._reader = threading.Thread(target=self._read, daemon=True, name="sandbox-reader")
        self._reader.start()
        try:
            ready = self._answers.get(timeout=_START_S)
        except Empty:
            ready = None
        except BaseException:  # Ctrl-C
            self.close()
            raise
        if ready is None:
            self.close()
            raise Text2SQLError(
                f"The process that runs SQL did not start ({sys.executable} {_SCRIPT}); "
                "check that this Python can run."
            )

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        with stdout:
            while (message := read_message(stdout)) is not None:
                self._answers.put(message)
        self._answers.put(None)

    def ask(
        self, request: tuple[Any, ...], timeout_s: float, cancel: threading.Event | None
    ) -> dict[str, Any] | None:
        """The answer; None where the process died.

        Raises:
            TimeoutError: there is none after ``timeout_s``.
            InterruptedError: ``cancel`` was set first.
        """
        assert self.process.stdin is not None
        deadline = time.monotonic() + timeout_s
        try:
            write_message(self.process.stdin, request)
        except OSError:
            return None
        while (left := deadline - time.monotonic()) > 0:
            if cancel is not None and cancel.is_set():
                raise InterruptedError
            try:
                answer: dict[str, Any] | None = self._answers.get(
                    timeout=min(left, _CANCEL_CHECK_S)
                )
            except Empty:
                continue
            return answer
        raise TimeoutError

    def close(self) -> None:
        """End the process at once; nothing it holds is worth keeping."""
        self.process.kill()
        assert self.process.stdin is not None
        with suppress(OSError):  # it was still being written to
            self.process.stdin.close()
        self.process.wait()
        self._reader.join()


class Pool:
    """Up to ``size`` workers at work; more callers than that wait their turn. Thread-safe."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._reset()
        atexit.register(self.close)  # before Python ends with threads still reading

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self.size)

    def run(
        self, request: tuple[Any, ...], timeout_s: float, cancel: threading.Event | None = None
    ) -> dict[str, Any] | None:
        """As ``Worker.ask``; a worker that did not answer is replaced."""
        if self._pid != os.getpid():  # a forked child must not share its parent's pipes
            self._reset()
        with self._slots:
            worker = self._take()
            answer = None
            try:
                answer = worker.ask(request, timeout_s, cancel)
            finally:
                if answer is None:
                    worker.close()
                else:
                    with self._lock:
                        self._idle.append(worker)
            return answer

    def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Worker()

    def close(self) -> None:
        """End every idle worker; the pool can be used again."""
        if self._pid != os.getpid():
            return
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()
