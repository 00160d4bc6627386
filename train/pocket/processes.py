"""Several processes that train one pocket model: torchrun --nproc-per-node 2 -m train ...

On a CPU two processes of one thread each are faster than one process of two threads, because
most of the network's operations are too small to be split.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn

__all__ = ["Peers"]


@dataclass(frozen=True)
class Peers:
    """This process among those that torchrun started; alone without it."""

    rank: int = 0
    count: int = 1

    @classmethod
    def join(cls) -> Peers:
        """Meet the other processes, if there are any."""
        count = int(os.environ.get("WORLD_SIZE", "1"))
        if count == 1:
            return cls()
        if not dist.is_initialized():
            dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(dist.get_rank(), count)

    @property
    def first(self) -> bool:
        return self.rank == 0

    def first_ones(self, number: float) -> float:
        """The first process's ``number``, so that all of them decide alike."""
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
