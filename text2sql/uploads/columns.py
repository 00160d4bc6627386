"""The type of a column of cells, and the cells converted to it.

A column gets a type if its cells fit; the few that do not become NULL, and the column's note names
them. A code such as 007 stays text, because a number would lose its zeros. Dates become ISO texts,
which sort and which SQLite's functions read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from text2sql.uploads.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    ORDERS,
    YEAR_FIRST,
    is_date,
    is_sorted,
    read_date,
)
from text2sql.uploads.numbers import NumberFormat, find_format, is_number, units_of

__all__ = ["TYPES", "Hints", "TypedColumn", "typed_column"]

#: The types that a person may choose for a column.
TYPES = ("text", "number", "yes or no", "date", "date, day first", "date, month first")

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\Z", re.ASCII)
#: Texts that stand for a missing value; in a text column, NA may be Namibia's code.
_NO_VALUE = frozenset(
    "na n/a nan null none nil - -- – — . .. ? n.a. k.a. #n/a #na #value! #div/0! #ref! #name? "
    "0000-00-00 00.00.0000 00/00/0000".split()
)
_YES = frozenset("yes y true t 1 on ja oui si sí da x ✓".split())
_NO = frozenset("no n false f 0 off nein non net".split())
#: Names of columns whose digits are no quantities.
_CODES = re.compile(r"phone|tel(?![a-z])|telefon|fax|mobile|handy|iban|isbn|postal|postcode|plz")
_DAYS = re.compile(r"date|datum|day|fecha|dato")
_BIGGEST = 2**63 - 1
_LONGEST = 60  # characters of a number or a date
_FEW = 0.05  # of the cells may be no number or date in a column of them
_ENOUGH = 10  # cells, among which one may be none
_MOSTLY = 0.8
_SHOWN = 3  # examples in a note


@dataclass(frozen=True)
class Hints:
    """What the rest of a file says of its notation.

    ``comma`` says whether decimals have a comma, and ``order`` is one of ``ORDERS``.
    """

    comma: bool | None = None
    order: str | None = None


@dataclass(frozen=True)
class TypedColumn:
    """Cells as SQLite stores them, and the declared type: INTEGER, REAL, BOOLEAN, DATE, ...

    ``note`` is a clause about what was done. ``hints`` says what the column shows beyond doubt, and
    ``ambiguous`` that hints of other columns may change how it is read.
    """

    declared: str
    cells: tuple[Any, ...]
    note: str = field(default="", compare=False)
    hints: Hints = field(default=Hints(), compare=False)
    ambiguous: bool = field(default=False, compare=False)


def typed_column(
    cells: Iterable[Any], name: str = "", hints: Hints = Hints(), chosen: str | None = None
) -> TypedColumn:
    """Find the type that fits ``cells`` and convert them to it; empty texts become NULL.

    Args:
        name: the column's name, which tells phone numbers from amounts.
        chosen: one of ``TYPES``; the cells that do not fit become NULL.
    """
    cells = [_plain(cell) for cell in cells]
    if chosen is not None:
        return _as_chosen(cells, chosen, hints)
    held = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in held}
    if kinds == {str}:
        return _from_texts(cells, name.lower(), hints)
    if kinds == {bool}:
        return TypedColumn("BOOLEAN", tuple(None if c is None else int(c) for c in cells))
    if kinds and kinds <= {int, float}:
        return _from_numbers(cells)
    if kinds and kinds <= {date, datetime}:
        return _from_dates(cells)
    if kinds == {bytes}:
        return TypedColumn("BLOB", tuple(cells))
    if kinds <= {int, float, date, datetime, str} and str in kinds:
        mixed = _from_texts([None if c is None else _text(c) for c in cells], name.lower(), hints)
        untyped = "it stays text because its cells have several types."
        return replace(mixed, note=mixed.note or untyped * (mixed.declared == "TEXT"))
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
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # spreadsheets hold all numbers as floats
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell.replace(microsecond=0))
    return str(cell)


def _from_numbers(cells: Sequence[Any], note: str = "") -> TypedColumn:
    held = [cell for cell in cells if cell is not None]
    whole = all(math.isfinite(c) and c == int(c) and abs(c) <= _BIGGEST for c in held)
    convert: Callable[[Any], Any] = int if whole else float
    declared = "INTEGER" if whole else "REAL"
    return TypedColumn(declared, tuple(None if c is None else convert(c) for c in cells), note)


def _from_dates(cells: Sequence[Any]) -> TypedColumn:
    moments = [c for c in cells if isinstance(c, datetime)]
    if all(moment.time() == time() for moment in moments):
        return TypedColumn("DATE", tuple(None if c is None else c.isoformat()[:10] for c in cells))
    return TypedColumn(
        "DATETIME", tuple(None if c is None else c.isoformat().replace("T", " ") for c in cells)
    )


def _from_texts(cells: Sequence[str | None], name: str, hints: Hints) -> TypedColumn:
    values = [None if c is None or c.lower() in _NO_VALUE else c for c in cells]
    held = [value for value in values if value is not None]
    text = TypedColumn("TEXT", tuple(cells))
    if not held or max(map(len, held)) > 1000:
        return text
    if all(map(_INTEGER.match, held)):
        return _compact_dates(values, name) or _from_numbers(
            [None if v is None else int(v) for v in values]
        )
    return (
        _from_iso(values)
        or _from_written_numbers(values, name, hints)
        or _from_written_dates(values, hints)
        or replace(text, note=_why_text(held))
    )


# numbers


def _from_written_numbers(
    values: Sequence[str | None], name: str, hints: Hints
) -> TypedColumn | None:
    held = [value for value in values if value is not None]
    good = [value for value in dict.fromkeys(held) if _short_number(value)]
    readable = set(good)
    bad = [value for value in held if value not in readable]
    if not _acceptable(bad, held) or any(map(_has_digit, bad)):
        return None
    found = find_format(good, hints.comma)
    if not isinstance(found, NumberFormat) or (_CODES.search(name) and found.marked):
        return None
    read = {value: found.value(value) for value in good}
    numbers = [None if v is None else read.get(v) for v in values]
    typed = _from_numbers(numbers, _number_note(found, good, bad))
    comma = found.comma if found.separated and not found.ambiguous else None
    return replace(typed, hints=Hints(comma=comma), ambiguous=found.ambiguous)


def _short_number(text: str) -> bool:
    return len(text) <= _LONGEST and is_number(text)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _acceptable(bad: Sequence[str], held: Sequence[str]) -> bool:
    """Whether so few cells are unreadable that the column still has its type."""
    allowed = max(1, int(_FEW * len(held))) if len(held) >= _ENOUGH else 0
    return len(bad) <= allowed and len(bad) < len(held)


def _number_note(found: NumberFormat, good: Sequence[str], bad: Sequence[str]) -> str:
    parts = []
    if found.marked:
        example = max(good, key=len)
        parts.append(f"{example!r} was read as {_plainly(found.value(example))}{_in(found.unit)}")
    return _sentence([*parts, *_left_empty(bad, "a number")])


def _plainly(value: int | float | None) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _in(unit: str) -> str:
    if unit == "%":
        return " (percent)"
    return f" ({unit})" if unit else ""


def _left_empty(bad: Sequence[str], what: str) -> list[str]:
    if not bad:
        return []
    cells = "1 cell that is" if len(bad) == 1 else f"{len(bad):,} cells that are"
    return [f"{cells} not {what} became empty: {_examples(bad)}"]


def _examples(texts: Sequence[str]) -> str:
    different = list(dict.fromkeys(texts))
    shown = ", ".join(repr(_shortened(text)) for text in different[:_SHOWN])
    return shown + (", …" if len(different) > _SHOWN else "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _sentence(clauses: Sequence[str]) -> str:
    return f"{'; '.join(clauses)}." if clauses else ""


def _why_text(held: Sequence[str]) -> str:
    """Say why a column that is mostly numbers or dates is text."""
    numbers = [value for value in held if _short_number(value)]
    if len(numbers) < _MOSTLY * len(held):
        return ""
    found = find_format(numbers)
    if isinstance(found, str):
        return f"it stays text because {found}, which a sum would add up as if they were one."
    bad = [value for value in held if not _short_number(value)]
    if bad and len(held) >= _ENOUGH:
        return f"it stays text because of {_examples(bad)}; choose number to leave these out."
    return ""


# dates


def _compact_dates(values: Sequence[str | None], name: str) -> TypedColumn | None:
    """Convert 20241231 in a column that is called after days."""
    if not _DAYS.search(name):
        return None
    held = [value for value in values if value is not None]
    read = {v: read_date(v, DAY_FIRST, compact=True) for v in held if len(v) == 8}
    if len(read) < len(set(held)) or None in read.values():
        return None
    cells = tuple(None if v is None else read[v] for v in values)
    return TypedColumn("DATE", cells, f"{held[0]!r} was read as {read[held[0]]}.")


def _from_iso(values: Sequence[str | None]) -> TypedColumn | None:
    held = [value for value in values if value is not None]
    if not _ISO.match(held[0]) and not _ISO.match(held[-1]):
        return None
    days = {v for v in set(held) if _ISO.match(v) and _is_day(v[:10])}
    bad = [v for v in held if v not in days]
    if not _acceptable(bad, held) or any(map(is_date, bad)):
        return None
    unread = set(bad)
    kept = tuple(None if v in unread else v for v in values)
    declared = "DATE" if all(v is None or len(v) == 10 for v in kept) else "DATETIME"
    return TypedColumn(declared, kept, _sentence(_left_empty(bad, "a date")))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _from_written_dates(values: Sequence[str | None], hints: Hints) -> TypedColumn | None:
    """Convert dates such as 24.12.2024, 12/24/2024 and 24 Dec 2024."""
    held = [value for value in values if value is not None]
    if max(map(len, held)) > 5 * _LONGEST:
        return None
    readings = {order: _dates(values, order) for order in ORDERS}
    unread = {order: sum(r is None for r in read.values()) for order, read in readings.items()}
    fewest = min(unread.values())
    fitting = [order for order in ORDERS if unread[order] == fewest]
    bad = [value for value in held if readings[fitting[0]][value] is None]
    if not _acceptable(bad, held):
        return None
    different = [o for o in fitting if readings[o] != readings[fitting[0]]]
    why = ""
    order = fitting[0]
    if different:
        order, why = _decided(held, [fitting[0], *different], hints)
    note = _date_note(held, readings[order], why, _other(order) if different else None)
    typed = _with_dates(values, readings[order], _sentence([*note, *_left_empty(bad, "a date")]))
    known = order if len(fitting) == 1 and order in (DAY_FIRST, MONTH_FIRST) else None
    return replace(typed, hints=Hints(order=known), ambiguous=bool(different))


def _dates(values: Sequence[str | None], order: str) -> dict[str, str | None]:
    """Return the reading of each distinct value; workbooks mix ISO dates with others."""
    return {
        v: read_date(v, order) or read_date(v, YEAR_FIRST)
        for v in dict.fromkeys(values)
        if v is not None
    }


def _with_dates(
    values: Sequence[str | None], read: dict[str, str | None], note: str
) -> TypedColumn:
    timed = any(len(found) > 10 for found in read.values() if found)
    cells = (None if v is None else read[v] for v in values)
    if not timed:
        return TypedColumn("DATE", tuple(cells), note)
    full = tuple(c if c is None or len(c) > 10 else f"{c} 00:00:00" for c in cells)
    return TypedColumn("DATETIME", full, note)


def _decided(held: Sequence[str], orders: Sequence[str], hints: Hints) -> tuple[str, str]:
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


# types that a person chose


def _as_chosen(cells: Sequence[Any], chosen: str, hints: Hints) -> TypedColumn:
    """Convert the cells to one of ``TYPES``."""
    texts = [None if cell is None else _text(cell) for cell in cells]
    if chosen == "number":
        return _forced_numbers(cells, texts, hints)
    if chosen == "yes or no":
        found = [None if t is None else _truth(t) for t in texts]
        return _forced("BOOLEAN", texts, found, "yes or no")
    if chosen.startswith("date"):
        return _forced_dates(texts, chosen, hints)
    return TypedColumn("TEXT", tuple(texts), "it was read as text, as you chose.")


def _forced(
    declared: str, texts: Sequence[str | None], found: Sequence[Any], what: str, warning: str = ""
) -> TypedColumn:
    """Return the cells that were found, with a warning and a note of those that were not."""
    missing = (t for t, cell in zip(texts, found, strict=True) if cell is None and t is not None)
    bad = [text for text in missing if text.lower() not in _NO_VALUE]
    said = [f"it was read as {what}, as you chose", *([warning] if warning else [])]
    note = _sentence([*said, *_left_empty(bad, what)])
    return TypedColumn(declared, tuple(found), note)


def _forced_numbers(cells: Sequence[Any], texts: Sequence[str | None], hints: Hints) -> TypedColumn:
    good = [text for text in texts if text is not None and _short_number(text)]
    found = find_format(good, hints.comma)
    formats = [found] if isinstance(found, NumberFormat) else _likely(good, hints)
    numbers = [
        cell if isinstance(cell, int | float) else _first_value(formats, text)
        for cell, text in zip(cells, texts, strict=True)
    ]
    typed = _from_numbers(numbers)
    units = units_of(good)
    mixed = f"its units ({', '.join(units[:5])}) are added up as if they were one"
    return _forced(typed.declared, texts, typed.cells, "a number", mixed if units[1:] else "")


def _likely(good: Sequence[str], hints: Hints) -> list[NumberFormat]:
    """Return a format for each way in which single cells are written, the most frequent first."""
    each = [find_format([text], hints.comma) for text in dict.fromkeys(good)]
    formats = [found for found in each if isinstance(found, NumberFormat)]
    keys = [(f.notation, f.group, f.comma) for f in formats]
    best = sorted(set(keys), key=keys.count, reverse=True)
    return [NumberFormat(*key) for key in best]


def _first_value(formats: Sequence[NumberFormat], text: str | None) -> int | float | None:
    if text is None or len(text) > _LONGEST:
        return None
    values = (found.value(text) for found in formats)
    return next((value for value in values if value is not None), None)


def _forced_dates(texts: Sequence[str | None], chosen: str, hints: Hints) -> TypedColumn:
    _, _, order = chosen.partition(", ")
    usual = [hints.order, *ORDERS] if hints.order else [*ORDERS]
    orders = [order, ORDERS[0]] if order else usual
    read = {
        text: next((d for o in orders if (d := read_date(text, o, compact=True))), None)
        for text in dict.fromkeys(texts)
        if text is not None and len(text) <= 5 * _LONGEST
    }
    typed = _with_dates([t if t in read else None for t in texts], read, "")
    return _forced(typed.declared, texts, typed.cells, f"a {chosen}")


def _truth(text: str) -> int | None:
    return 1 if text.lower() in _YES else 0 if text.lower() in _NO else None
