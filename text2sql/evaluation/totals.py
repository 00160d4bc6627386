"""Totals of scored items with confidence intervals, broken down by groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from text2sql.compare import Disagreement, NearMiss
from text2sql.evaluation.features import FEATURES
from text2sql.evaluation.items import METRICS, Item
from text2sql.evaluation.outputs import OutputKind
from text2sql.evaluation.statistics import Score, score
from text2sql.metrics import LEVELS
from text2sql.metrics.exact_set import CLAUSES
from text2sql.wording import counted

__all__ = ["ClauseTotal", "Latency", "Report", "make_report"]

Scores = Mapping[str, Score]

_MOST_GROUPS = 500
_MOST_PROBLEMS = 50
_GRADES = ("simple", "moderate", "challenging")  # of BIRD


@dataclass(frozen=True)
class ClauseTotal:
    """Partial scores of one clause over the items that have it, in percent."""

    accuracy: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Latency:
    """Seconds per prediction."""

    mean_s: float
    p50_s: float
    p95_s: float
    max_s: float


@dataclass(frozen=True)
class Report:
    """A system's scores on a set of questions.

    ``groups`` breaks the totals down by ``hardness``, by the questions' own ``difficulty``, by
    ``feature`` of the gold query and by ``database``, without metrics that apply to no item of a
    group. ``outputs`` counts the items by kind of output, including ``repetitive``. ``near`` counts
    wrong items by the one way in which their rows differ from the gold's. ``outside`` is the number
    of gold queries outside Spider's fragment. ``problems`` are sentences about the data.
    """

    items: tuple[Item, ...]
    totals: Scores
    groups: Mapping[str, Mapping[str, Scores]]
    outputs: Mapping[str, int]
    clauses: Mapping[str, ClauseTotal]
    disagreements: Mapping[str, int]
    problems: tuple[str, ...]
    latency: Latency | None = None
    near: Mapping[str, int] = field(default_factory=dict)
    outside: int = 0

    @property
    def n(self) -> int:
        return len(self.items)

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(self.totals)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-serializable values; percentages have four decimals."""
        return {
            "n": self.n,
            "totals": {name: s.percent for name, s in self.totals.items()},
            "intervals": {name: [s.low, s.high] for name, s in self.totals.items()},
            "groups": {
                kind: {name: _plain(scores) for name, scores in group.items()}
                for kind, group in self.groups.items()
            },
            "clauses": {name: asdict(total) for name, total in self.clauses.items()},
            "outputs": dict(self.outputs),
            "disagreements": dict(self.disagreements),
            "near": dict(self.near),
            "outside_the_fragment": self.outside,
            "latency": self.latency and asdict(self.latency),
            "problems": list(self.problems),
            "items": [item.to_dict() for item in self.items],
        }


def _plain(scores: Scores) -> dict[str, Any]:
    n = next(iter(scores.values())).n if scores else 0
    return {"n": n, **{name: [s.percent, s.low, s.high] for name, s in scores.items()}}


def make_report(items: Iterable[Item], problems: Sequence[str] = ()) -> Report:
    """Make the report of scored items; ``problems`` are known irregularities of the data."""
    items = tuple(items)
    databases = sorted({item.example.db_id for item in items})
    return Report(
        items=items,
        totals=_scores(items),
        groups={
            "hardness": _grouped(items, LEVELS, lambda item: (item.hardness or "",)),
            "difficulty": _grouped(
                items, _difficulties(items), lambda item: (item.example.difficulty,)
            ),
            "feature": _grouped(items, FEATURES, lambda item: item.features),
            "database": _grouped(items, databases, lambda item: (item.example.db_id,)),
        },
        outputs={
            **{kind: sum(item.output == kind for item in items) for kind in get_args(OutputKind)},
            "repetitive": sum(item.repetitive for item in items),
        },
        clauses=_clause_totals(items),
        disagreements={
            flag: sum(item.disagreement == flag for item in items)
            for flag in get_args(Disagreement)
        },
        problems=(*problems, *_problems(items)),
        latency=_latency([item.seconds for item in items if item.seconds is not None]),
        near={kind: sum(item.near == kind for item in items) for kind in get_args(NearMiss)},
        outside=sum(item.outside is not None for item in items),
    )


def _difficulties(items: Sequence[Item]) -> list[str]:
    """BIRD's grades in their order, then others in order of occurrence."""
    found = dict.fromkeys(item.example.difficulty for item in items)
    return [*(g for g in _GRADES if g in found), *(g for g in found if g and g not in _GRADES)]


def _scores(items: Sequence[Item]) -> dict[str, Score]:
    """Score each metric over the items that it applies to, if there are any."""
    found = {name: [item.scores[name] for item in items if name in item.scores] for name in METRICS}
    return {name: score(values) for name, values in found.items() if values}


def _grouped(
    items: Sequence[Item], names: Sequence[str], group: Callable[[Item], Sequence[str]]
) -> dict[str, Scores]:
    """The scores of each group, for at most the ``_MOST_GROUPS`` largest."""
    found: dict[str, list[Item]] = {name: [] for name in names}
    for item in items:
        for name in {*group(item)} & found.keys():
            found[name].append(item)
    largest = sorted(found, key=lambda name: -len(found[name]))[:_MOST_GROUPS]
    return {name: _scores(found[name]) for name in names if name in {*largest} and found[name]}


def _clause_totals(items: Sequence[Item]) -> dict[str, ClauseTotal]:
    compared = [item.clauses for item in items if item.clauses is not None]
    return (
        {name: _clause_total([c[name] for c in compared]) for name in CLAUSES} if compared else {}
    )


def _clause_total(clauses: Sequence[Any]) -> ClauseTotal:
    accuracy = _share(c.match for c in clauses if c.predicted)
    recall = _share(c.match for c in clauses if c.expected)
    # the official script sets F1 = 1 if no side ever has the clause, and if none match
    f1 = 2 * accuracy * recall / (accuracy + recall) if accuracy + recall else 1.0
    return ClauseTotal(*(round(100 * value, 4) for value in (accuracy, recall, f1)))


def _share(matches: Iterable[bool]) -> float:
    found = Counter(matches)
    return found[True] / found.total() if found else 0.0


def _problems(items: Sequence[Item]) -> list[str]:
    """Each kind of problem once, with its count and first occurrence."""
    found = Counter(item.problem for item in items if item.problem)
    rest = len(found) - _MOST_PROBLEMS
    first = {item.problem: number for number, item in reversed(list(enumerate(items, start=1)))}
    return [
        f"{counted(times, 'item')} (first: number {first[problem]}): {problem}"
        for problem, times in found.most_common(_MOST_PROBLEMS)
    ] + ([f"Problems of other kinds: {rest:,}."] if rest > 0 else [])


def _latency(seconds: Sequence[float]) -> Latency | None:
    if not seconds:
        return None
    import numpy as np

    values = np.asarray(seconds)
    numbers = (values.mean(), np.percentile(values, 50), np.percentile(values, 95), values.max())
    return Latency(*(round(float(number), 6) for number in numbers))
