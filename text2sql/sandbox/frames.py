"""Messages between a process and its workers: JSON, with its length in front.

Reading one runs no code of the sender and takes no more memory than the reader allows, so that a
worker that a hostile query took over can give wrong rows, and nothing else. The standard library
alone is needed: workers start without anything else.
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
    """What came is not a message, or is longer than allowed."""


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Write lists, dictionaries with text for keys, texts, bytes, numbers and None."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_as_json)
    body = text.encode("utf-8", "surrogatepass")
    stream.write(_HEAD.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], allowed: Callable[[int], bool]) -> Any:
    """The next value; None where the other side has gone.

    Args:
        allowed: whether a message may have so many bytes; asked once its length is known.

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
