"""The quality gate for CI: minimum totals, and no answer worse than in an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from text2sql.errors import DataError
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.items import METRICS, Item
from text2sql.evaluation.report.junit import deciding_metric
from text2sql.evaluation.report.text import NAMES
from text2sql.evaluation.totals import Report

__all__ = ["complaints", "read_floors"]


def read_floors(texts: Sequence[str]) -> dict[str, float]:
    """Parse texts such as ``execution=75`` into the minimum percentage of each metric.

    Raises:
        DataError: a text names an unknown metric, or its number is not from 0 to 100.
    """
    floors = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            floor = float(number)
        except ValueError:
            floor = -1.0
        if name not in METRICS or not 0 <= floor <= 100:
            raise DataError(
                f"{text!r} is not a minimum; write METRIC=PERCENT, such as execution=75, "
                f"with one of {', '.join(METRICS)}."
            )
        floors[name] = floor
    return floors


def complaints(
    report: Report, floors: Mapping[str, float], before: Sequence[Item] | None = None
) -> list[str]:
    """List what is not good enough, in sentences; ``before`` holds the items of an earlier run.

    Raises:
        DataError: a metric with a minimum was not measured, or ``before`` has other questions.
    """
    return [*_below(report, floors), *(_worse(report, before) if before is not None else ())]


def _below(report: Report, floors: Mapping[str, float]) -> Iterator[str]:
    for metric, floor in floors.items():
        score = report.totals.get(metric)
        if score is None:
            raise DataError(f"The metric {metric} is not in this report; add it to --metrics.")
        if score.percent < floor:
            yield f"{NAMES[metric]} is {score.percent:.1f}%, less than {floor:g}%."


def _worse(report: Report, before: Sequence[Item]) -> Iterator[str]:
    comparison = compare_items(before, report.items)
    metric = deciding_metric(report)
    difference = comparison.totals.get(metric or "")
    if difference is None or not difference.broken:
        return
    numbers = ", ".join(str(number + 1) for number in difference.broken[:10])
    more = ", ..." if len(difference.broken) > 10 else ""
    yield (
        f"{len(difference.broken)} answers were right by {NAMES[metric or '']} before and are "
        f"wrong now: question {numbers}{more}."
    )
