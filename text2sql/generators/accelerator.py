"""Where a text generator computes: on a GPU of this machine, a borrowed one, or the CPU.

A ZeroGPU Space has a GPU only for the length of a call: what needs it runs in a process that is
forked for that, with the model as this process has it. Elsewhere nothing changes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import torch

__all__ = ["borrows", "device", "dtype", "local_device", "multiplies_bf16", "on_gpu"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_BF16 = ("avx512_bf16", "amx_bf16", "bf16")  # a CPU's instructions for it, on x86 and on ARM


def on_gpu(function: _Function, seconds: Callable[..., int] | int = 5) -> _Function:
    """``function``, for which ZeroGPU lends a GPU while it runs; itself anywhere else.

    What goes in and what comes out must be picklable and hold no tensors. ``seconds`` is the most
    that a call may take, or says it of the same arguments: a visitor with less than that left of
    the day is refused, and whoever asks for less is served sooner.
    """
    if not os.environ.get("SPACE_ID"):
        return function
    import spaces  # the folder of that name, where the package is not installed, lends nothing

    lend: Callable[..., Callable[[_Function], _Function]] | None = getattr(spaces, "GPU", None)
    return function if lend is None else lend(duration=seconds)(function)


def local_device() -> str:
    """``cuda``, ``mps`` on a Mac with a GPU, or ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


# ZeroGPU wants to find a function like this when the page starts, and leaves it alone elsewhere
_on_borrowed = on_gpu(local_device)


def borrows() -> bool:
    """Whether a GPU is lent here for single calls."""
    return _on_borrowed is not local_device


def device() -> str:
    """The device where a model waits for questions.

    ZeroGPU wants it on ``cuda`` when the page starts: it keeps those weights, and a borrowed GPU
    gets them at once.
    """
    return "cuda" if borrows() else local_device()


def dtype() -> torch.dtype:
    """What a model that is only read is kept in: bf16, or fp32 where bf16 is only imitated.

    Never fp16: T5's sums overflow in it.
    """
    return torch.bfloat16 if borrows() or multiplies_bf16(local_device()) else torch.float32


def multiplies_bf16(device: str) -> bool:
    """Whether ``device`` multiplies in bf16 itself; what does not is many times slower.

    GPUs do from NVIDIA's Ampere on: an L4 does, a T4 imitates it.
    """
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device != "cpu":
        return False
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in _BF16)
