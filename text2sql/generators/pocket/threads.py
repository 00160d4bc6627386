"""How many cores the answer to one question may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch to the calling thread meanwhile; also a decorator.

    One question's matrices are small. A second core hardly helps where it is idle; where it is
    not, each of a thousand operations waits for its turn there, and an answer takes four to eight
    times as long. Cores are better spent on several questions at once.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
