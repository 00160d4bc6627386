"""Statistics: bootstrap confidence intervals, and McNemar's test for two systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SEED", "Score", "mcnemar", "score"]

SEED = 0
"""The seed of every resampling, so that the same items give the same intervals."""
_RESAMPLES = 2_000


@dataclass(frozen=True)
class Score:
    """The mean over ``n`` items in percent, with its 95% bootstrap confidence interval."""

    n: int
    percent: float
    low: float
    high: float


def score(values: Sequence[float], seed: int = SEED) -> Score:
    """Compute the mean of ``values`` (each from 0 to 1) with its percentile bootstrap interval.

    Instead of single items, a resample draws how often each distinct value occurs. The distribution
    is the same, and for yes-or-no values this is fast.

    Raises:
        ValueError: there are no values.
    """
    import numpy as np

    if not len(values):
        raise ValueError("There is nothing to average.")
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    n = len(values)
    draws = np.random.default_rng(seed).multinomial(n, counts / n, size=_RESAMPLES)
    means: np.ndarray[Any, Any] = draws @ distinct / n
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float(counts @ distinct / n)
    return Score(n, *(round(100 * float(x), 4) for x in (mean, low, high)))


def mcnemar(fixed: int, broken: int) -> float:
    """The exact two-sided p-value that ``fixed`` and ``broken`` items differ by chance alone.

    Source: McNemar 1947, in the exact binomial form.
    """
    n = fixed + broken
    if n == 0:
        return 1.0
    tail = ways = 1
    for k in range(min(fixed, broken)):
        ways = ways * (n - k) // (k + 1)  # to choose k + 1
        tail += ways
    return min(1.0, 2 * tail / (1 << n))
