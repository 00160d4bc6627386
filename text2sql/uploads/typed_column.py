"""The result of typing a column: its cells, and sentences on how they were read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from text2sql.uploads.numbers import is_number
from text2sql.wording import cut

__all__ = [
    "ENOUGH",
    "LONGEST",
    "NO_HINTS",
    "NO_VALUE",
    "Notation",
    "TypedColumn",
    "acceptable",
    "examples",
    "from_numbers",
    "is_short_number",
    "left_empty",
    "sentence",
    "text_of",
]

#: Texts that stand for a missing value; in a text column, NA may be Namibia's code.
NO_VALUE = frozenset(
    "na n/a nan null none nil - -- – — . .. ? n.a. k.a. #n/a #na #value! #div/0! #ref! #name? "
    "0000-00-00 00.00.0000 00/00/0000".split()
)
_BIGGEST = 2**63 - 1
LONGEST = 60  # characters of a number or a date
_FEW = 0.05  # of the cells may be no number or date in a column of them
ENOUGH = 10  # cells, among which one may be none
_SHOWN = 3  # examples in a note


@dataclass(frozen=True)
class Notation:
    """What the rest of a file says of its notation.

    ``comma`` says whether decimals have a comma, and ``order`` is one of ``ORDERS``.
    """

    comma: bool | None = None
    order: str | None = None


NO_HINTS = Notation()


@dataclass(frozen=True)
class TypedColumn:
    """Cells as SQLite stores them, and the declared type: INTEGER, REAL, BOOLEAN, DATE, ...

    ``note`` is a clause about what was done. ``hints`` says what the column shows beyond doubt, and
    ``ambiguous`` that hints of other columns may change how it is read.
    """

    declared: str
    cells: tuple[Any, ...]
    note: str = field(default="", compare=False)
    hints: Notation = field(default=NO_HINTS, compare=False)
    ambiguous: bool = field(default=False, compare=False)


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a point, days without a time, lists as JSON."""
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


def from_numbers(cells: Sequence[Any], note: str = "") -> TypedColumn:
    """A column of numbers, INTEGER if all are whole and fit in 64 bits, else REAL."""
    held = [cell for cell in cells if cell is not None]
    whole = all(math.isfinite(c) and c == int(c) and abs(c) <= _BIGGEST for c in held)
    convert: Callable[[Any], Any] = int if whole else float
    declared = "INTEGER" if whole else "REAL"
    return TypedColumn(declared, tuple(None if c is None else convert(c) for c in cells), note)


def is_short_number(text: str) -> bool:
    """Whether ``text`` is a number of at most 60 characters."""
    return len(text) <= LONGEST and is_number(text)


def acceptable(bad: Sequence[str], held: Sequence[str]) -> bool:
    """Whether so few cells are unreadable that the column still has its type."""
    allowed = max(1, int(_FEW * len(held))) if len(held) >= ENOUGH else 0
    return len(bad) <= allowed and len(bad) < len(held)


def left_empty(bad: Sequence[str], what: str) -> list[str]:
    """A clause on the cells that are not ``what`` and became NULL; none without such cells."""
    if not bad:
        return []
    cells = "1 cell that is" if len(bad) == 1 else f"{len(bad):,} cells that are"
    return [f"{cells} not {what} became empty: {examples(bad)}"]


def examples(texts: Sequence[str]) -> str:
    """The first three different ``texts``, quoted."""
    different = list(dict.fromkeys(texts))
    shown = ", ".join(repr(cut(text, LONGEST)) for text in different[:_SHOWN])
    return shown + (", …" if len(different) > _SHOWN else "")


def sentence(clauses: Sequence[str]) -> str:
    """Clauses as a note; empty without clauses."""
    return f"{'; '.join(clauses)}." if clauses else ""
