"""One scored question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from text2sql.compare import Disagreement
from text2sql.errors import DataError
from text2sql.evaluation.outputs import Output
from text2sql.metrics import Hardness
from text2sql.metrics.exact_set import ClauseMatch
from text2sql.spider import Example

__all__ = ["DEFAULT_METRICS", "METRICS", "Item", "check_metrics"]

METRICS = (
    "string_match",
    "fair_string_match",
    "rouge1",
    "exact_set",
    "execution",
    "test_suite",
)
"""What can be measured."""
DEFAULT_METRICS = METRICS[:-1]
"""What is measured unless somebody asks; ``test_suite`` takes minutes on first use."""


def check_metrics(names: str) -> tuple[str, ...]:
    """The metrics in a comma-separated list, in the order of ``METRICS``; ``all`` is every one.

    Raises:
        DataError: one of them is none.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in (*METRICS, "all")]
    if unknown or not wanted:
        raise DataError(
            f"There is no metric {unknown[0] if unknown else names!r}; "
            f"choose from {', '.join(METRICS)} or all."
        )
    return tuple(name for name in METRICS if name in wanted or "all" in wanted)


@dataclass(frozen=True)
class Item:
    """A question with its gold, the prediction, and what every metric says of it.

    ``scores`` go from 0 to 1 by metric; ``clauses`` are the partial scores of exact set match.
    ``problem`` says why something could not be measured, which then counts as wrong. ``seconds``
    is the time the prediction took, where it was made here.
    """

    example: Example
    prediction: str
    scores: Mapping[str, float]
    reason: str
    hardness: Hardness | None = None
    parsed: bool | None = None
    clauses: Mapping[str, ClauseMatch] | None = None
    features: tuple[str, ...] = ()
    output: Output = "ok"
    repetitive: bool = False
    disagreement: Disagreement | None = None
    problem: str | None = None
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The item as JSON can hold it: yes-or-no metrics as true or false."""
        clauses = None
        if self.clauses is not None:
            clauses = {name: asdict(clause) for name, clause in self.clauses.items()}
        return {
            "question": self.example.question,
            "db_id": self.example.db_id,
            "gold": self.example.query,
            "prediction": self.prediction,
            "hardness": self.hardness,
            **{k: round(v, 4) if k == "rouge1" else bool(v) for k, v in self.scores.items()},
            "parsed": self.parsed,
            "clauses": clauses,
            "features": list(self.features),
            "output": self.output,
            "repetitive": self.repetitive,
            "disagreement": self.disagreement,
            "reason": self.reason,
            "problem": self.problem,
            "seconds": None if self.seconds is None else round(self.seconds, 6),
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Item:
        """What ``to_dict`` wrote."""
        clauses = saved["clauses"]
        return cls(
            example=Example(saved["question"], saved["gold"], saved["db_id"]),
            prediction=saved["prediction"],
            scores={name: float(saved[name]) for name in METRICS if name in saved},
            reason=saved["reason"],
            hardness=saved["hardness"],
            parsed=saved["parsed"],
            clauses=clauses and {name: ClauseMatch(**c) for name, c in clauses.items()},
            features=tuple(saved["features"]),
            output=saved["output"],
            repetitive=saved["repetitive"],
            disagreement=saved["disagreement"],
            problem=saved["problem"],
            seconds=saved["seconds"],
        )
