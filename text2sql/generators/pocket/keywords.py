"""New keywords for older weights, as copies of similar keywords."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from text2sql.generators.pocket.ir import KEYWORDS

__all__ = ["with_new_keywords"]

#: The parameters that have a row for each keyword.
_BIAS = "keyword_logits.bias"
_PARTS = ("keywords.weight", "keyword_logits.weight", _BIAS)
#: A new keyword starts at a twentieth of the probability of the one that it resembles.
_UNLIKELY = 3.0

#: New keyword -> a similar one; other new keywords start as the mean of all.
_LIKE = {
    "ratio": "/", "percent_of": "/", "mod": "/", "negative": "-", "years_between": "-",
    "days_between": "-", "hours_between": "-", "minutes_between": "-",
    "count_if": "count", "percent": "count", "sum_if": "sum", "avg_if": "avg",
    "any_of": "in", "none_of": "not_in", "not_between": "between",
    "not_like_starts": "like_starts", "not_like_ends": "like_ends", "like": "like_contains",
    "not_like_raw": "not_like", "is_true": "not_null", "is_false": "is_null",
    "exists": "in", "not_exists": "not_in", "nth": "limit", "offset": "limit", "best": "limit",
    "best_ties": "limit", "union_all": "union", "per": "group", "all_of": "*", "greater": "max",
    "lesser": "min",
}  # fmt: skip


def with_new_keywords(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``state`` with a row for every keyword; unchanged if it has them all."""
    known = len(state.get(_PARTS[0], KEYWORDS))
    if known >= len(KEYWORDS):
        return dict(state)
    grown = {
        name: torch.cat([tensor, _rows(tensor, known)]) if name in _PARTS else tensor
        for name, tensor in state.items()
    }
    grown[_BIAS][known:] -= _UNLIKELY
    return grown


def _rows(tensor: Tensor, known: int) -> Tensor:
    """The rows of ``tensor`` for the keywords after the first ``known``."""
    mean = tensor.mean(0)
    return torch.stack(
        [
            tensor[KEYWORDS.index(_LIKE[word])] if word in _LIKE else mean
            for word in KEYWORDS[known:]
        ]
    )
