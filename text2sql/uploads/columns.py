"""The type of a column of cells, and the cells converted to it.

A column gets a type if its cells fit; the few that do not become NULL, and the column's note names
them. A code such as 007 stays text, because a number would lose its zeros. Dates become ISO texts,
which sort and which SQLite's functions read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from text2sql.uploads.chosen_types import as_chosen
from text2sql.uploads.date_columns import from_compact_dates, from_iso_dates, from_written_dates
from text2sql.uploads.numbers import NumberFormat, find_format
from text2sql.uploads.typed_column import (
    ENOUGH,
    NO_HINTS,
    NO_VALUE,
    Notation,
    TypedColumn,
    acceptable,
    examples,
    from_numbers,
    is_short_number,
    left_empty,
    sentence,
    text_of,
)

__all__ = ["typed_column"]

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})\Z", re.ASCII)
#: Names of columns whose digits are codes, not quantities.
_CODES = re.compile(r"phone|tel(?![a-z])|telefon|fax|mobile|handy|iban|isbn|postal|postcode|plz")
_MOSTLY = 0.8


def typed_column(
    cells: Iterable[Any], name: str = "", hints: Notation = NO_HINTS, chosen: str | None = None
) -> TypedColumn:
    """Find the type that fits ``cells`` and convert them to it; empty texts become NULL.

    Args:
        name: the column's name, which tells phone numbers from amounts.
        chosen: one of ``TYPES``; the cells that do not fit become NULL.
    """
    cells = [_plain(cell) for cell in cells]
    if chosen is not None:
        return as_chosen(cells, chosen, hints)
    held = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in held}
    if kinds == {str}:
        return _from_texts(cells, name.lower(), hints)
    if kinds == {bool}:
        return TypedColumn("BOOLEAN", tuple(None if c is None else int(c) for c in cells))
    if kinds and kinds <= {int, float}:
        return from_numbers(cells)
    if kinds and kinds <= {date, datetime}:
        return _from_dates(cells)
    if kinds == {bytes}:
        return TypedColumn("BLOB", tuple(cells))
    if kinds <= {int, float, date, datetime, str} and str in kinds:
        mixed = _from_texts([None if c is None else text_of(c) for c in cells], name.lower(), hints)
        untyped = "it stays text because its cells have several types."
        return replace(mixed, note=mixed.note or untyped * (mixed.declared == "TEXT"))
    return TypedColumn("TEXT", tuple(None if c is None else text_of(c) for c in cells))


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
    return text_of(cell)


def _from_dates(cells: Sequence[Any]) -> TypedColumn:
    moments = [c for c in cells if isinstance(c, datetime)]
    if all(moment.time() == time() for moment in moments):
        return TypedColumn("DATE", tuple(None if c is None else c.isoformat()[:10] for c in cells))
    return TypedColumn(
        "DATETIME", tuple(None if c is None else c.isoformat().replace("T", " ") for c in cells)
    )


def _from_texts(cells: Sequence[str | None], name: str, hints: Notation) -> TypedColumn:
    values = [None if c is None or c.lower() in NO_VALUE else c for c in cells]
    held = [value for value in values if value is not None]
    text = TypedColumn("TEXT", tuple(cells))
    if not held or max(map(len, held)) > 1000:
        return text
    if all(map(_INTEGER.match, held)):
        return from_compact_dates(values, name) or from_numbers(
            [None if v is None else int(v) for v in values]
        )
    return (
        from_iso_dates(values)
        or _from_written_numbers(values, name, hints)
        or from_written_dates(values, hints)
        or replace(text, note=_why_text(held))
    )


# numbers


def _from_written_numbers(
    values: Sequence[str | None], name: str, hints: Notation
) -> TypedColumn | None:
    held = [value for value in values if value is not None]
    good = [value for value in dict.fromkeys(held) if is_short_number(value)]
    readable = set(good)
    bad = [value for value in held if value not in readable]
    if not acceptable(bad, held) or any(map(_has_digit, bad)):
        return None
    found = find_format(good, hints.comma)
    if not isinstance(found, NumberFormat) or (_CODES.search(name) and found.marked):
        return None
    read = {value: found.value(value) for value in good}
    numbers = [None if v is None else read.get(v) for v in values]
    typed = from_numbers(numbers, _number_note(found, good, bad))
    comma = found.comma if found.separated and not found.ambiguous else None
    return replace(typed, hints=Notation(comma=comma), ambiguous=found.ambiguous)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _number_note(found: NumberFormat, good: Sequence[str], bad: Sequence[str]) -> str:
    parts = []
    if found.marked:
        example = max(good, key=len)
        parts.append(f"{example!r} was read as {_plainly(found.value(example))}{_in(found.unit)}")
    return sentence([*parts, *left_empty(bad, "a number")])


def _plainly(value: int | float | None) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _in(unit: str) -> str:
    if unit == "%":
        return " (percent)"
    return f" ({unit})" if unit else ""


def _why_text(held: Sequence[str]) -> str:
    """Say why a column that is mostly numbers or dates is text."""
    numbers = [value for value in held if is_short_number(value)]
    if len(numbers) < _MOSTLY * len(held):
        return ""
    found = find_format(numbers)
    if isinstance(found, str):
        return f"it stays text because {found}, which a sum would add up as if they were one."
    bad = [value for value in held if not is_short_number(value)]
    if bad and len(held) >= ENOUGH:
        return f"it stays text because of {examples(bad)}; choose number to leave these out."
    return ""
