"""What the model's reading of a question says of the queries that it then writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from text2sql.generators.base import Signs
from text2sql.generators.pocket.features import Features
from text2sql.generators.pocket.ir import KEYWORDS

__all__ = ["Reading", "read_signs"]

_LEAST = 1e-6  # a probability nearer to 0 says no more


@dataclass(frozen=True)
class Reading:
    """One question as it was read: ``expected`` [tables + columns], the probability that the query
    uses each, of which ``first`` is the output that points at the first; ``tables`` is how many
    of them are tables, and ``alike`` as in ``Signs``.
    """

    expected: Tensor
    first: int
    alike: float
    tables: int = 0

    def signs(self, outputs: Collection[int]) -> Signs:
        """What is to be said of the query that ``outputs`` spell."""
        left_out = self.expected.clone()
        used = [o - self.first for o in outputs if 0 <= o - self.first < len(left_out)]
        left_out[used] = 0.0
        just = (1 - self.expected).clamp_min(_LEAST).log()
        just[used] = self.expected[used].clamp_min(_LEAST).log()
        return Signs(
            omitted=float(left_out.max()),
            mentioned=float(self.expected.max()),
            alike=self.alike,
            tables=float(just[: self.tables].sum()),
            columns=float(just[self.tables :].sum()),
        )


def read_signs(features: Features, context: Tensor, mentioned: Tensor) -> Reading:
    """What the encoders made of a question.

    Args:
        context: [nodes, text width], the text encoder's states.
        mentioned: [nodes] logits that the query uses the node.
    """
    names = slice(features.words, features.words + features.schema.tables + features.schema.columns)
    unit = torch.nn.functional.normalize(context, dim=-1)
    nearest = (unit[: features.words] @ unit[names].T).amax(-1)
    return Reading(
        expected=mentioned[names].sigmoid(),
        first=len(KEYWORDS) + features.words,
        alike=float(nearest.mean()) if features.words else 0.0,
        tables=features.schema.tables,
    )
