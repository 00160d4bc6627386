"""The table in a sheet: below titles, with or without column names, above totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.uploads.cell_kinds import NumberedRow, extent, holds, kind_of
from text2sql.uploads.column_names import SAMPLE, find_names
from text2sql.uploads.totals import without_totals
from text2sql.wording import cut

__all__ = ["Grid", "Range", "Sheet", "find_table"]

#: The first and the last cell of merged cells, each as row and column from 0.
Range = tuple[tuple[int, int], tuple[int, int]]

_MOST_TITLE = 20  # rows above the names of columns
_NAMED = 80  # characters of a line in a note


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet; ``rows`` have their numbers from 1, without blank rows."""

    name: str
    rows: list[NumberedRow]
    merged: Sequence[Range] = ()


@dataclass(frozen=True)
class Sheet:
    """A table with the names in the file, and cells that are not typed yet.

    ``notes`` are sentences about what was left out; ``comma`` says whether decimals have a comma,
    and ``percent`` holds the positions of columns that the file shows as percentages.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    comma: bool | None = None
    percent: frozenset[int] = frozenset()


def find_table(grid: Grid) -> tuple[list[str], list[NumberedRow], list[str]]:
    """Return the names of the columns, the rows with their numbers, and notes.

    All names are empty if the first row is data.
    """
    width = _usual_width(grid.rows)
    start = _title_length(grid.rows, width)
    notes = [_left_out(grid.rows[:start], "above the table")] if start else []
    rows = grid.rows[start:]
    if grid.merged:
        notes += _fill(rows, grid.merged)
    header, body = find_names(rows, width)
    repeated = [row for row in body if _texts(row[1]) == _texts(rows[0][1])] if any(header) else []
    if repeated:
        body = [row for row in body if row not in repeated]
        notes.append(_left_out(repeated, "that repeat the names of the columns"))
    if not any(header) and rows:
        notes.append(
            f"its first line {_quoted(rows[0][1])} is data, so its columns have no names; "
            "name them under “Change a column”."
        )
    body, totals = without_totals(body, width)
    if totals:
        notes.append(_left_out(totals, "with totals or remarks"))
    return header, body, notes


def _usual_width(rows: Sequence[NumberedRow]) -> int:
    widths = Counter(extent(cells) for _, cells in rows[:SAMPLE])
    return max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))[0]


def _left_out(rows: Sequence[NumberedRow], where: str) -> str:
    numbers = [number for number, _ in rows]
    if len(rows) == 1:
        return f"line {numbers[0]:,} {where.replace('repeat', 'repeats')} was left out: " + (
            f"{_quoted(rows[0][1])}."
        )
    shown = ", ".join(f"{number:,}" for number in numbers[:5]) + (", …" if len(rows) > 5 else "")
    return f"lines {shown} {where} were left out, such as {_quoted(rows[0][1])}."


def _quoted(cells: Sequence[Any]) -> str:
    text = " | ".join(str(cell).strip() for cell in cells if holds(cell))
    return repr(cut(text, _NAMED))


def _texts(cells: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in cells if holds(cell)]


# titles


def _title_length(rows: Sequence[NumberedRow], width: int) -> int:
    """Return the number of rows above the table."""
    for place, (_, cells) in enumerate(rows[:_MOST_TITLE]):
        below = rows[place + 1][1] if place + 1 < len(rows) else []
        if not _is_title(cells, below, width):
            return place
    return 0


def _is_title(cells: Sequence[Any], below: Sequence[Any], width: int) -> bool:
    filled = [place for place, cell in enumerate(cells) if holds(cell)]
    if len(filled) == 1:
        return width >= 3 or (width == 2 and filled[0] == 0)
    if filled != [0, 1] or width < 3:
        return False
    # "As of" and "1 May 2024" above names
    named = all(kind_of(cell) in ("text", None) for cell in below)
    return width >= 4 or (named and kind_of(cells[1]) in ("number", "date"))


# merged cells


def _fill(rows: list[NumberedRow], merged: Sequence[Range]) -> list[str]:
    """Give each of the merged cells their value."""
    at = {number - 1: cells for number, cells in rows}
    filled, last = 0, max(at, default=0)
    for (top, left), (bottom, right) in merged:
        if top not in at or left >= len(at[top]) or not holds(at[top][left]):
            continue
        filled += 1
        for row in range(top, min(bottom, last) + 1):
            for column in range(left, min(right + 1, len(at.get(row, ())))):
                at[row][column] = at[top][left]
    what = "a merged cell was" if filled == 1 else f"{filled:,} merged cells were"
    return [f"{what} filled: each row has the value."] if filled else []
