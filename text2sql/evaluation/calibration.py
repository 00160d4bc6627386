"""Calibration: whether 80% of the answers with a probability of 80% are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from text2sql.errors import DataError
from text2sql.evaluation.statistics import Score, score

__all__ = ["Bin", "Calibration", "auc", "calibration"]

_BINS = 10
_REFUSED = 0.2

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Answers of similar probability (``probability`` is their mean), and how many are right."""

    probability: float
    right: Score


@dataclass(frozen=True)
class Calibration:
    """The quality of stated probabilities; all figures are from 0 to 1.

    ``ece`` is the expected calibration error over ten bins of equal width (Guo et al., ICML 2017),
    ``brier`` the mean squared error, ``auc`` the chance that a right answer has a higher
    probability than a wrong one. ``kept`` is the accuracy without the least probable fifth
    of the answers.
    """

    n: int
    accuracy: float
    kept: float
    mean: float
    ece: float
    brier: float
    auc: float
    bins: tuple[Bin, ...]

    def to_dict(self) -> dict[str, Any]:
        """The figures without the bins, rounded to four decimals."""
        names = ("accuracy", "kept", "mean", "ece", "brier", "auc")
        return {"n": self.n} | {name: round(getattr(self, name), 4) for name in names}


def calibration(probabilities: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Compare the ``probabilities`` of answers with whether they are ``right``.

    Raises:
        DataError: all answers are right, or all are wrong, so AUC is undefined.
    """
    given, outcomes = np.asarray(probabilities, float), np.asarray(right, float)
    if len(set(outcomes.tolist())) < 2:
        raise DataError("Calibration needs both right and wrong answers; use more questions.")
    place = np.minimum((given * _BINS).astype(int), _BINS - 1)
    bins = [
        Bin(float(given[inside].mean()), score(outcomes[inside].tolist()))
        for inside in (place == number for number in range(_BINS))
        if inside.any()
    ]
    gaps = [b.right.n * abs(b.right.percent / 100 - b.probability) for b in bins]
    surest = np.argsort(given, kind="stable")[int(_REFUSED * len(given)) :]
    return Calibration(
        n=len(given),
        accuracy=float(outcomes.mean()),
        kept=float(outcomes[surest].mean()),
        mean=float(given.mean()),
        ece=sum(gaps) / len(given),
        brier=float(((given - outcomes) ** 2).mean()),
        auc=auc(probabilities, right),
        bins=tuple(bins),
    )


def auc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """The probability that a positive item scores higher than a negative one; ties count half.

    Computed as the Mann-Whitney statistic, with mean ranks for ties.
    """
    _, place, counts = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks: _Floats = (np.cumsum(counts) - (counts - 1) / 2)[place]
    chosen = np.asarray(positive, bool)
    hits, misses = int(chosen.sum()), int((~chosen).sum())
    return float((ranks[chosen].sum() - hits * (hits + 1) / 2) / (hits * misses))
