"""What the pocket model's encoder says about a query, for choosing and confidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from text2sql.generators.base import Signals
from text2sql.generators.pocket.features import QuestionFeatures
from text2sql.generators.pocket.ir import KEYWORDS

__all__ = ["Expectations", "read_signals"]

_LEAST = 1e-6  # the lower bound of probabilities


@dataclass(frozen=True)
class Expectations:
    """What the encoders predict from one question.

    ``expected`` [tables + columns] is the probability that the query uses each; ``first`` is the
    output index of the first of them, and ``tables`` the number of tables. For ``alike`` see
    ``Signals``.
    """

    expected: Tensor
    first: int
    alike: float
    tables: int = 0

    def signals(self, outputs: Collection[int]) -> Signals:
        """Return the signals of the query that consists of ``outputs``."""
        left_out = self.expected.clone()
        used = [o - self.first for o in outputs if 0 <= o - self.first < len(left_out)]
        left_out[used] = 0.0
        just = (1 - self.expected).clamp_min(_LEAST).log()
        just[used] = self.expected[used].clamp_min(_LEAST).log()
        return Signals(
            omitted=float(left_out.max()),
            mentioned=float(self.expected.max()),
            alike=self.alike,
            tables=float(just[: self.tables].sum()),
            columns=float(just[self.tables :].sum()),
        )


def read_signals(features: QuestionFeatures, context: Tensor, mentioned: Tensor) -> Expectations:
    """Return what the encoders predict from a question.

    Args:
        context: [nodes, text width], the text encoder's states.
        mentioned: [nodes], logits of the query using each node.
    """
    names = slice(features.words, features.words + features.schema.tables + features.schema.columns)
    unit = torch.nn.functional.normalize(context, dim=-1)
    nearest = (unit[: features.words] @ unit[names].T).amax(-1)
    return Expectations(
        expected=mentioned[names].sigmoid(),
        first=len(KEYWORDS) + features.words,
        alike=float(nearest.mean()) if features.words else 0.0,
        tables=features.schema.tables,
    )
