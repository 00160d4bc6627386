"""The loss: cross-entropy per token, the same for any number of accumulated batches."""

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
    """Summed cross-entropy divided by ``num_items_in_batch``, the tokens of the whole step.

    transformers 5 assumes that T5 divides by that number, because its ``forward`` accepts any
    keyword. T5 averages over each accumulated batch instead, so that with 4 of them loss and
    gradients are 4 times too large. Only tokens with a label are converted to fp32.

    Args:
        outputs: a mapping with ``logits`` of shape (batch, tokens, vocabulary).
        labels: token ids of shape (batch, tokens), ``IGNORED`` at padding.
        num_items_in_batch: without it, the tokens of ``labels`` are counted.
    """
    counted = labels != IGNORED
    logits = outputs["logits"][counted].float()
    total = functional.cross_entropy(logits, labels[counted], reduction="sum")
    if num_items_in_batch is None:
        return total / counted.sum().clamp(min=1)
    return total / torch.as_tensor(num_items_in_batch, device=total.device)
