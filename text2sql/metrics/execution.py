"""Execution match: whether a prediction returns the rows that the gold query returns.

    >>> execution("SELECT name FROM singer", "SELECT Name FROM singer", database).match
    True

The verdict is that of Spider's official script (Zhong et al., EMNLP 2020) on one database. Rows are
compared as a multiset, and columns in any order. If the gold query has an ORDER BY, rows must come
in its order. DISTINCT is removed from both queries unless ``keep_distinct`` is set. Two empty
results match whatever their columns. Both queries run through ``text2sql.sandbox``; a prediction is
stopped once it has returned clearly more rows than the gold.

Known differences: the official script sorts each row's values as text before comparing, so it can
treat ``(2, 20)`` and ``(2.0, 20)`` as different rows; here they are equal. It replaces ``value`` in
a prediction even inside names; ``official=True`` does the same.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.metrics.official_text import (
    QUOTED,
    fill_placeholders,
    first_statement,
    official_execution_text,
    runnable,
)
from text2sql.sandbox import Limits, QueryResult, run_query

__all__ = [
    "SCORING",
    "Execution",
    "Row",
    "column_order",
    "covering_columns",
    "execution",
    "forget_results",
    "row_order_counts",
    "same_rows",
    "without_distinct",
]

Row = tuple[Any, ...]

SCORING = Limits(timeout_s=10.0, max_rows=1_000_000, max_bytes=256_000_000)
"""Limits of a gold query."""
SURPLUS_ROWS = 100
"""How many more rows than the gold a prediction may return; enough to show what is wrong."""
_MOST_COMPARED = 3_000_000
_KEPT_BYTES = 64_000_000


@dataclass(frozen=True)
class Execution:
    """The verdict and both results. If the gold query failed, nothing matches it.

    ``left_out`` is the text after the prediction's first statement; only that statement was run.
    """

    match: bool
    gold: QueryResult
    prediction: QueryResult
    ordered: bool
    left_out: str = ""


def execution(
    gold: str,
    prediction: str,
    database: Database | Path,
    *,
    keep_distinct: bool = False,
    official: bool = False,
    limits: Limits = SCORING,
) -> Execution:
    """Run both queries and compare what they return.

    Args:
        official: rewrite the queries as the official script does, for the same verdict even if that
            breaks them (``market_value`` becomes ``market_1``).

    Raises:
        DatabaseError: ``database`` is only a schema, or its file is missing.
    """
    path, left_out = _file(database), ""
    if official:
        gold = official_execution_text(gold, gold=True, keep_distinct=keep_distinct)
        prediction = official_execution_text(prediction, gold=False, keep_distinct=keep_distinct)
    else:
        schema = database.schema if isinstance(database, Database) else None
        prediction, left_out = first_statement(fill_placeholders(prediction, schema))
        gold, prediction = runnable(first_statement(gold)[0]), runnable(prediction)
        if not keep_distinct:
            gold, prediction = without_distinct(gold), without_distinct(prediction)
    ordered = row_order_counts(gold)
    expected = _gold_result(path, path.stat().st_mtime_ns, gold, limits)
    if gold == prediction:
        return Execution(expected.error is None, expected, expected, ordered, left_out)
    max_rows = min(limits.max_rows, len(expected.rows) + SURPLUS_ROWS)
    found = run_query(path, prediction, replace(limits, max_rows=max_rows))
    whole = not (expected.error or expected.truncated or found.error or found.truncated)
    match = whole and same_rows(expected.rows, found.rows, ordered=ordered)
    return Execution(match, expected, found, ordered, left_out)


def _file(database: Database | Path) -> Path:
    path = database if isinstance(database, Path) else database.path
    if path is None or not path.is_file():
        name = database if isinstance(database, Path) else database.db_id
        raise DatabaseError(f"There is no database file for {str(name)!r} to run queries on.")
    return path


# two questions of Spider often share a gold query, and every run needs it again
_GOLD_RESULTS: ByteCache[tuple[Path, int, str, Limits], QueryResult] = ByteCache(
    _KEPT_BYTES, lambda result: sum(sum(map(sys.getsizeof, (row, *row))) for row in result.rows)
)


def _gold_result(path: Path, changed_ns: int, sql: str, limits: Limits) -> QueryResult:
    key = (path, changed_ns, sql, limits)
    return _GOLD_RESULTS.get(key, lambda: run_query(path, sql, limits), owner=path)


def forget_results() -> None:
    """Clear the cache of gold results."""
    _GOLD_RESULTS.clear()


_DISTINCT = re.compile(rf"({QUOTED})|\bdistinct\b", re.IGNORECASE | re.DOTALL)


def without_distinct(sql: str) -> str:
    """``sql`` without the keyword DISTINCT; quoted text and comments stay unchanged."""
    return _DISTINCT.sub(lambda found: found[1] or "", sql)


def row_order_counts(gold: str) -> bool:
    """Whether rows must come in the gold's order: it has an ORDER BY anywhere."""
    return "order by" in gold.lower()


