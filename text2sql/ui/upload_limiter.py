"""Middleware that limits the bytes of all uploads that are waiting to be imported."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["UploadLimiter", "remove_old"]

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

_MOST_BYTES = 1_000_000_000  # of all uploads that are not imported yet
_MOST_OF_ONE = 200_000_000  # in one request
_RETRY_S = 60


class UploadLimiter:
    """ASGI middleware that refuses uploads for which there is no room, before reading them."""

    def __init__(
        self,
        app: _App,
        folder: Path,
        most_bytes: int = _MOST_BYTES,
        most_of_one: int = _MOST_OF_ONE,
    ) -> None:
        self.app = app
        self.folder = folder
        self.most_bytes = most_bytes
        self.most_of_one = most_of_one
        self._arriving = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Serve one request."""
        sends = scope["type"] == "http" and scope["method"] == "POST"
        if sends and str(scope["path"]).rstrip("/").endswith("/upload"):
            await self._upload(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _upload(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        length = _length(scope)
        if length is None:
            await _refuse(send, 411, "An upload needs a Content-Length header.")
        elif length > self.most_of_one:
            size = f"{self.most_of_one / 1e6:,.0f} MB"
            await _refuse(send, 413, f"These files exceed {size}, the limit; upload fewer.")
        elif not self._reserve(length, await asyncio.to_thread(_size, self.folder)):
            await _refuse(
                send, 503, f"There is no room for more files; try again in {_RETRY_S} s.", _RETRY_S
            )
        else:
            try:
                await self.app(scope, receive, send)
            finally:
                with self._lock:
                    self._arriving -= length

    def _reserve(self, length: int, held: int) -> bool:
        """Reserve room beside the ``held`` bytes of files; return whether there is enough."""
        with self._lock:
            if held + self._arriving + length > self.most_bytes:
                return False
            self._arriving += length
            return True


def _length(scope: _Message) -> int | None:
    """Return the declared length; the server reads no more than that."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


async def _refuse(send: _Send, status: int, sentence: str, retry_s: int | None = None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if retry_s is not None:
        headers.append((b"retry-after", str(retry_s).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


def _size(folder: Path) -> int:
    size = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # it has just been imported
            size += file.stat().st_size
    return size


def remove_old(folder: Path, age_s: float) -> None:
    """Delete files older than ``age_s`` that were not imported, and empty folders."""
    before = time.time() - age_s
    for path in sorted(folder.rglob("*"), reverse=True):
        with suppress(OSError):  # a folder that is not empty, or a file that is gone
            if path.stat().st_mtime < before:
                path.rmdir() if path.is_dir() else path.unlink()
