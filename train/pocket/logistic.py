"""The two regressions of a pocket model's confidence, and how good they are on other databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from text2sql.errors import DataError
from text2sql.generators.confidence import Confidence, Evidence, Logistic

__all__ = ["Observation", "fit", "fit_logistic", "held_out_fits"]

Floats = NDArray[np.float64]

#: What each of the two regressions looks at.
_RIGHT = ("belief", "share", "omitted")
_ANSWERABLE = ("alike", "mentioned")
#: The share of questions that their database cannot answer, as far as anybody knows.
_FOREIGN = 0.1
_RIDGE = 3.0  # towards coefficients of zero, in units of observations
_STEPS = 100


@dataclass(frozen=True)
class Observation:
    """One answer: what spoke for it, and what it was.

    ``own`` says whether the question was asked of its own database; ``right`` whether the rows
    were right, None for another database's question and for a database without rows.
    """

    db_id: str
    evidence: Evidence
    own: bool
    right: bool | None = None


def fit(observations: Sequence[Observation]) -> Confidence:
    """The regression of right answers, and that of own questions.

    Raises:
        DataError: all answers are right or wrong, or all questions were asked of one database.
    """
    judged = [o for o in observations if o.right is not None]
    own = [o.own for o in observations]
    foreign = _FOREIGN / (1 - _FOREIGN) * sum(own) / max(1, len(own) - sum(own))
    return Confidence(
        right=fit_logistic(_RIGHT, [o.evidence for o in judged], [o.right is True for o in judged]),
        answerable=fit_logistic(_ANSWERABLE, [o.evidence for o in observations], own, foreign),
    )


def fit_logistic(
    names: Sequence[str], given: Sequence[Evidence], so: Sequence[bool], weight: float = 1.0
) -> Logistic:
    """Ridge-penalised maximum likelihood by Newton's method, on standardised features.

    Args:
        weight: what one that is not so counts, beside one that is.

    Raises:
        DataError: all or none are so.
    """
    if len(set(so)) < 2:
        raise DataError(
            "A confidence needs right and wrong answers to the questions of two held-out databases "
            "at least; raise --held-out or --limit."
        )
    features = np.array([[getattr(evidence, name) for name in names] for evidence in given], float)
    mean, spread = features.mean(0), features.std(0) + 1e-9
    x = np.column_stack([(features - mean) / spread, np.ones(len(so))])
    y = np.array(so, float)
    found = _newton(x, y, np.where(y == 1, 1.0, weight))
    weights = found[:-1] / spread
    return Logistic(
        bias=float(found[-1] - weights @ mean),
        weights=dict(zip(names, map(float, weights), strict=True)),
    )


def _newton(x: Floats, y: Floats, counts: Floats) -> Floats:
    """Coefficients of the columns of ``x``, of which the last is the constant."""
    penalty = np.diag([*[_RIDGE] * (x.shape[1] - 1), 0.0])
    found: Floats = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (counts * (p - y)) + penalty @ found
        curve = (x * (counts * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(curve, slope)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return found


def held_out_fits(observations: Sequence[Observation]) -> list[Confidence]:
    """For each observation, the fit to those of all other databases."""
    by_database = {
        db_id: fit([o for o in observations if o.db_id != db_id])
        for db_id in {o.db_id for o in observations}
    }
    return [by_database[o.db_id] for o in observations]
