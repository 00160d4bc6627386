"""The scored question, and the metrics that can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from text2sql.compare import Disagreement, NearMiss
from text2sql.errors import DataError
from text2sql.evaluation.outputs import OutputKind
from text2sql.metrics import Hardness
from text2sql.metrics.exact_set import ClauseMatch
from text2sql.spider import Example

__all__ = [
    "BIRD_METRICS",
    "DEFAULT_METRICS",
    "GRADED",
    "METRICS",
    "Item",
    "check_metrics",
    "usual_metrics",
]

METRICS = (
    "string_match",
    "fair_string_match",
    "rouge1",
    "exact_set",
    "execution",
    "execution_extra",
    "test_suite",
    "bird_execution",
    "soft_f1",
    "r_ves",
)
"""All metrics."""
GRADED = ("rouge1", "soft_f1", "r_ves")
"""The metrics with values between 0 and 1, not only yes or no."""
DEFAULT_METRICS = METRICS[:5]
"""The metrics computed by default; ``test_suite`` and ``r_ves`` take minutes."""
BIRD_METRICS = ("bird_execution", "soft_f1")
"""Further default metrics for questions in BIRD's format."""


def usual_metrics(examples: Sequence[Example]) -> tuple[str, ...]:
    """The default metrics for these questions."""
    of_bird = any(example.evidence or example.difficulty for example in examples)
    several = any(example.other_golds for example in examples)
    return DEFAULT_METRICS + BIRD_METRICS * of_bird + ("execution_extra",) * several


def check_metrics(names: str) -> tuple[str, ...]:
    """Parse a comma-separated list of metrics into the order of ``METRICS``; ``all`` means all.

    Raises:
        DataError: a name is not a known metric.
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
    """A question with its gold query, the prediction, and its score by every metric.

    ``scores`` maps metrics to values from 0 to 1; ``clauses`` holds the partial scores of exact set
    match. If the gold lies outside Spider's fragment, ``outside`` is set and exact set match has no
    score. ``problem`` says why something could not be measured; it then counts as wrong. ``near``
    names the one way in which wrong rows differ from the gold's. ``seconds`` is the time of the
    prediction and ``confidence`` the model's probability that its rows are right; both are None if
    the prediction comes from a file.
    """

    example: Example
    prediction: str
    scores: Mapping[str, float]
    reason: str
    hardness: Hardness | None = None
    parsed: bool | None = None
    clauses: Mapping[str, ClauseMatch] | None = None
    features: tuple[str, ...] = ()
    output: OutputKind = "ok"
    repetitive: bool = False
    disagreement: Disagreement | None = None
    problem: str | None = None
    seconds: float | None = None
    confidence: float | None = None
    near: NearMiss | None = None
    outside: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The item as JSON-serializable values; yes-or-no metrics are true or false."""
        clauses = None
        if self.clauses is not None:
            clauses = {name: asdict(clause) for name, clause in self.clauses.items()}
        return {
            "question": self.example.question,
            "db_id": self.example.db_id,
            "gold": self.example.query,
            "prediction": self.prediction,
            "hardness": self.hardness,
            "difficulty": self.example.difficulty or None,
            **{k: round(v, 4) if k in GRADED else bool(v) for k, v in self.scores.items()},
            "parsed": self.parsed,
            "clauses": clauses,
            "features": list(self.features),
            "output": self.output,
            "repetitive": self.repetitive,
            "disagreement": self.disagreement,
            "reason": self.reason,
            "problem": self.problem,
            "seconds": None if self.seconds is None else round(self.seconds, 6),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "near": self.near,
            "outside": self.outside,
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Item:
        """Read the values that ``to_dict`` wrote."""
        clauses = saved["clauses"]
        return cls(
            example=Example(
                saved["question"],
                saved["gold"],
                saved["db_id"],
                difficulty=saved.get("difficulty") or "",
            ),
            prediction=saved["prediction"],
            scores={name: float(saved[name]) for name in METRICS if saved.get(name) is not None},
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
            confidence=saved.get("confidence"),
            near=saved.get("near"),
            outside=saved.get("outside"),
        )
