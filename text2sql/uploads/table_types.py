"""The types of all columns of a table; clear columns decide the ambiguous ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from text2sql.uploads.columns import typed_column
from text2sql.uploads.layout import Sheet
from text2sql.uploads.typed_column import Notation, TypedColumn

__all__ = ["typed_columns"]


def typed_columns(sheet: Sheet, chosen: Mapping[int, str] | None = None) -> list[TypedColumn]:
    """Return the columns of ``sheet`` with their types; ``chosen`` has the choices of a person."""
    columns: list[tuple[Any, ...]] = [*zip(*sheet.rows, strict=True)]
    if not sheet.rows:
        columns = [()] * len(sheet.header)
    columns = [_percent(c) if n in sheet.percent else c for n, c in enumerate(columns)]
    chosen = chosen or {}
    named = list(zip(sheet.header, columns, strict=True))
    unaided = Notation(comma=sheet.comma)
    typed = [typed_column(c, h, unaided, chosen.get(n)) for n, (h, c) in enumerate(named)]
    hints = _agreed(typed, unaided)
    if hints == unaided:
        return typed
    return [
        typed_column(c, h, hints, chosen.get(n)) if typed[n].ambiguous or n in chosen else typed[n]
        for n, (h, c) in enumerate(named)
    ]


def _percent(cells: Iterable[Any]) -> tuple[Any, ...]:
    """Return fractions as the percentages that a spreadsheet shows."""
    return tuple(f"{100 * cell:.12g}%" if isinstance(cell, int | float) else cell for cell in cells)


def _agreed(columns: Iterable[TypedColumn], otherwise: Notation) -> Notation:
    """Return the notation of numbers and dates in most columns."""
    found = [column.hints for column in columns]
    commas = Counter(hint.comma for hint in found if hint.comma is not None)
    orders = Counter(hint.order for hint in found if hint.order is not None)
    return Notation(
        comma=commas.most_common(1)[0][0] if commas else otherwise.comma,
        order=orders.most_common(1)[0][0] if orders else otherwise.order,
    )
