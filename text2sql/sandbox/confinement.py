"""The confinement of a worker process: the rights it gives up, and how it ends.

A worker must end if its parent process is killed. One thread reads its input and ends the process
at the end of the input. Another watches the parent's process id, because a fork of the parent may
keep the input open. And the kernel ends a worker that exceeds the CPU time of its request. (Linux
can signal a parent's death, but it reports the death of the thread that started the child.)
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from text2sql.sandbox.frames import FrameError, read_frame

__all__ = ["confine", "end_with_parent", "limit_cpu", "requests"]

_WATCH_S = 0.5
_SPARE_CPU_S = 2
_MAX_REQUEST_BYTES = 64 * 1024**2


def requests(stream: IO[bytes]) -> Iterator[Any]:
    """Read requests from ``stream``; at its end, the process ends even in the middle of work.

    Call this before ``confine``, which forbids new threads, and iterate afterwards.
    """
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(stream, waiting), daemon=True).start()
    end_with_parent()
    return iter(waiting.get, None)


def end_with_parent() -> None:
    """Let this process end within half a second of its parent process, where that can be known."""
    if os.name == "posix":
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _read(stream: IO[bytes], waiting: queue.SimpleQueue[Any]) -> None:
    with suppress(FrameError, OSError):
        while (request := read_frame(stream, _may_be_sent)) is not None:
            waiting.put(request)
    os._exit(0)


def _may_be_sent(length: int) -> bool:
    return length <= _MAX_REQUEST_BYTES


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(0)


def limit_cpu(seconds: float) -> None:
    """Let the kernel end this process after ``seconds`` + 2 more seconds of CPU time."""
    if os.name != "posix":
        return
    import resource

    used = time.process_time()
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(used + seconds) + 1 + _SPARE_CPU_S
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def confine(memory_bytes: int) -> None:
    """Give up the rights to write files and start processes or threads, and limit memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for systems without process groups
    if os.name != "posix":
        return
    import resource

    for name, value in (
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 16),
        ("RLIMIT_AS", memory_bytes),
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (value, value))
