"""How likely an answer is to be right, as a probability that was fitted and not felt.

Two logistic regressions over a handful of numbers: one of answers that were right or wrong, one of
questions asked of their own database or of another's. Their coefficients lie beside a model's
weights and belong to them; ``python -m train.pocket.confidence`` fits them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.errors import ModelError

__all__ = ["FILE", "Confidence", "Evidence", "Logistic", "log_odds"]

#: The coefficients' place in a model's folder.
FILE = "confidence.json"
_LEAST = 1e-3  # a probability nearer to 0 or 1 says no more


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against an answer; all but ``alike`` are log-odds.

    ``belief``: the model's probability of all candidates that return the answer's rows;
    ``share``: that weight as a share of all candidates that ran; ``omitted``: the name that the
    query leaves out, though the model most expected it; ``mentioned``: the name of the whole
    schema that it most expected; ``alike``: how near the words of the question come to names of
    the schema, from -1 to 1.
    """

    belief: float
    share: float
    omitted: float
    mentioned: float
    alike: float


def log_odds(probability: float) -> float:
    """The logarithm of the odds, with probabilities beyond 0.001 and 0.999 taken as those."""
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))


@dataclass(frozen=True)
class Logistic:
    """A logistic regression: ``weights`` are by the names of what is in ``Evidence``."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, evidence: Evidence) -> float:
        given = asdict(evidence)
        total = self.bias + sum(weight * given[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-total))


@dataclass(frozen=True)
class Confidence:
    """``answerable``: that the database holds what is asked for; ``right``: that the rows are
    right if it does."""

    right: Logistic
    answerable: Logistic

    @classmethod
    def read(cls, folder: Path) -> Confidence | None:
        """The confidence of the model in ``folder``, or None where none was fitted.

        Raises:
            ModelError: its file holds something else.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            return cls(_logistic(saved["right"]), _logistic(saved["answerable"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{str(path)!r} holds no coefficients of a confidence; fit them with "
                "`python -m train.pocket.confidence`, or remove the file."
            ) from error

    def of(self, evidence: Evidence) -> float:
        """The probability that the rows are what was asked for."""
        return self.right.probability(evidence) * self.answerable.probability(evidence)


def _logistic(saved: Mapping[str, float]) -> Logistic:
    weights = {name: float(weight) for name, weight in saved.items() if name != "bias"}
    if unknown := weights.keys() - Evidence.__dataclass_fields__.keys():
        raise ValueError(f"There is no evidence called {sorted(unknown)[0]!r}.")
    return Logistic(float(saved["bias"]), weights)
