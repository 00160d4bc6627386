"""What a worker process gives up, and how it ends when nobody needs it any more.

A worker ends by itself where the process that started it was killed: a thread reads its input and
ends the process at the end of it, another watches the parent's number, because a fork of the parent
may hold the input open, and the kernel ends it where it used more CPU time than its request may.
(Linux can signal the death of a parent, but means the thread that started the child by it.)
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

__all__ = ["confine", "limit_cpu", "requests"]

_WATCH_S = 0.5
_SPARE_CPU_S = 2
_MAX_REQUEST_BYTES = 64 * 1024**2


def requests(stream: IO[bytes]) -> Iterator[Any]:
    """The requests that come over ``stream``; the process ends with them, at whatever work it is.

    Call it before ``confine``, after which no thread can be started, and iterate afterwards.
    """
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(stream, waiting), daemon=True).start()
    if os.name == "posix":
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    return iter(waiting.get, None)


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
    """Have the kernel end this process once it has used ``seconds`` more of CPU time, and two."""
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
    """Give up writing to files, starting processes and threads, and memory beyond a limit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no process groups
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
