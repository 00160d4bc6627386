"""Columns of texts that are dates, converted to ISO texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from text2sql.uploads.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    ORDERS,
    YEAR_FIRST,
    is_date,
    is_sorted,
    read_date,
)
from text2sql.uploads.typed_column import (
    LONGEST,
    Notation,
    TypedColumn,
    acceptable,
    left_empty,
    sentence,
)

__all__ = ["from_compact_dates", "from_iso_dates", "from_written_dates", "with_dates"]

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\Z", re.ASCII)
_DAYS = re.compile(r"date|datum|day|fecha|dato")


def from_compact_dates(values: Sequence[str | None], name: str) -> TypedColumn | None:
    """Convert 20241231 in a column that is called after days."""
    if not _DAYS.search(name):
        return None
    held = [value for value in values if value is not None]
    read = {v: read_date(v, DAY_FIRST, compact=True) for v in held if len(v) == 8}
    if len(read) < len(set(held)) or None in read.values():
        return None
    cells = tuple(None if v is None else read[v] for v in values)
    return TypedColumn("DATE", cells, f"{held[0]!r} was read as {read[held[0]]}.")


def from_iso_dates(values: Sequence[str | None]) -> TypedColumn | None:
    held = [value for value in values if value is not None]
    if not _ISO.match(held[0]) and not _ISO.match(held[-1]):
        return None
    days = {v for v in set(held) if _ISO.match(v) and _is_day(v[:10])}
    bad = [v for v in held if v not in days]
    if not acceptable(bad, held) or any(map(is_date, bad)):
        return None
    unread = set(bad)
    kept = tuple(None if v in unread else v for v in values)
    declared = "DATE" if all(v is None or len(v) == 10 for v in kept) else "DATETIME"
    return TypedColumn(declared, kept, sentence(left_empty(bad, "a date")))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def from_written_dates(values: Sequence[str | None], hints: Notation) -> TypedColumn | None:
    """Convert dates such as 24.12.2024, 12/24/2024 and 24 Dec 2024."""
    held = [value for value in values if value is not None]
    if max(map(len, held)) > 5 * LONGEST:
        return None
    readings = {order: _dates(values, order) for order in ORDERS}
    unread = {order: sum(r is None for r in read.values()) for order, read in readings.items()}
    fewest = min(unread.values())
    fitting = [order for order in ORDERS if unread[order] == fewest]
    bad = [value for value in held if readings[fitting[0]][value] is None]
    if not acceptable(bad, held):
        return None
    different = [o for o in fitting if readings[o] != readings[fitting[0]]]
    why = ""
    order = fitting[0]
    if different:
        order, why = _decided(held, [fitting[0], *different], hints)
    note = _date_note(held, readings[order], why, _other(order) if different else None)
    typed = with_dates(values, readings[order], sentence([*note, *left_empty(bad, "a date")]))
    known = order if len(fitting) == 1 and order in (DAY_FIRST, MONTH_FIRST) else None
    return replace(typed, hints=Notation(order=known), ambiguous=bool(different))


def _dates(values: Sequence[str | None], order: str) -> dict[str, str | None]:
    """Return the reading of each distinct value; workbooks mix ISO dates with others."""
    return {
        v: read_date(v, order) or read_date(v, YEAR_FIRST)
        for v in dict.fromkeys(values)
        if v is not None
    }


def with_dates(values: Sequence[str | None], read: dict[str, str | None], note: str) -> TypedColumn:
    timed = any(len(found) > 10 for found in read.values() if found)
    cells = (None if v is None else read[v] for v in values)
    if not timed:
        return TypedColumn("DATE", tuple(cells), note)
    full = tuple(c if c is None or len(c) > 10 else f"{c} 00:00:00" for c in cells)
    return TypedColumn("DATETIME", full, note)


def _decided(held: Sequence[str], orders: Sequence[str], hints: Notation) -> tuple[str, str]:
    """Choose between day and month first, and say why."""
    if hints.order is not None and hints.order in orders:
        return hints.order, "as other dates of this file are"
    ordered = [order for order in orders if is_sorted(held, order)]
    if len(ordered) == 1 and len(set(held)) >= 3:
        return ordered[0], "since the rows are then in order of time"
    if hints.comma and DAY_FIRST in orders:
        return DAY_FIRST, "since the file has decimal commas"
    if "/" in held[0] and MONTH_FIRST in orders:
        return MONTH_FIRST, "which nothing in the file decides"
    return orders[0], "which nothing in the file decides"


def _other(order: str) -> str:
    return MONTH_FIRST if order == DAY_FIRST else DAY_FIRST


def _date_note(
    held: Sequence[str], read: dict[str, str | None], why: str, other: str | None
) -> list[str]:
    example = next((v for v in held if read[v] and read[v] != v), None)
    if example is None:
        return []
    if other is None:
        return [f"{example!r} was read as {read[example]}"]
    order = _other(other)
    telling = next((v for v in held if read[v] and read[v] != read_date(v, other)), example)
    return [
        f"{telling!r} was read as {read[telling]}, {order}, {why}",
        f"choose “date, {other}” if it is the other way round",
    ]
