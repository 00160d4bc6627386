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

__all__ = ["FILE", "UNSURE", "Confidence", "Evidence", "Logistic", "chance", "doubt", "log_odds"]

#: The coefficients' place in a model's folder.
FILE = "confidence.json"
#: Below this probability something is more likely not so than so.
UNSURE = 0.5
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


def chance(confidence: float | None, answerable: float | None) -> str:
    """``82% likely right``, never 0% or 100%; ``82% agreement`` where nothing was fitted.

    The arguments are those of ``doubt``.
    """
    if confidence is None:
        return ""
    if answerable is None:
        return f"{confidence:.0%} agreement"
    return f"{min(max(confidence, 0.01), 0.99):.0%} likely right"


def doubt(confidence: float | None, answerable: float | None) -> str:
    """What a person should know of an answer before believing it; nothing where it is likely.

    Args:
        confidence: the probability that its rows are right, None where no candidate ran.
        answerable: the probability that the database holds what is asked for, None where the model
            was not fitted to know; ``confidence`` is then the share of candidates that agree.
    """
    if answerable is not None and answerable < UNSURE:
        return (
            "This database does not seem to hold what the question asks for; this is the nearest "
            "I found. Choose another database, or ask about what its tables hold."
        )
    if confidence is None or confidence >= UNSURE:
        return ""
    if answerable is None:
        reason = f"only {confidence:.0%} of what I weighed returns these rows"
    else:
        reason = f"of answers like this one, {confidence:.0%} are right"
    return f"I am not sure: {reason}. Look at the other queries, or ask in other words."
