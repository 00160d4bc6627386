"""The type of a column of cells, and the cells converted to it.

A column gets a type only if all of its cells fit. A code such as 007 stays text, because a number
would lose its zeros. Dates become ISO texts, which sort and which SQLite's functions read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

__all__ = ["TypedColumn", "typed_column"]

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})\Z", re.ASCII)
_REAL = re.compile(r"[+-]?((0|[1-9]\d{0,17})(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\Z", re.ASCII)
_DATE = re.compile(r"(\d{1,4})([./])(\d{1,2})\2(\d{1,4})\Z", re.ASCII)
#: Texts that stand for a missing number; in a text column, NA may be Namibia's code.
_NO_VALUE = frozenset(("na", "n/a", "nan", "null", "none", "-"))
_BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class TypedColumn:
    """Cells as SQLite stores them, and the declared type: INTEGER, REAL, BOOLEAN, DATE, ..."""

    declared: str
    cells: tuple[Any, ...]


def typed_column(cells: Iterable[Any]) -> TypedColumn:
    """Find the type that fits all ``cells`` and convert them to it; empty texts become NULL."""
    cells = [_plain(cell) for cell in cells]
    held = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in held}
    if kinds == {str}:
        return _from_texts(cells)
    if kinds == {bool}:
        return TypedColumn("BOOLEAN", tuple(None if c is None else int(c) for c in cells))
    if kinds and kinds <= {int, float}:
        return _from_numbers(cells)
    if kinds and kinds <= {date, datetime}:
        return _from_dates(cells)
    if kinds == {bytes}:
        return TypedColumn("BLOB", tuple(cells))
    return TypedColumn("TEXT", tuple(None if c is None else _text(c) for c in cells))


def _plain(cell: Any) -> Any:
    """Convert a cell to a built-in type, or to None if it is empty."""
    if isinstance(cell, str):
        return cell.strip().replace("\0", "") or None
    if isinstance(cell, Decimal):
        cell = int(cell) if cell.is_finite() and cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, datetime):  # pandas has a subclass and a missing value
        return None if cell != cell else datetime.fromisoformat(cell.isoformat()[:26])
    if cell is None or isinstance(cell, bool | int | float | date | time | bytes):
        return cell
    return _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, dict | list | tuple):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _from_numbers(cells: Sequence[Any]) -> TypedColumn:
    held = [cell for cell in cells if cell is not None]
    whole = all(math.isfinite(c) and c == int(c) and abs(c) <= _BIGGEST for c in held)
    convert: Callable[[Any], Any] = int if whole else float
    declared = "INTEGER" if whole else "REAL"
    return TypedColumn(declared, tuple(None if c is None else convert(c) for c in cells))


def _from_dates(cells: Sequence[Any]) -> TypedColumn:
    moments = [c for c in cells if isinstance(c, datetime)]
    if all(moment.time() == time() for moment in moments):
        return TypedColumn("DATE", tuple(None if c is None else c.isoformat()[:10] for c in cells))
    return TypedColumn(
        "DATETIME", tuple(None if c is None else c.isoformat().replace("T", " ") for c in cells)
    )


def _from_texts(cells: Sequence[str | None]) -> TypedColumn:
    values = [None if c is None or c.lower() in _NO_VALUE else c for c in cells]
    held = [value for value in values if value is not None]
    if held and all(map(_INTEGER.match, held)):
        return _from_numbers([None if v is None else int(v) for v in values])
    if held and all(_REAL.match(v) or _GROUPED.match(v) for v in held):
        return _from_numbers([None if v is None else _number(v) for v in values])
    return _from_iso(values) or _from_local(values) or TypedColumn("TEXT", tuple(cells))


def _number(text: str) -> int | float:
    plain = text.replace(",", "")
    return int(plain) if _INTEGER.match(plain) else float(plain)


def _from_iso(values: Sequence[str | None]) -> TypedColumn | None:
    held = [value for value in values if value is not None]
    if not held or not all(_ISO.match(v) and _day(v[:4], v[5:7], v[8:10]) for v in held):
        return None
    declared = "DATE" if all(len(value) == 10 for value in held) else "DATETIME"
    return TypedColumn(declared, tuple(values))


def _from_local(values: Sequence[str | None]) -> TypedColumn | None:
    """Convert dates such as 24.12.2024 or 12/24/2024 if only one order of day and month fits."""
    held = [value for value in values if value is not None]
    if not held or not all(map(_DATE.match, held)):
        return None
    readings = {
        tuple(days)
        for order in ((3, 2, 1), (3, 1, 2), (1, 2, 3))
        if None not in (days := [_ordered(value, order) for value in held])
    }
    if len(readings) != 1:
        return None
    found = iter(readings.pop())
    return TypedColumn("DATE", tuple(None if v is None else next(found) for v in values))


def _ordered(value: str, order: tuple[int, int, int]) -> str | None:
    """Convert ``value`` to ISO; ``order`` has the positions of year, month and day in it."""
    match = _DATE.match(value)
    assert match is not None
    if match[2] == "." and order == (3, 1, 2):  # dates with dots never have the month first
        return None
    parts = (match[1], match[3], match[4])
    year, month, day = (parts[place - 1] for place in order)
    return _day(year, month, day) if len(year) == 4 else None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
