"""What each metric says of an item, and why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from text2sql.evaluation.items import GRADED, Item
from text2sql.evaluation.report.text import NAMES
from text2sql.ui.inspect.inspected import Inspected

__all__ = ["MetricReason", "metric_reasons"]

_ELSEWHERE = "On a database with other rows"  # starts what an item's reason says of test suites


@dataclass(frozen=True)
class MetricReason:
    """``score`` is from 0 to 1, as the run measured it; ``graded`` where more than yes or no."""

    name: str
    score: float
    reason: str
    graded: bool = False


def metric_reasons(inspected: Inspected) -> tuple[MetricReason, ...]:
    """One for each metric that the run measured, in its order."""
    item = inspected.item
    return tuple(
        MetricReason(NAMES[name], score, _reason(name, score > 0, inspected), name in GRADED)
        for name, score in item.scores.items()
    )


def _reason(name: str, right: bool, inspected: Inspected) -> str:
    item = inspected.item
    if name == "rouge1":
        return "How many words the two texts share, in any order."
    if item.problem is not None and not right:
        return item.problem
    if name == "string_match":
        same = "The same text, case and spaces aside."
        return same if right else _first_difference(item)
    if name == "fair_string_match":
        same = "The same text, case, spaces and style of quotes aside; literals are compared as is."
        return same if right else _first_difference(item)
    if name == "exact_set":
        return _exact_set(right, inspected)
    if name == "test_suite":
        return _test_suite(right, item)
    return _OF_BIRD.get(name) or _execution(right, inspected)


#: What BIRD's metrics and their like say, whatever the item.
_OF_BIRD = {
    "bird_execution": "BIRD's script compares rows as a set, with columns in the gold's order.",
    "soft_f1": "BIRD's soft F1: how many cells of the two results agree, row by row.",
    "r_ves": "BIRD's reward for a right query, by how its time compares with the gold's.",
}


def _first_difference(item: Item) -> str:
    """Where the two texts part, word by word."""
    gold, found = item.example.query.split(), item.prediction.split()
    for number, (expected, got) in enumerate(zip_longest(gold, found), start=1):
        if expected is None:
            return f"The texts differ: after the gold's {number - 1} words it goes on with {got!r}."
        if got is None:
            return f"The texts differ: it ends before word {number}, {expected!r}."
        if expected.lower() != got.lower():
            return f"The texts differ from word {number} on: {got!r} in place of {expected!r}."
    return "The texts differ in what stands between quotes."


def _exact_set(right: bool, inspected: Inspected) -> str:
    match = inspected.match
    if right:
        return "Every clause says the same; values, DISTINCT and JOIN conditions do not count."
    if match is None:
        return "The clauses differ."
    if match.error is not None:
        return f"Spider's official parser cannot read the prediction: {match.error}"
    names = [name for name, clause in match.partial.items() if not clause.match]
    return f"By the partial scores of Spider's script, {_listed(names or ['FROM'])} differ."


def _execution(right: bool, inspected: Inspected) -> str:
    rows = inspected.verdict.rows if inspected.verdict is not None else None
    now = inspected.run.match if inspected.run is not None else None
    if now is not None and now != right:
        return (
            "On the database as it is now this has changed; the run was scored on other rows, or "
            "with more time."
        )
    if right:
        return "Returns the rows of the gold" + (f" ({rows})." if rows else ".")
    return f"{str(rows)[0].upper()}{str(rows)[1:]}." if rows else "The rows differ."


def _test_suite(right: bool, item: Item) -> str:
    if right:
        return "Right on every database that was made to tell the gold from similar queries."
    _, found, after = item.reason.partition(_ELSEWHERE)
    return f"{_ELSEWHERE}{after}" if found else "Wrong on the database itself already."


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
