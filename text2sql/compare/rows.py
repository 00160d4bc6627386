"""Differences between the rows of a prediction and those of its gold query."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any
from typing import Literal as Choice

from text2sql.metrics.execution import Execution, Row, covering_columns, same_rows
from text2sql.sandbox import QueryResult, plain_value
from text2sql.wording import counted

__all__ = ["NearMiss", "RowDifference", "RowMarks", "row_difference", "row_marks"]

_SHOWN = 5
_LONGEST_VALUE = 60  # characters
_FEW_COLUMNS = 4  # of a single row that is shown in words


NearMiss = Choice["extra_columns", "missing_columns", "extra_rows"]
"""The one way in which wrong rows differ from the gold's."""


@dataclass(frozen=True)
class RowDifference:
    """A difference in words, with up to five missing and five extra rows."""

    text: str
    missing: tuple[Row, ...] = ()
    extra: tuple[Row, ...] = ()
    near: NearMiss | None = None

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON can hold it."""
        missing, extra = (
            [[plain_value(value) for value in row] for row in rows]
            for rows in (self.missing, self.extra)
        )
        return {"text": self.text, "missing": missing, "extra": extra, "near": self.near}


@dataclass(frozen=True)
class RowMarks:
    """The positions (from 0) of the rows in each result that have no counterpart in the other."""

    missing: frozenset[int] = frozenset()
    extra: frozenset[int] = frozenset()


def row_marks(execution: Execution) -> RowMarks | None:
    """Find the gold rows that the prediction lacks, and its own rows that are extra.

    If only the order is wrong, these are the misplaced rows. None if the rows cannot be compared:
    a query failed, the gold result was truncated, or the columns differ.
    """
    gold, found = execution.gold, execution.prediction
    if execution.match:
        return RowMarks()
    if gold.error is not None or found.error is not None or gold.truncated:
        return None
    if gold.rows and found.rows and len(gold.columns) != len(found.columns):
        return None
    aligned = _aligned(gold.rows, found.rows)
    if same_rows(gold.rows, found.rows, ordered=False):
        moved = (i for i, (a, b) in enumerate(zip(gold.rows, aligned, strict=True)) if a != b)
        places = frozenset(moved)
        return RowMarks(places, places)
    return RowMarks(_surplus(gold.rows, aligned), _surplus(aligned, gold.rows))


def _surplus(rows: tuple[Row, ...], others: tuple[Row, ...]) -> frozenset[int]:
    """The positions of those ``rows`` that remain after pairing equal ones with ``others``."""
    left = Counter(others)
    places = set()
    for place, row in enumerate(rows):
        if left[row] > 0:
            left[row] -= 1
        else:
            places.add(place)
    return frozenset(places)


def row_difference(execution: Execution) -> RowDifference | None:
    """Describe what is wrong with the rows, or notable although they match; None if nothing is."""
    gold, found = execution.gold, execution.prediction
    if gold.error is not None:
        return RowDifference(f"the gold query does not run: {gold.error.rstrip('.')}")
    if found.error is not None:
        return RowDifference(f"it does not run: {found.error.rstrip('.')}")
    if gold.truncated:
        return RowDifference("the gold query returns more rows than can be compared")
    if execution.match:
        return _harmless(execution)
    if found.truncated:
        got, expected = counted(len(found.rows), "row"), f"{len(gold.rows):,}"
        return RowDifference(f"it returns more than {got} instead of {expected}")
    if len(gold.columns) != len(found.columns):
        return _other_columns(gold, found)
    if same_rows(gold.rows, found.rows, ordered=False):
        return RowDifference("the rows are right, but in another order")
    return _unequal(gold.rows, found.rows)


def _other_columns(gold: QueryResult, found: QueryResult) -> RowDifference:
    """Describe rows with more or fewer columns, which may otherwise be the gold's."""
    wide, narrow = (found, gold) if len(found.columns) > len(gold.columns) else (gold, found)
    columns = [list(zip(*result.rows, strict=True)) for result in (narrow, wide)]
    places = covering_columns(columns[0], columns[1])
    if places is None:
        got, expected = counted(len(found.columns), "column"), str(len(gold.columns))
        return RowDifference(f"it returns {got} instead of {expected}")
    names = [name for i, name in enumerate(wide.columns) if i not in places]
    listed = f"{counted(len(names), 'column')} {'too many' if wide is found else 'missing'}"
    near: NearMiss = "extra_columns" if wide is found else "missing_columns"
    return RowDifference(f"the rows are right, with {listed} ({', '.join(names)})", near=near)


def _harmless(execution: Execution) -> RowDifference | None:
    gold, found = execution.gold.rows, execution.prediction.rows
    if not gold:
        same_shape = len(execution.gold.columns) == len(execution.prediction.columns)
        other = "" if same_shape else ", but with other columns"
        return RowDifference(f"both return no rows{other}")
    if Counter(gold) == Counter(found):
        return None
    return RowDifference("the rows are the same, with the columns in another order")


def _unequal(gold: tuple[Row, ...], found: tuple[Row, ...]) -> RowDifference:
    if len(gold) == len(found) == 1 and len(gold[0]) <= _FEW_COLUMNS:
        got, expected = _one_row(found[0], gold[0])
        rounded = ", which is only a matter of rounding" if _are_close(found[0], gold[0]) else ""
        return RowDifference(f"it returns {got} instead of {expected}{rounded}", gold, found)
    found = _aligned(gold, found)
    missing, extra = Counter(gold) - Counter(found), Counter(found) - Counter(gold)
    counts = [
        f"{counted(side.total(), 'row')} {'is' if side.total() == 1 else 'are'} {word}"
        for side, word in ((missing, "missing"), (extra, "extra"))
        if side
    ]
    return RowDifference(
        " and ".join(counts),
        tuple(list(missing.elements())[:_SHOWN]),
        tuple(list(extra.elements())[:_SHOWN]),
        near=None if missing else "extra_rows",
    )


def _are_close(one: Row, other: Row) -> bool:
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b))
        for a, b in zip(one, other, strict=True)
    )


def _one_row(*rows: Row) -> list[str]:
    """Single rows in words, numbers with as few digits as tell the rows apart."""
    for digits in (4, 8, 17):
        texts = [", ".join(_value(value, digits) for value in row) for row in rows]
        if len(set(texts)) == len(texts):
            break
    return texts if len(rows[0]) == 1 else [f"({text})" for text in texts]


def _value(value: Any, digits: int) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    text = repr(plain_value(value)) if isinstance(value, str) else str(plain_value(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _aligned(gold: tuple[Row, ...], found: tuple[Row, ...]) -> tuple[Row, ...]:
    """The found rows with their columns reordered to share the most values with the gold's."""
    if not gold or not found:
        return found
    gold_columns = [Counter(column) for column in zip(*gold, strict=True)]
    found_columns = [Counter(column) for column in zip(*found, strict=True)]
    free = list(range(len(found_columns)))
    order = []
    for position, column in enumerate(gold_columns):
        best = max(free, key=lambda i: ((column & found_columns[i]).total(), i == position))
        free.remove(best)
        order.append(best)
    return tuple(tuple(row[i] for i in order) for row in found)
