"""Choosing among candidates by what they return: the answer that most of the probability agrees on.

Candidates with the same rows are one answer said in several ways, so their probabilities add up
(minimum Bayes risk over execution results; Shi et al., EMNLP 2022). An answer without rows is less
likely to be what was asked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from text2sql.sandbox import QueryResult

__all__ = ["Agreement", "agreed"]

# Both chosen on the first half of Spider dev, with four beams.
_SHARPNESS = 0.6
_WITHOUT_ROWS = 0.15


@dataclass(frozen=True)
class Agreement:
    """The candidate to take, and who is of its opinion.

    ``share``, above 0 and up to 1, is the part of the weight of all that ran whose rows are those
    of the one at ``place``; ``same`` says of each candidate whether its rows are.
    """

    place: int
    share: float
    same: tuple[bool, ...]


def agreed(scores: Sequence[float], results: Sequence[QueryResult | None]) -> Agreement | None:
    """The best candidate among those whose rows weigh most; None if none ran.

    Args:
        scores: log-probabilities, best first.
        results: what each candidate returned; None where it was not tried.
    """
    rows = [_rows(result) for result in results]
    weights: dict[tuple[str, ...], float] = defaultdict(float)
    for score, key in zip(scores, rows, strict=True):
        if key is not None:
            weight = math.exp(_SHARPNESS * (score - scores[0]))
            weights[key] += weight if key else _WITHOUT_ROWS * weight
    if not weights:
        return None
    most = max(weights, key=weights.__getitem__)
    return Agreement(
        place=rows.index(most),
        share=weights[most] / sum(weights.values()),
        same=tuple(key == most for key in rows),
    )


def _rows(result: QueryResult | None) -> tuple[str, ...] | None:
    """The rows in any order: two spellings of one query may differ in nothing else."""
    if result is None or result.error is not None:
        return None
    return tuple(sorted(map(repr, result.rows)))
