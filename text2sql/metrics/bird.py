"""BIRD's metrics: execution accuracy, soft F1 and the reward-based valid efficiency score.

They are computed as in BIRD's scripts (``evaluation_ex.py``, ``evaluation_f1.py`` and
``evaluation_ves.py`` in github.com/bird-bench/mini_dev): queries run unchanged, rows are compared
as a set, columns keep their order, and a query is wrong if it fails, holds two statements or takes
more than 30 s. Execution match, in contrast, counts repeated rows and accepts columns in any order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev

from text2sql.databases import Database
from text2sql.metrics.execution import Row
from text2sql.sandbox import Limits, QueryResult, run_query

__all__ = ["BIRD_LIMITS", "BirdMatch", "bird_match", "reward", "soft_f1", "valid_efficiency"]

BIRD_LIMITS = Limits(timeout_s=30.0, max_rows=1_000_000, max_bytes=256_000_000)
"""BIRD's own time limit for a query; the row limit is that of the other metrics."""
_SURPLUS_ROWS = 100_000

#: (at least so many times as fast as the gold, reward)
_REWARDS = ((2.0, 1.25), (1.0, 1.0), (0.5, 0.75), (0.25, 0.5))
_SLOWEST_REWARD = 0.25


@dataclass(frozen=True)
class BirdMatch:
    """BIRD's verdict: ``match`` is execution accuracy; ``soft_f1`` is from 0 to 1."""

    match: bool
    soft_f1: float
    gold: QueryResult
    prediction: QueryResult


def bird_match(
    gold: str, prediction: str, database: Database, limits: Limits = BIRD_LIMITS
) -> BirdMatch:
    """Run both queries unchanged and compare their rows as BIRD does.

    Raises:
        DatabaseError: ``database`` is only a schema, without a file.
    """
    expected = run_query(database, gold, limits)
    if gold == prediction:
        found = expected
    else:
        rows = min(limits.max_rows, len(expected.rows) + _SURPLUS_ROWS)
        found = run_query(database, prediction, replace(limits, max_rows=rows))
    if not (_is_whole(expected) and _is_whole(found)):
        return BirdMatch(False, 0.0, expected, found)
    same = set(expected.rows) == set(found.rows)
    return BirdMatch(same, soft_f1(expected.rows, found.rows), expected, found)


def _is_whole(result: QueryResult) -> bool:
    return result.error is None and not result.truncated


def soft_f1(gold: Sequence[Row], found: Sequence[Row]) -> float:
    """Score how far two results agree, from 0 to 1, row by row in the order returned.

    Repeated rows count once. A cell agrees if the other row holds an equal one in any column. A row
    without a counterpart counts as one full disagreement. Two empty results agree.
    """
    if not gold and not found:
        return 1.0
    expected, got = list(dict.fromkeys(gold)), list(dict.fromkeys(found))
    both = only_found = only_gold = 0.0
    for gold_row, found_row in zip(expected, got, strict=False):
        width = len(gold_row)
        both += sum(cell in gold_row for cell in found_row) / width
        only_found += sum(cell not in gold_row for cell in found_row) / width
        only_gold += sum(cell not in found_row for cell in gold_row) / width
    only_found += max(0, len(got) - len(expected))
    only_gold += max(0, len(expected) - len(got))
    if not both:
        return 0.0
    precision, recall = both / (both + only_found), both / (both + only_gold)
    return 2 * precision * recall / (precision + recall)


def valid_efficiency(
    gold: str,
    prediction: str,
    database: Database,
    repeats: int = 100,
    limits: Limits = BIRD_LIMITS,
) -> float:
    """R-VES of one prediction, from 0 to about 1.12: the square root of its ``reward``.

    Both queries are timed ``repeats`` times in turn; ratios three or more standard deviations from
    their mean are left out. By that rule of BIRD's script, a single ratio is itself an outlier, and
    so are ratios that are all equal: in these cases the plain mean is used.

    Raises:
        DatabaseError: ``database`` is only a schema, without a file.
    """
    if not bird_match(gold, prediction, database, limits).match:
        return 0.0

    def seconds(sql: str) -> float:
        return max(run_query(database, sql, limits).elapsed_s, 1e-9)

    ratios = _timed(lambda: seconds(gold) / seconds(prediction), repeats)
    return math.sqrt(reward(_without_outliers(ratios)))


def _timed(once: Callable[[], float], repeats: int) -> list[float]:
    return [once() for _ in range(repeats)]


def _without_outliers(ratios: Sequence[float]) -> float:
    mean, spread = fmean(ratios), 3 * pstdev(ratios)
    kept = [ratio for ratio in ratios if abs(ratio - mean) < spread]
    return fmean(kept or ratios)


def reward(times_as_fast: float) -> float:
    """BIRD's reward for a right prediction that is ``times_as_fast`` as its gold."""
    return next((given for at, given in _REWARDS if times_as_fast >= at), _SLOWEST_REWARD)
