"""The order of training examples: random, with examples of similar length in one step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import get_length_grouped_indices

__all__ = ["LengthGroups"]


class LengthGroups(Sampler[int]):
    """A random order with examples of similar length in one step.

    It depends on the seed, the epoch and the size of a step, but not on the number of processes or
    on a resume. If the data holds each example ``repeat`` times, each pass is ordered separately:
    otherwise copies of an example, which have the same length, would fill whole steps.
    """

    def __init__(self, lengths: Sequence[int], step_size: int, seed: int, repeat: int = 1) -> None:
        self.repeat = repeat
        self.lengths = list(lengths)
        self.step_size = step_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch; the trainer calls this before each one."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1000 + self.epoch)
        group: Any = get_length_grouped_indices  # untyped
        once = len(self.lengths) // self.repeat
        for start in range(0, len(self.lengths), once):
            order = group(self.lengths[:once], self.step_size, generator=generator)
            yield from (start + index for index in order)
