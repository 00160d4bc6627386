"""The fitted probability that an answer is right.

It comes from two logistic regressions over a few numbers: one separates right from wrong answers,
the other separates questions on their own database from questions on another one. The coefficients
are stored beside the weights of the model; ``python -m train.pocket.confidence`` fits them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.errors import ModelError

__all__ = ["FILE", "Confidence", "Evidence", "Logistic", "log_odds"]

#: The name of the file of coefficients in a model's folder.
FILE = "confidence.json"
_LEAST = 1e-3  # probabilities are clipped to this distance from 0 and 1


@dataclass(frozen=True)
class Evidence:
    """The evidence for and against an answer; all values but ``alike`` are log-odds.

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
    """Return the log-odds of a probability, clipped to 0.001 and 0.999."""
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))


@dataclass(frozen=True)
class Logistic:
    """A logistic regression; the keys of ``weights`` are field names of ``Evidence``."""

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
        """Read the confidence of the model in ``folder``, or return None if none was fitted.

        Raises:
            ModelError: the file is not valid.
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
        """Return the probability that the rows answer the question."""
        return self.right.probability(evidence) * self.answerable.probability(evidence)


def _logistic(saved: Mapping[str, float]) -> Logistic:
    weights = {name: float(weight) for name, weight in saved.items() if name != "bias"}
    if unknown := weights.keys() - Evidence.__dataclass_fields__.keys():
        raise ValueError(f"There is no evidence called {sorted(unknown)[0]!r}.")
    return Logistic(float(saved["bias"]), weights)
