"""Uploads are read without stopping the page's event loop, however slow the disk is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from gradio.route_utils import FileUploadProgress
from starlette.requests import Request

from text2sql.ui.upload_reader import UploadReader

_CHUNKS = [b"one", b"two", b"three"]


async def _slow_read(request: Request, folder: str, upload_progress: Any = None) -> bytes:
    read = b""
    async for chunk in request.stream():
        read += chunk
        if upload_progress is not None:
            upload_progress.append("upload", "a.csv", chunk)
    time.sleep(0.5)  # as a rename does on a busy disk
    if folder == "full":
        raise OSError("no space left")
    return read


def _request() -> Request:
    left = list(_CHUNKS)

    async def receive() -> dict[str, Any]:
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def _longest_pause(reader: Any, folder: str = "here", **progress: Any) -> tuple[bytes, float]:
    """What was read, and the longest time for which the event loop did nothing else, in seconds."""
    reading = asyncio.ensure_future(reader(_request(), folder, **progress))
    longest, last = 0.0, time.monotonic()
    while not reading.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return await reading, longest


def test_a_slow_disk_does_not_stop_the_event_loop() -> None:
    assert asyncio.run(_longest_pause(_slow_read))[1] >= 0.5
    read, longest = asyncio.run(_longest_pause(UploadReader(_slow_read)))
    assert read == b"onetwothree"
    assert longest < 0.4


def test_an_error_reaches_the_caller() -> None:
    with pytest.raises(OSError, match="no space left"):
        asyncio.run(_longest_pause(UploadReader(_slow_read), "full"))


def test_progress_is_noted() -> None:
    async def read() -> int:
        noted = FileUploadProgress()
        await _longest_pause(UploadReader(_slow_read), upload_progress=noted)
        return noted.pop("upload").chunk_size

    assert asyncio.run(read()) == len(b"onetwothree")