def same_rows(gold: Sequence[Row], found: Sequence[Row], *, ordered: bool) -> bool:
    """Whether two results hold the same rows; ``ordered`` says whether their order counts."""
    if len(gold) != len(found):
        return False
    if not gold or list(gold) == list(found):
        return True
    if len(gold[0]) != len(found[0]):
        return False
    gold_columns, found_columns = list(zip(*gold, strict=True)), list(zip(*found, strict=True))
    if ordered:
        return Counter(gold_columns) == Counter(found_columns)
    return column_order(gold_columns, found_columns) is not None


def column_order(gold: Sequence[Row], found: Sequence[Row]) -> tuple[int, ...] | None:
    """Match each gold column to a found column so that both results hold the same rows.

    The search goes column by column. It continues only while the rows, restricted to the columns
    chosen so far, are the same multiset on both sides. Adversarial columns could keep it busy
    forever, so it stops after ``_MOST_COMPARED`` cells and the results then count as different.

    Returns:
        the positions of the found columns, in the gold's order; None if there is no match.
    """
    return _ColumnSearch(gold, found).order() if len(gold) == len(found) else None


def covering_columns(gold: Sequence[Row], found: Sequence[Row]) -> tuple[int, ...] | None:
    """Match each gold column to a found column; ``found`` may have more columns than ``gold``.

    Both must have the same number of rows. None if no choice of columns gives the gold's rows.
    """
    if not gold or len(gold) > len(found) or len(gold[0]) != len(found[0]):
        return None
    return _ColumnSearch(gold, found).order()


def _bag(values: Row) -> frozenset[tuple[Any, int]]:
    return frozenset(Counter(values).items())


class _ColumnSearch:
    """A depth-first search that matches each gold column to a found column.

    Rows that agree in all columns chosen so far form a class. Each further column makes the classes
    finer, and their sizes must stay equal on both sides.
    """

    def __init__(self, gold: Sequence[Row], found: Sequence[Row]) -> None:
        self.gold = gold
        self.found = found
        self.left = _MOST_COMPARED + 4 * len(gold) * len(gold[0])  # cells that may be looked at
        bags: dict[frozenset[tuple[Any, int]], list[int]] = defaultdict(list)
        for position, column in enumerate(found):
            bags[_bag(column)].append(position)
        self.candidates = [bags.get(_bag(column), []) for column in gold]

    def order(self) -> tuple[int, ...] | None:
        """The matching columns in the gold's order; None if there are none within the limit."""
        if not all(self.candidates):
            return None
        one_class = [0] * len(self.gold[0])
        chosen: list[int] = []
        fitting = [self._fitting(one_class, one_class, chosen)]
        while fitting:
            step = next(fitting[-1], None)
            if step is None:
                fitting.pop()
                if chosen:
                    chosen.pop()
                continue
            position, gold, found = step
            chosen.append(position)
            if len(chosen) == len(self.gold):
                return tuple(chosen)
            fitting.append(self._fitting(gold, found, chosen))
        return None

    def _fitting(
        self, gold: list[int], found: list[int], chosen: Sequence[int]
    ) -> Iterator[tuple[int, list[int], list[int]]]:
        """The columns that may come next, each with the row classes that result."""
        place, taken = len(chosen), frozenset(chosen)
        names: dict[tuple[int, Any], int] = {}
        finer = [
            names.setdefault(pair, len(names)) for pair in zip(gold, self.gold[place], strict=True)
        ]
        expected = Counter(finer)
        tried: set[Row] = set()
        for position in self.candidates[place]:
            column = self.found[position]
            if position in taken or column in tried:
                continue  # equal columns are interchangeable
            tried.add(column)
            self.left -= len(column)
            if self.left < 0:
                return
            classes = [names.get(pair, -1) for pair in zip(found, column, strict=True)]
            if Counter(classes) == expected:
                yield position, finer, classes
