"""Columns converted to the type that a person chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from text2sql.uploads.date_columns import with_dates
from text2sql.uploads.dates import ORDERS, read_date
from text2sql.uploads.numbers import NumberFormat, find_format, units_of
from text2sql.uploads.typed_column import (
    LONGEST,
    NO_VALUE,
    Notation,
    TypedColumn,
    from_numbers,
    is_short_number,
    left_empty,
    sentence,
    text_of,
)

__all__ = ["TYPES", "as_chosen"]

#: The types that a person may choose for a column.
TYPES = ("text", "number", "yes or no", "date", "date, day first", "date, month first")

_YES = frozenset("yes y true t 1 on ja oui si sí da x ✓".split())
_NO = frozenset("no n false f 0 off nein non net".split())


def as_chosen(cells: Sequence[Any], chosen: str, hints: Notation) -> TypedColumn:
    """Convert the cells to one of ``TYPES``."""
    texts = [None if cell is None else text_of(cell) for cell in cells]
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
    bad = [text for text in missing if text.lower() not in NO_VALUE]
    said = [f"it was read as {what}, as you chose", *([warning] if warning else [])]
    note = sentence([*said, *left_empty(bad, what)])
    return TypedColumn(declared, tuple(found), note)


def _forced_numbers(
    cells: Sequence[Any], texts: Sequence[str | None], hints: Notation
) -> TypedColumn:
    good = [text for text in texts if text is not None and is_short_number(text)]
    found = find_format(good, hints.comma)
    formats = [found] if isinstance(found, NumberFormat) else _likely(good, hints)
    numbers = [
        cell if isinstance(cell, int | float) else _first_value(formats, text)
        for cell, text in zip(cells, texts, strict=True)
    ]
    typed = from_numbers(numbers)
    units = units_of(good)
    mixed = f"its units ({', '.join(units[:5])}) are added up as if they were one"
    return _forced(typed.declared, texts, typed.cells, "a number", mixed if units[1:] else "")


def _likely(good: Sequence[str], hints: Notation) -> list[NumberFormat]:
    """Return a format for each way in which single cells are written, the most frequent first."""
    each = [find_format([text], hints.comma) for text in dict.fromkeys(good)]
    formats = [found for found in each if isinstance(found, NumberFormat)]
    keys = [(f.notation, f.group, f.comma) for f in formats]
    best = sorted(set(keys), key=keys.count, reverse=True)
    return [NumberFormat(*key) for key in best]


def _first_value(formats: Sequence[NumberFormat], text: str | None) -> int | float | None:
    if text is None or len(text) > LONGEST:
        return None
    values = (found.value(text) for found in formats)
    return next((value for value in values if value is not None), None)


def _forced_dates(texts: Sequence[str | None], chosen: str, hints: Notation) -> TypedColumn:
    _, _, order = chosen.partition(", ")
    usual = [hints.order, *ORDERS] if hints.order else [*ORDERS]
    orders = [order, ORDERS[0]] if order else usual
    read = {
        text: next((d for o in orders if (d := read_date(text, o, compact=True))), None)
        for text in dict.fromkeys(texts)
        if text is not None and len(text) <= 5 * LONGEST
    }
    typed = with_dates([t if t in read else None for t in texts], read, "")
    return _forced(typed.declared, texts, typed.cells, f"a {chosen}")


def _truth(text: str) -> int | None:
    return 1 if text.lower() in _YES else 0 if text.lower() in _NO else None
