"""An event loop of its own in which Gradio reads uploads and moves them to their place.

Gradio parses, hashes, writes and renames uploaded files in the page's only event loop. On a busy
disk one rename takes seconds (measured: up to 4.9 s beside 100 clients), and nobody else is
answered meanwhile (gradio 6.31, ``upload_fn`` in ``gradio/route_utils.py``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from gradio import routes
from gradio.route_utils import FileUploadProgress
from starlette.requests import Request
from starlette.types import Message

__all__ = ["UploadReader", "read_uploads_aside"]

_Read = Callable[..., Awaitable[Any]]


class UploadReader:
    """Runs ``read``, an upload handler of Gradio's form, in a thread with its own event loop.

    One thread serves all uploads, so that senders who take their time hold no thread each.
    """

    def __init__(self, read: _Read) -> None:
        self.read = read
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="uploads", daemon=True).start()

    async def __call__(
        self,
        request: Request,
        *args: Any,
        upload_progress: FileUploadProgress | None = None,
        **kwargs: Any,
    ) -> Any:
        """Read ``request``, whose bytes and progress pass through the caller's event loop."""
        page = asyncio.get_running_loop()

        async def receive() -> Message:
            message: Message = await _in_loop(request.receive(), page)
            return message

        progress = upload_progress and _ForwardedProgress(upload_progress, page)
        again = Request(request.scope, receive)
        reading = self.read(again, *args, upload_progress=progress, **kwargs)
        return await _in_loop(reading, self._loop)


async def _in_loop(work: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> Any:
    async def run() -> Any:
        return await work

    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), loop))


class _ForwardedProgress:
    """Passes what Gradio notes about an upload to the page's event loop, which reads it."""

    def __init__(self, noted: FileUploadProgress, page: asyncio.AbstractEventLoop) -> None:
        self.noted = noted
        self.page = page

    def track(self, upload_id: str) -> None:
        self.page.call_soon_threadsafe(self.noted.track, upload_id)

    def append(self, upload_id: str, filename: str, message_bytes: bytes) -> None:
        self.page.call_soon_threadsafe(self.noted.append, upload_id, filename, message_bytes)

    def set_done(self, upload_id: str) -> None:
        self.page.call_soon_threadsafe(self.noted.set_done, upload_id)


def read_uploads_aside() -> None:
    """Let Gradio's pages of this process read uploads outside of their event loop."""
    names: dict[str, Any] = vars(routes)
    if not isinstance(names["upload_fn"], UploadReader):
        names["upload_fn"] = UploadReader(names["upload_fn"])
