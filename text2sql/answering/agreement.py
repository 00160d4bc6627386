"""The choice among candidates by the rows that they return.

Candidates with the same rows are the same answer, so their probabilities are added (minimum Bayes
risk over execution results; Shi et al., EMNLP 2022). Answers without rows are less likely to be
right and get less weight.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from text2sql.sandbox import QueryResult

__all__ = ["Agreement", "comparable_rows", "find_agreement"]

# Both chosen on the first half of Spider dev, with four beams.
_SHARPNESS = 0.6
_WITHOUT_ROWS = 0.15


@dataclass(frozen=True)
class Agreement:
    """The chosen candidate, at ``place``, and which candidates agree with it.

    ``share`` is the weight of the candidates with its rows, divided by the weight of all that ran
    (above 0, at most 1). ``same`` tells for each candidate whether it returned these rows.
    ``second`` is the place of the best candidate of the group with the next most weight, None if
    all rows are the same; ``closeness`` is that weight divided by the weight of the chosen group.
    """

    place: int
    share: float
    same: tuple[bool, ...]
    second: int | None = None
    closeness: float = 0.0


def find_agreement(
    scores: Sequence[float], results: Sequence[QueryResult | None]
) -> Agreement | None:
    """Return the best candidate of the group of equal rows with the most weight; None if none ran.

    Args:
        scores: log-probabilities, best first.
        results: the result of each candidate, or None if it was not run.
    """
    rows = [comparable_rows(result) for result in results]
    weights: dict[tuple[str, ...], float] = defaultdict(float)
    for score, key in zip(scores, rows, strict=True):
        if key is not None:
            weight = math.exp(_SHARPNESS * (score - scores[0]))
            weights[key] += weight if key else _WITHOUT_ROWS * weight
    if not weights:
        return None
    most, *others = sorted(weights, key=weights.__getitem__, reverse=True)
    return Agreement(
        place=rows.index(most),
        share=weights[most] / sum(weights.values()),
        same=tuple(key == most for key in rows),
        second=rows.index(others[0]) if others else None,
        closeness=weights[others[0]] / weights[most] if others else 0.0,
    )


def comparable_rows(result: QueryResult | None) -> tuple[str, ...] | None:
    """Return the rows in sorted order, because equivalent queries may order them differently.

    None if the query did not run.
    """
    if result is None or result.error is not None:
        return None
    return tuple(sorted(map(repr, result.rows)))
