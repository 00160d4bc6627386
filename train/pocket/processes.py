"""The processes that train one pocket model: ``torchrun --nproc-per-node 2 -m train ...``.

On a CPU, two processes with one thread each are faster than one process with two threads, because
most of the network's operations are too small to be split.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn

__all__ = ["ProcessGroup"]


@dataclass(frozen=True)
class ProcessGroup:
    """The processes that torchrun started, seen from this one; a single process without it."""

    rank: int = 0
    count: int = 1

    @classmethod
    def join(cls) -> ProcessGroup:
        """Connect to the other processes, if there are any."""
        count = int(os.environ.get("WORLD_SIZE", "1"))
        if count == 1:
            return cls()
        if not dist.is_initialized():
            dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(dist.get_rank(), count)

    @property
    def first(self) -> bool:
        return self.rank == 0

    def from_first(self, number: float) -> float:
        """The first process's ``number``, so that all processes decide alike."""
        if self.count == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64)
        dist.broadcast(shared, 0)
        return shared.item()

    def average_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace each gradient by its mean over the processes, in one exchange."""
        if self.count == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= self.count
        parts = torch.split(flat, [g.numel() for g in gradients])
        torch._foreach_copy_(
            gradients, [p.view_as(g) for p, g in zip(parts, gradients, strict=True)]
        )
