"""The result of each metric on an item, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from text2sql.evaluation.items import GRADED, Item
from text2sql.evaluation.report.text import NAMES
from text2sql.ui.inspect.inspected import Inspected

__all__ = ["MetricReason", "metric_reasons"]

_ELSEWHERE = "On a database with other rows"  # the start of a reason about test suites


@dataclass(frozen=True)
class MetricReason:
    """The result of a metric, from 0 to 1; ``graded`` metrics have values between the two."""

    name: str
    score: float
    reason: str
    graded: bool = False


def metric_reasons(inspected: Inspected) -> tuple[MetricReason, ...]:
    """Return the metrics that the run measured, in its order."""
    item = inspected.item
    return tuple(
        MetricReason(NAMES[name], score, _reason(name, score > 0, inspected), name in GRADED)
        for name, score in item.scores.items()
    )


def _reason(name: str, right: bool, inspected: Inspected) -> str:
    item = inspected.item
    if name == "rouge1":
        return "The share of words that the two texts have in common, in any order."
    if item.problem is not None and not right:
        return item.problem
    if name == "string_match":
        same = "The texts are equal apart from case and spaces."
        return same if right else _first_difference(item)
    if name == "fair_string_match":
        same = "The texts are equal apart from spaces, quotation style and case outside literals."
        return same if right else _first_difference(item)
    if name == "exact_set":
        return _exact_set(right, inspected)
    if name == "test_suite":
        return _test_suite(right, item)
    return _OF_BIRD.get(name) or _execution(right, inspected)


#: Reasons of metrics that are the same for every item.
_OF_BIRD = {
    "bird_execution": "BIRD's script compares rows as sets; columns must be in the same order.",
    "soft_f1": "BIRD's soft F1: the share of cells that agree, row by row.",
    "r_ves": "BIRD's reward for a right query, by its time relative to the gold query.",
}


def _first_difference(item: Item) -> str:
    """Return the first word at which the two texts differ."""
    gold, found = item.example.query.split(), item.prediction.split()
    for number, (expected, got) in enumerate(zip_longest(gold, found), start=1):
        if expected is None:
            return f"The texts differ: the prediction has {got!r} after the end of the gold query."
        if got is None:
            return f"The texts differ: the prediction ends before word {number}, {expected!r}."
        if expected.lower() != got.lower():
            return f"The texts differ from word {number} on: {got!r} instead of {expected!r}."
    return "The texts differ inside quotation marks."


def _exact_set(right: bool, inspected: Inspected) -> str:
    match = inspected.match
    if right:
        return "All clauses match; values, DISTINCT and JOIN conditions do not count."
    if match is None:
        return "The clauses differ."
    if match.error is not None:
        return f"Spider's official parser cannot read the prediction: {match.error}"
    names = [name for name, clause in match.partial.items() if not clause.match]
    return f"In the partial scores of Spider's script, {_listed(names or ['FROM'])} differ."


def _execution(right: bool, inspected: Inspected) -> str:
    rows = inspected.verdict.rows if inspected.verdict is not None else None
    now = inspected.run.match if inspected.run is not None else None
    if now is not None and now != right:
        return (
            "The result is different now: the run was scored on other rows of the database, or "
            "with a longer time limit."
        )
    if right:
        return "Returns the rows of the gold query" + (f" ({rows})." if rows else ".")
    return f"{str(rows)[0].upper()}{str(rows)[1:]}." if rows else "The rows differ."


def _test_suite(right: bool, item: Item) -> str:
    if right:
        return "Right on all databases that were made to distinguish the gold from similar queries."
    _, found, after = item.reason.partition(_ELSEWHERE)
    return f"{_ELSEWHERE}{after}" if found else "Wrong on the original database."


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
