"""The two logistic regressions of a pocket model's confidence, with leave-one-database-out fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from text2sql.errors import DataError
from text2sql.generators.confidence import Confidence, Evidence, Logistic

__all__ = ["Observation", "fit", "fit_logistic", "held_out_fits"]

_Floats = NDArray[np.float64]

#: The features of the two regressions.
_RIGHT = ("belief", "share", "omitted")
_ANSWERABLE = ("alike", "mentioned")
#: The share of questions that their database cannot answer (an assumed prior).
_FOREIGN = 0.1
_RIDGE = 3.0  # towards coefficients of zero, in units of observations
_STEPS = 100


@dataclass(frozen=True)
class Observation:
    """One answer: its evidence and whether it was right.

    ``own`` says whether the question was asked of its own database; ``right`` whether the rows
    were right. ``right`` is None for a question of another database and for one without rows.
    """

    db_id: str
    evidence: Evidence
    own: bool
    right: bool | None = None


def fit(observations: Sequence[Observation]) -> Confidence:
    """Fit the regression of right answers and that of answerable questions.

    Raises:
        DataError: all answers are right or all wrong, or all questions were asked of their own
            databases or none was.
    """
    judged = [o for o in observations if o.right is not None]
    own = [o.own for o in observations]
    foreign = _FOREIGN / (1 - _FOREIGN) * sum(own) / max(1, len(own) - sum(own))
    return Confidence(
        right=fit_logistic(_RIGHT, [o.evidence for o in judged], [o.right is True for o in judged]),
        answerable=fit_logistic(_ANSWERABLE, [o.evidence for o in observations], own, foreign),
    )


def fit_logistic(
    names: Sequence[str], given: Sequence[Evidence], labels: Sequence[bool], weight: float = 1.0
) -> Logistic:
    """Fit by maximum likelihood with a ridge penalty: Newton's method, standardized features.

    Args:
        labels: the outcome of each item of ``given``.
        weight: the weight of an item with the label False; one with True counts 1.

    Raises:
        DataError: all labels are the same.
    """
    if len(set(labels)) < 2:
        raise DataError(
            "A confidence needs right and wrong answers to questions of at least two held-out "
            "databases; raise --held-out or --limit."
        )
    features = np.array([[getattr(evidence, name) for name in names] for evidence in given], float)
    mean, spread = features.mean(0), features.std(0) + 1e-9
    x = np.column_stack([(features - mean) / spread, np.ones(len(labels))])
    y = np.array(labels, float)
    found = _newton(x, y, np.where(y == 1, 1.0, weight))
    weights = found[:-1] / spread
    return Logistic(
        bias=float(found[-1] - weights @ mean),
        weights=dict(zip(names, map(float, weights), strict=True)),
    )


def _newton(x: _Floats, y: _Floats, counts: _Floats) -> _Floats:
    """The coefficients of the columns of ``x``; the last column is the constant."""
    penalty = np.diag([*[_RIDGE] * (x.shape[1] - 1), 0.0])
    found: _Floats = np.zeros(x.shape[1])
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
    """For each observation, the fit to the observations of all other databases."""
    by_database = {
        db_id: fit([o for o in observations if o.db_id != db_id])
        for db_id in {o.db_id for o in observations}
    }
    return [by_database[o.db_id] for o in observations]
