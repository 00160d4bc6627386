"""Messages between a process and its workers: JSON, preceded by its length.

Reading a message runs no code of the sender and needs no more memory than the reader allows. So a
worker that a hostile query took over can return wrong rows and nothing else. Workers start with the
standard library alone, so nothing else is used here.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import IO, Any

__all__ = ["FrameError", "read_frame", "write_frame"]

_HEAD = struct.Struct("<Q")
_BYTES = "base64"


class FrameError(ValueError):
    """Input that is not a message, or is longer than allowed."""


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Write lists, dictionaries with text keys, texts, bytes, numbers and None."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_as_json)
    body = text.encode("utf-8", "surrogatepass")
    stream.write(_HEAD.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], allowed: Callable[[int], bool]) -> Any:
    """Read the next value; None if the other side has closed the stream.

    Args:
        allowed: called with the length in bytes; returns whether a message may be that long.

    Raises:
        FrameError: it is too long, or not JSON.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (length,) = _HEAD.unpack(head)
    if not allowed(length):
        raise FrameError(f"A message of {length:,} bytes is too long.")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        text = body.decode("utf-8", "surrogatepass")
        return json.loads(text, object_hook=_from_json)
    except (ValueError, RecursionError) as error:
        raise FrameError("A message is not JSON.") from error


def _as_json(value: Any) -> dict[str, str]:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode("ascii")}
    raise TypeError(f"A {type(value).__name__} cannot be sent.")


def _from_json(value: dict[str, Any]) -> Any:
    if value.keys() == {_BYTES} and isinstance(value[_BYTES], str):
        return base64.b64decode(value[_BYTES], validate=True)
    return value
