"""The optimizer of the pocket model: its rates by layer, and their schedule."""

from __future__ import annotations

import math

import torch

from text2sql.generators.pocket.model import PocketModel
from train.pocket.recipe import PocketRecipe

__all__ = ["make_optimizer", "set_rates"]


def make_optimizer(model: PocketModel, recipe: PocketRecipe) -> torch.optim.Optimizer:
    """AdamW over the parameters that learn; lower text layers have lower rates."""
    text = _text_groups(model, recipe.text_rate, recipe.layer_decay)
    in_text = {id(p) for p in model.text.parameters()}
    head = [p for p in model.parameters() if p.requires_grad and id(p) not in in_text]
    groups = [{"params": head, "lr": recipe.rate}, *text]
    return torch.optim.AdamW(
        [{**group, "full_rate": group["lr"]} for group in groups],
        betas=(0.9, 0.98),
        weight_decay=recipe.weight_decay,
        fused=True,
    )


def _text_groups(model: PocketModel, rate: float, decay: float) -> list[dict[str, object]]:
    """The groups of the text layers; each layer's rate is ``decay`` times the one above."""
    groups: list[dict[str, object]] = []
    for depth, layer in enumerate(reversed(model.text)):
        groups.append({"params": list(layer.parameters()), "lr": rate * decay**depth})
    return groups


def set_rates(optimizer: torch.optim.Optimizer, progress: float, warmup: float) -> None:
    """Set the rates for ``progress`` from 0 to 1: warm-up, then half a cosine to a hundredth."""
    if progress < warmup:
        factor = (progress + 1e-3) / (warmup + 1e-3)
    else:
        angle = math.pi * (progress - warmup) / (1 - warmup)
        factor = 0.01 + 0.99 * 0.5 * (1 + math.cos(angle))
    for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * factor
