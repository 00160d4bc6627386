"""The device and the precision of text generators: a GPU, a GPU lent by ZeroGPU, or the CPU.

A ZeroGPU Space has a GPU only during a call. Such a call runs in a forked process, which shares the
model with this process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import torch

__all__ = ["borrows", "device", "dtype", "local_device", "multiplies_bf16", "on_gpu"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_BF16 = ("avx512_bf16", "amx_bf16", "bf16")  # flags of CPUs that support it, on x86 and ARM


def on_gpu(function: _Function, seconds: Callable[..., int] | int = 5) -> _Function:
    """Make ZeroGPU lend a GPU to ``function``; elsewhere, return ``function`` unchanged.

    Arguments and results must be picklable and contain no tensors. ``seconds`` is the longest
    duration of a call, or a function of the arguments that returns it. ZeroGPU refuses visitors
    with less time left for the day, and serves shorter calls sooner.
    """
    if not os.environ.get("SPACE_ID"):
        return function
    import spaces  # without the package, this is the repository's folder, which has no GPU

    lend: Callable[..., Callable[[_Function], _Function]] | None = getattr(spaces, "GPU", None)
    return function if lend is None else lend(duration=seconds)(function)


def local_device() -> str:
    """``cuda``, ``mps`` on a Mac with a GPU, or ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


# ZeroGPU requires such a function to exist when the page starts
_on_borrowed = on_gpu(local_device)


def borrows() -> bool:
    """Whether this process runs on a ZeroGPU Space."""
    return _on_borrowed is not local_device


def device() -> str:
    """The device on which a model is loaded.

    On ZeroGPU it must be ``cuda`` when the page starts; ZeroGPU keeps the weights, and copies them
    to the GPU that it lends.
    """
    return "cuda" if borrows() else local_device()


def dtype() -> torch.dtype:
    """The precision for inference: bf16, or fp32 on devices that only emulate bf16.

    fp16 is never used, because T5's activations overflow in it.
    """
    return torch.bfloat16 if borrows() or multiplies_bf16(local_device()) else torch.float32


def multiplies_bf16(device: str) -> bool:
    """Whether ``device`` supports bf16 in hardware; emulation is many times slower.

    NVIDIA GPUs do from Ampere on: an L4 does, and a T4 does not.
    """
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device != "cpu":
        return False
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in _BF16)
