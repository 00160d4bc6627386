"""The limit on the cores that the answer to one question uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch to the calling thread, as a context manager or decorator.

    One question's matrices are small. An idle second core hardly helps; on a busy one, each of a
    thousand operations waits for its turn, and an answer takes four to eight times as long. Cores
    are better used for several questions at once.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
