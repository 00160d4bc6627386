"""The loss: cross-entropy per token, right however a batch is cut into pieces."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from train.data import IGNORED

__all__ = ["token_loss"]


def token_loss(
    outputs: Any, labels: Tensor, num_items_in_batch: Tensor | int | None = None
) -> Tensor:
    """Summed cross-entropy over ``num_items_in_batch`` tokens, those of the whole step.

    transformers 5 believes that T5 divides by that number, because its ``forward`` takes any
    keyword; it takes the mean of each piece instead, and with 4 accumulated pieces loss and
    gradients come out 4 times too large. Only tokens that count are brought to fp32.

    Args:
        outputs: with ``logits`` of shape (batch, tokens, vocabulary).
        labels: (batch, tokens), ``IGNORED`` where padded.
    """
    counted = labels != IGNORED
    logits = outputs["logits"][counted].float()
    total = functional.cross_entropy(logits, labels[counted], reduction="sum")
    if num_items_in_batch is None:
        return total / counted.sum().clamp(min=1)
    return total / torch.as_tensor(num_items_in_batch, device=total.device)
