"""A log-linear choice among alternatives: named features, of which the likelihood fits weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Alternatives", "FeatureRow", "Names", "fit", "named"]

_LEAST = 3  # sets of alternatives in which a feature has to stand
_SMALLEST = 0.05  # weight that is kept
_STEPS, _RATE = 100, 0.03


@dataclass
class Names:
    """The features seen so far, by name."""

    places: dict[str, int] = field(default_factory=dict)

    def row(self, features: Mapping[str, float]) -> FeatureRow:
        """Return ``features`` as a sparse row."""
        known = [(self.places.setdefault(n, len(self.places)), v) for n, v in features.items() if v]
        return FeatureRow(
            np.array([place for place, _ in known], np.int32),
            np.array([value for _, value in known], np.float32),
        )

    def array(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the weight of each feature; 0 for one that ``weights`` lacks."""
        return np.array([weights.get(name, 0.0) for name in self.places])


@dataclass(frozen=True)
class FeatureRow:
    """The features of one alternative: their places among the names, and their strengths."""

    places: NDArray[np.int32]
    values: NDArray[np.float32]

    def score(self, weights: NDArray[np.float64]) -> float:
        return float(weights[self.places] @ self.values)


@dataclass(frozen=True)
class Alternatives:
    """The features of queries of which one is to be chosen, and whether each is right.

    ``wanted`` says which ones ``fit`` makes likely; the right ones if it is None.
    """

    rows: tuple[FeatureRow, ...]
    right: tuple[bool, ...]
    wanted: tuple[bool, ...] | None = None

    @property
    def likely(self) -> tuple[bool, ...]:
        """Which ones ``fit`` makes likely."""
        return self.right if self.wanted is None else self.wanted

    @property
    def telling(self) -> bool:
        return any(self.likely) and not all(self.likely)

    def chosen(self, weights: NDArray[np.float64]) -> bool:
        """Whether the alternative with the highest score is right."""
        scores = [row.score(weights) for row in self.rows]
        return bool(scores) and self.right[scores.index(max(scores))]


def fit(
    sets: Sequence[Alternatives], names: Names, priors: Mapping[str, float], ridge: float
) -> NDArray[np.float64]:
    """Return the weights that maximize the likelihood of the wanted alternatives of each set.

    The likelihood of a set is the sum over its wanted alternatives. RMSProp maximizes it from
    ``priors``, with an L2 penalty of strength ``ridge`` towards them. A feature in fewer than three
    sets keeps its prior. Sets of which none is wanted, or all are, are ignored.
    """
    told = [one for one in sets if one.telling]
    for name in priors:
        names.places.setdefault(name, len(names.places))
    before = names.array(priors)
    counts = np.zeros(len(names.places))
    for one in told:
        counts[np.unique(np.concatenate([row.places for row in one.rows]))] += 1
    known = np.flatnonzero(counts >= _LEAST)
    data = _Data(told, known, len(names.places))
    weights, prior = before[known], before[known]
    squares = np.full(len(known), 1e-8)
    for step in range(_STEPS):
        slope = data.slope(weights) + 0.5 * ridge * (weights - prior)
        squares = 0.95 * squares + 0.05 * slope**2
        size = np.sqrt(squares / (1 - 0.95 ** (step + 1)) + 1e-6)
        weights = weights - _RATE * (1 - 0.9 * step / _STEPS) * slope / size
    before[known] = weights
    return before


def named(weights: NDArray[np.float64], names: Names) -> dict[str, float]:
    """Return the weights by name, rounded, without the smallest."""
    found = zip(names.places, weights.round(2).tolist(), strict=True)
    return {name: weight for name, weight in found if abs(weight) >= _SMALLEST}


class _Data:
    """All alternatives as the entries of one sparse matrix, with the set and verdict of each."""

    def __init__(self, sets: Sequence[Alternatives], known: NDArray[np.intp], names: int) -> None:
        self.width, self.sets = len(known), len(sets)
        columns = np.full(names, -1)
        columns[known] = np.arange(len(known))
        rows = [row for one in sets for row in one.rows]
        places = columns[np.concatenate([row.places for row in rows])] if rows else columns[:0]
        kept = places >= 0
        self.place = places[kept]
        sizes = [len(row.places) for row in rows]
        self.row = np.repeat(np.arange(len(rows)), sizes)[kept]
        empty = np.zeros(0, np.float32)
        self.value = np.concatenate([empty, *(row.values for row in rows)])[kept]
        self.set = np.repeat(np.arange(len(sets)), [len(one.rows) for one in sets])
        self.right = np.array([likely for one in sets for likely in one.likely], dtype=np.float64)

    def slope(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gradient of the negative log-likelihood."""
        scores = np.bincount(self.row, weights[self.place] * self.value, len(self.set))
        most = np.full(self.sets, -np.inf)
        np.maximum.at(most, self.set, scores)
        raised = np.exp(scores - most[self.set])
        difference = self._shares(raised) - self._shares(raised * self.right)
        slope: NDArray[np.float64] = np.bincount(
            self.place, difference[self.row] * self.value, self.width
        ).astype(np.float64)
        return slope

    def _shares(self, raised: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(self.set, raised, self.sets)
        shares: NDArray[np.float64] = raised / np.maximum(sums, 1e-30)[self.set]
        return shares
