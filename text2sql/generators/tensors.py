"""A reader of safetensors files that converts weights to another precision piece by piece.

transformers maps whole files into memory and converts many tensors at once, so a model stored in
fp32 and loaded in bf16 temporarily takes three times its size. This reader takes its size and a few
megabytes.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors import SafetensorError
from torch import Tensor

__all__ = ["give_back_memory", "read_tensors"]

_PIECE = 2**22  # bytes that are read at once
_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
}
_MOST_HEADER = 100_000_000  # bytes; the limit of the format's own reader


def read_tensors(folder: Path, dtype: torch.dtype) -> dict[str, Tensor] | None:
    """Read all tensors of a folder's safetensors files in ``dtype``.

    The result is None if there are no such files, or if a tensor is not floating-point, as in
    quantized models; transformers loads those.

    Raises:
        SafetensorError: a file is damaged.
        OSError: it cannot be read.
    """
    found: dict[str, Tensor] = {}
    files = sorted(folder.glob("model*.safetensors"))
    for path in files:
        with path.open("rb", buffering=0) as file:
            try:
                begin, entries = _header(file)
                for name, entry in entries.items():
                    if entry["dtype"] not in _TYPES:
                        return None
                    found[name] = _tensor(file, begin, entry, dtype)
            except (ValueError, KeyError, TypeError, RuntimeError, EOFError) as error:
                raise SafetensorError(f"{path.name} is damaged: {error}") from error
    return found or None


def _header(file: BinaryIO) -> tuple[int, dict[str, Any]]:
    """Read the header; return the offset of the tensors and their descriptions."""
    length = int.from_bytes(file.read(8), "little")
    if not 0 < length <= _MOST_HEADER:
        raise ValueError(f"its header cannot have {length} bytes")
    entries = json.loads(file.read(length))
    entries.pop("__metadata__", None)
    return 8 + length, entries


def _tensor(file: BinaryIO, begin: int, entry: dict[str, Any], dtype: torch.dtype) -> Tensor:
    stored = _TYPES[entry["dtype"]]
    start, end = entry["data_offsets"]
    count = math.prod(entry["shape"])
    if end - start != count * stored.itemsize or start < 0:
        raise ValueError("a tensor's size does not match its shape")
    tensor = torch.empty(entry["shape"], dtype=dtype)
    flat, piece = tensor.view(-1), bytearray(min(_PIECE, max(end - start, 1)))
    file.seek(begin + start)
    done = 0
    while done < count:
        wanted = min(len(piece), (count - done) * stored.itemsize)
        _fill(file, memoryview(piece)[:wanted])
        values = torch.frombuffer(piece, dtype=stored, count=wanted // stored.itemsize)
        flat[done : done + len(values)] = values
        done += len(values)
    return tensor


def _fill(file: BinaryIO, place: memoryview) -> None:
    got = 0
    while got < len(place):
        more = file.readinto(place[got:])  # type: ignore[attr-defined]  # a raw file
        if not more:
            raise EOFError("it is cut off")
        got += more


def give_back_memory() -> None:
    """Make glibc return freed memory to the operating system after a model was loaded."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
