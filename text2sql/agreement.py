"""Choosing among candidates by what they return: the answer that most of the probability agrees on.

Candidates with the same rows are one answer said in several ways, so their probabilities add up
(minimum Bayes risk over execution results; Shi et al., EMNLP 2022). An answer without rows is less
likely to be what was asked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence

from text2sql.sandbox import QueryResult

__all__ = ["agreed"]

# Both chosen on the first half of Spider dev, with four beams.
_SHARPNESS = 0.6
_WITHOUT_ROWS = 0.3


def agreed(scores: Sequence[float], results: Sequence[QueryResult | None]) -> int | None:
    """Position of the best candidate among those whose rows weigh most; None if none ran.

    Args:
        scores: log-probabilities, best first.
        results: what each candidate returned; None where it was not tried.
    """
    weights: dict[Hashable, float] = defaultdict(float)
    first: dict[Hashable, int] = {}
    for place, (score, result) in enumerate(zip(scores, results, strict=True)):
        if result is None or result.error is not None:
            continue
        # rows in any order: two spellings of one query may differ in nothing else
        rows = tuple(sorted(map(repr, result.rows)))
        weight = math.exp(_SHARPNESS * (score - scores[0]))
        weights[rows] += weight if result.rows else _WITHOUT_ROWS * weight
        first.setdefault(rows, place)
    return first[max(weights, key=weights.__getitem__)] if weights else None
