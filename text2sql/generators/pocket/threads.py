"""How many cores decoding one question may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch to the calling thread meanwhile; also a decorator.

    A step of decoding one question has tiny matrices. A second core does not help where it is
    idle; where it is not, each of a thousand operations waits for its turn there, and an answer
    takes four to eight times as long. Reading the question is worth all cores: few operations,
    and large ones.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
