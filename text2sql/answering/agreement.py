"""The choice among candidates by the rows that they return.

Candidates with the same rows are the same answer, so their probabilities are added (minimum Bayes
risk over execution results; Shi et al., EMNLP 2022). What rows look like counts as well: people
seldom ask for what is not there, and a query that lacks a condition returns more rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from text2sql.sandbox import QueryResult

__all__ = [
    "ROW_WEIGHTS",
    "SHARPNESS",
    "Agreement",
    "comparable_rows",
    "find_agreement",
    "row_features",
]

#: Of the scores; chosen on the first half of Spider dev, with four beams.
SHARPNESS = 0.6
#: Added to the logarithm of a weight for each of ``row_features``. A fit gives up to half as much
#: again (``train/pocket/row_shapes.py``); these lose fewer answers elsewhere.
ROW_WEIGHTS: Mapping[str, float] = {
    "no rows": -2.4, "one row": -0.5, "log of rows": -0.3, "share of NULL": -0.6,
}  # fmt: skip
_MOST_ROWS = 100  # more count as this many
_READ_ROWS = 20  # searched for NULL


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
    scores: Sequence[float],
    results: Sequence[QueryResult | None],
    row_weights: Mapping[str, float] = ROW_WEIGHTS,
) -> Agreement | None:
    """Return the best candidate of the group of equal rows with the most weight; None if none ran.

    Args:
        scores: log-probabilities, best first.
        results: the result of each candidate, or None if it was not run.
        row_weights: a weight for each of ``row_features``.
    """
    rows = [comparable_rows(result) for result in results]
    weights: dict[tuple[str, ...], float] = defaultdict(float)
    for score, result, key in zip(scores, results, rows, strict=True):
        if result is not None and key is not None:
            shape = sum(row_weights[name] * v for name, v in row_features(result.rows).items())
            weights[key] += math.exp(SHARPNESS * (score - scores[0]) + shape)
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


def row_features(rows: Sequence[Sequence[object]]) -> Mapping[str, float]:
    """Return what the shape of rows says about whether they are the right ones, by name."""
    if not rows:
        return {"no rows": 1.0}
    cells = [cell for row in rows[:_READ_ROWS] for cell in row]
    return {
        "one row": float(len(rows) == 1),
        "log of rows": math.log(min(len(rows), _MOST_ROWS)),
        "share of NULL": cells.count(None) / len(cells),
    }


def comparable_rows(result: QueryResult | None) -> tuple[str, ...] | None:
    """Return the rows in sorted order, because equivalent queries may order them differently.

    None if the query did not run.
    """
    if result is None or result.error is not None:
        return None
    return tuple(sorted(map(repr, result.rows)))
