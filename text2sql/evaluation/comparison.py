"""Comparison of two runs on the same questions: what the second one fixed and broke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.errors import DataError
from text2sql.evaluation.items import GRADED, METRICS, Item
from text2sql.evaluation.run import Run
from text2sql.evaluation.statistics import mcnemar
from text2sql.metrics import LEVELS

__all__ = ["Comparison", "Difference", "compare_items", "compare_runs"]

YES_OR_NO = tuple(metric for metric in METRICS if metric not in GRADED)


@dataclass(frozen=True)
class Difference:
    """The change of one metric from the first run to the second, over ``n`` questions.

    ``fixed`` and ``broken`` hold item numbers; ``p`` is McNemar's exact two-sided p-value.
    """

    n: int
    before: float
    after: float
    fixed: tuple[int, ...]
    broken: tuple[int, ...]
    p: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "fixed": len(self.fixed),
            "broken": len(self.broken),
            "p": self.p,
        }


@dataclass(frozen=True)
class Comparison:
    """The changes of every metric that both runs have, overall and by hardness, and all items."""

    before: tuple[Item, ...]
    after: tuple[Item, ...]
    totals: Mapping[str, Difference]
    hardness: Mapping[str, Mapping[str, Difference]]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON-serializable values, with every changed item."""
        return {
            "n": len(self.before),
            "totals": {metric: d.to_dict() for metric, d in self.totals.items()},
            "hardness": {
                level: {metric: d.to_dict() for metric, d in differences.items()}
                for level, differences in self.hardness.items()
            },
            "items": [*self._changed_items()],
        }

    def changed(self) -> list[int]:
        """The numbers of the items that are fixed or broken by any metric."""
        return sorted({i for d in self.totals.values() for i in (*d.fixed, *d.broken)})

    def _changed_items(self) -> Iterator[dict[str, Any]]:
        fixed = {metric: frozenset(d.fixed) for metric, d in self.totals.items()}
        broken = {metric: frozenset(d.broken) for metric, d in self.totals.items()}
        for number in self.changed():
            moved = {
                "fixed": [metric for metric, numbers in fixed.items() if number in numbers],
                "broken": [metric for metric, numbers in broken.items() if number in numbers],
            }
            yield {**self._item(number), **moved}

    def _item(self, number: int) -> dict[str, Any]:
        before, after = self.before[number], self.after[number]
        return {
            "item": number,
            "question": before.example.question,
            "db_id": before.example.db_id,
            "gold": before.example.query,
            "hardness": before.hardness,
            "before": {"prediction": before.prediction, "reason": before.reason},
            "after": {"prediction": after.prediction, "reason": after.reason},
        }


def compare_runs(before: Run, after: Run) -> Comparison:
    """Compare two finished runs.

    Raises:
        DataError: their questions differ, or they have no metric in common.
    """
    return compare_items(before.items(), after.items())


def compare_items(before: Sequence[Item], after: Sequence[Item]) -> Comparison:
    """Compare two scored lists of the same questions.

    Raises:
        DataError: their questions differ, or they have no metric in common.
    """
    _same_questions(before, after)
    shared = {
        metric
        for one, other in zip(before, after, strict=True)
        for metric in one.scores.keys() & other.scores.keys()
    }
    metrics = [metric for metric in YES_OR_NO if metric in shared]
    if not metrics:
        raise DataError(
            "The two runs have no metric in common; score both with the same --metrics."
        )
    everything = range(len(before))
    levels = {
        level: [i for i in everything if before[i].hardness == level]
        for level in LEVELS
        if any(item.hardness == level for item in before)
    }
    return Comparison(
        before=tuple(before),
        after=tuple(after),
        totals={m: _difference(before, after, everything, m) for m in metrics},
        hardness={
            level: {m: _difference(before, after, numbers, m) for m in metrics}
            for level, numbers in levels.items()
        },
    )


def _same_questions(before: Sequence[Item], after: Sequence[Item]) -> None:
    if len(before) != len(after):
        raise DataError(
            f"The two runs have {len(before):,} and {len(after):,} questions; "
            "compare runs on the same ones."
        )
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        if _asked(one) != _asked(other):
            raise DataError(
                f"The two runs differ in question number {number + 1} "
                f"({one.example.question!r} and {other.example.question!r}); "
                "compare runs on the same ones."
            )


def _asked(item: Item) -> tuple[str, str, str]:
    return (item.example.question, item.example.query, item.example.db_id)


def _difference(
    before: Sequence[Item], after: Sequence[Item], numbers: Sequence[int], metric: str
) -> Difference:
    """The change of ``metric`` over those of the numbered items that it applies to."""
    numbers = [i for i in numbers if metric in before[i].scores and metric in after[i].scores]
    was = {i: before[i].scores[metric] > 0 for i in numbers}
    is_ = {i: after[i].scores[metric] > 0 for i in numbers}
    fixed = tuple(i for i in numbers if is_[i] and not was[i])
    broken = tuple(i for i in numbers if was[i] and not is_[i])
    n = len(numbers)
    return Difference(
        n=n,
        before=100 * sum(was.values()) / max(1, n),
        after=100 * sum(is_.values()) / max(1, n),
        fixed=fixed,
        broken=broken,
        p=mcnemar(len(fixed), len(broken)),
    )
