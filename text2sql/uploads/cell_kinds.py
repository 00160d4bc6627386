"""What the cells of a sheet are: empty or not, numbers, dates or texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from text2sql.uploads.dates import is_date
from text2sql.uploads.numbers import is_number

__all__ = ["LONGEST", "NumberedRow", "extent", "holds", "kind_of", "usual_kind"]

NumberedRow = tuple[int, list[Any]]
"""A row of a sheet: its number from 1, and its cells."""

LONGEST = 60  # characters of a number or a date
_USUALLY = 0.9
_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-"))


def holds(cell: Any) -> bool:
    """Whether a cell is not empty."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def extent(cells: Sequence[Any]) -> int:
    """Return the number of cells up to the last one that is not empty."""
    return next((n for n in range(len(cells), 0, -1) if holds(cells[n - 1])), 0)


def usual_kind(cells: Sequence[Any]) -> str | None:
    """Return the kind of nearly all cells, ``text`` if there is none, None without cells."""
    kinds = [kind for cell in cells if (kind := kind_of(cell)) is not None]
    for kind in ("number", "date"):
        if kinds and kinds.count(kind) >= _USUALLY * len(kinds):
            return kind
    return "text" if kinds else None


def kind_of(cell: Any) -> str | None:
    """Return ``number``, ``date`` or ``text``, and None for a missing value."""
    if isinstance(cell, int | float):
        return "number"
    if isinstance(cell, date):
        return "date"
    text = str(cell).strip() if cell is not None else ""
    if text.lower() in _MISSING:
        return None
    if len(text) <= LONGEST:
        if is_number(text):
            return "number"
        if is_date(text):
            return "date"
    return "text"
