"""The losses of the pocket model, and their averages between two evaluations."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from train.pocket.data import IGNORED, TargetBatch

__all__ = ["Interval", "losses"]


class Interval:
    """The averages since the last evaluation, kept on the device, and its first step and time."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.time = time.perf_counter()
        self.values: dict[str, Tensor] = {}
        self.count = 0

    def add(self, loss: Tensor, mention: Tensor, right: Tensor) -> None:
        self.count += 1
        for name, value in (("loss", loss), ("mention", mention), ("token_accuracy", right)):
            self.values[name] = self.values.get(name, torch.zeros_like(value)) + value

    def means(self) -> dict[str, float]:
        return {n: round(float(v) / max(1, self.count), 4) for n, v in self.values.items()}


def losses(logits: Tensor, mentioned: Tensor, goal: TargetBatch) -> tuple[Tensor, Tensor, Tensor]:
    """The losses of queries and of used nodes, and the share of right tokens.

    Losses are summed over tokens and averaged over questions, so that long queries keep their
    weight.
    """
    targets = goal.targets
    logits = logits.float().masked_fill(~goal.allowed, -1e4)
    loss = nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    mention = nn.functional.binary_cross_entropy_with_logits(
        mentioned.float(), goal.used, reduction="none"
    )
    with torch.no_grad():
        counted = targets != IGNORED
        right = ((logits.argmax(-1) == targets) & counted).sum() / counted.sum()
    return loss / len(targets), (mention * goal.batch.mask).sum() / len(targets), right
