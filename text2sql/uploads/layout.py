"""Finds the table in a sheet: below titles, with or without column names, above totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from text2sql.uploads.dates import is_date
from text2sql.uploads.numbers import NumberFormat, find_format, is_number

__all__ = ["Grid", "Range", "Sheet", "find_table", "holds"]

#: The first and the last cell of merged cells, each as row and column from 0.
Range = tuple[tuple[int, int], tuple[int, int]]

_SAMPLE = 60  # rows from which the shape of a table is judged
_MOST_TITLE = 20  # rows above the names of columns
_USUALLY = 0.9
_FILLED = 0.75  # of the rows have a cell in a column that totals may lack
_MOST_TOTALS = 0.4  # of the rows; with more, they are the data
_TOTAL = re.compile(
    r"(?:(?:grand |sub[- ]?)?totals?|sums?|summe|gesamt(?:summe)?|insgesamt|zwischensumme|somme|"
    r"sous-total|total g[ée]n[ée]ral|suma|totale|totaal|итого|всего|合计|合計|总计|總計|小计|小計|"
    r"합계|소계)(?: .{0,40})?\W{0,3}\Z",
    re.IGNORECASE,
)
_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-"))
_LONGEST = 60
_NAMED = 80  # characters of a line in a note


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet; ``rows`` have their numbers from 1, and none of them is blank."""

    name: str
    rows: list[tuple[int, list[Any]]]
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


def find_table(grid: Grid) -> tuple[list[str], list[tuple[int, list[Any]]], list[str]]:
    """Return the names of the columns, the rows with their numbers, and notes.

    All names are empty if the first row is data.
    """
    width = _usual_width(grid.rows)
    start = _title_length(grid.rows, width)
    notes = [_left_out(grid.rows[:start], "above the table")] if start else []
    rows = grid.rows[start:]
    if grid.merged:
        notes += _fill(rows, grid.merged)
    header, body = _header(rows, width)
    repeated = [row for row in body if _texts(row[1]) == _texts(rows[0][1])] if any(header) else []
    if repeated:
        body = [row for row in body if row not in repeated]
        notes.append(_left_out(repeated, "that repeat the names of the columns"))
    if not any(header) and rows:
        notes.append(
            f"its first line {_quoted(rows[0][1])} is data, so its columns have no names; "
            "name them under “Change a column”."
        )
    body, totals = _without_totals(body, width)
    if totals:
        notes.append(_left_out(totals, "with totals or remarks"))
    return header, body, notes


def holds(cell: Any) -> bool:
    """Whether a cell is not empty."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _usual_width(rows: Sequence[tuple[int, list[Any]]]) -> int:
    widths = Counter(_extent(cells) for _, cells in rows[:_SAMPLE])
    return max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))[0]


def _extent(cells: Sequence[Any]) -> int:
    """Return the number of cells up to the last one that is not empty."""
    return next((n for n in range(len(cells), 0, -1) if holds(cells[n - 1])), 0)


def _left_out(rows: Sequence[tuple[int, list[Any]]], where: str) -> str:
    numbers = [number for number, _ in rows]
    if len(rows) == 1:
        return f"line {numbers[0]:,} {where.replace('repeat', 'repeats')} was left out: " + (
            f"{_quoted(rows[0][1])}."
        )
    shown = ", ".join(f"{number:,}" for number in numbers[:5]) + (", …" if len(rows) > 5 else "")
    return f"lines {shown} {where} were left out, such as {_quoted(rows[0][1])}."


def _quoted(cells: Sequence[Any]) -> str:
    text = " | ".join(str(cell).strip() for cell in cells if holds(cell))
    return repr(text if len(text) <= _NAMED else f"{text[:_NAMED]}…")


def _texts(cells: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in cells if holds(cell)]


# titles


def _title_length(rows: Sequence[tuple[int, list[Any]]], width: int) -> int:
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
    named = all(_kind(cell) in ("text", None) for cell in below)
    return width >= 4 or (named and _kind(cells[1]) in ("number", "date"))


# merged cells


def _fill(rows: list[tuple[int, list[Any]]], merged: Sequence[Range]) -> list[str]:
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


# names of columns


def _header(
    rows: list[tuple[int, list[Any]]], width: int
) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """Return the names of the columns and the rows of data below them."""
    if not rows:
        return [], []
    first = rows[0][1]
    below = [cells for _, cells in rows[1:_SAMPLE]]
    if len(below) >= 2 and _is_group_header(first, below):
        return _combined(first, below[0]), rows[2:]
    if not _names_columns(first, below):
        return [""] * max(width, _extent(first)), rows
    names = [_name(cell) for cell in first[: _extent(first)]]
    if _has_row_names(below, len(names)):
        names = ["", *names]
    return names, rows[1:]


def _has_row_names(below: Sequence[Sequence[Any]], names: int) -> bool:
    """Whether each row has a name before the named cells, as R writes it.

    Numbers such as 1,234 without quotes make a cell too many, too: then the last has three digits.
    """
    if len(below) < 2 or {_extent(cells) for cells in below} != {names + 1}:
        return False
    first = [str(cells[0]) for cells in below]
    cut = all(re.fullmatch(r"\d{3}(\.\d+)?", str(cells[names])) for cells in below)
    return len(set(first)) == len(first) and _usual_kind(first) == "text" and not cut


def _name(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if holds(cell) else ""


def _is_group_header(first: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row names groups of columns, such as years, above the names."""
    second = below[0]
    groups = [_name(cell) for cell in first if holds(cell)]
    gaps = len(groups) < _extent(second) or len(set(groups)) < len(groups)
    numbers = any(_kind(c) == "number" for cells in below[1:] for c in cells)
    names = [_kind(cell) == "text" for cell in second if holds(cell)]
    texts = [_kind(cell) == "text" for cell in first if holds(cell)]
    return (
        len(groups) >= 2
        and gaps
        and numbers
        and all(names)
        and len(names) > len(set(groups))
        and len(names) >= _extent(second) - 1
        and (not all(texts) or _kind(first[0]) is None or len(set(groups)) < len(groups))
    )


def _combined(first: Sequence[Any], second: Sequence[Any]) -> list[str]:
    names, group = [], ""
    for place in range(_extent(second)):
        group = _name(first[place]) if place < len(first) and holds(first[place]) else group
        own = _name(second[place])
        names.append(own if not group or group == own else f"{group} {own}".strip())
    return names


def _names_columns(first: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row holds names: the kinds of its cells differ from those below."""
    kinds = [_kind(cell) for cell in first]
    if "text" not in kinds:
        return False
    if not below:
        return True
    names = data = 0
    recurs = False
    for place, cell in enumerate(first):
        column = [cells[place] for cells in below if place < len(cells) and holds(cells[place])]
        usual = _usual_kind(column)
        if kinds[place] is None or usual is None:
            continue
        if usual == "text":
            recurs = recurs or (kinds[place] == "text" and cell in column)
        elif kinds[place] == usual:
            data += 1
        else:
            names += 1
    if data and not names and _is_series([c for c in first if _kind(c) == "number"]):
        return not recurs
    return names > data or (names == data and not data and not recurs)


def _is_series(cells: Sequence[Any]) -> bool:
    """Whether numbers are names such as years: at least two, growing in equal steps."""
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return False
    steps = {b - a for a, b in pairwise(numbers)}
    return len(numbers) >= 2 and len(steps) == 1 and steps.pop() in (1.0, 5.0, 10.0)


def _usual_kind(cells: Sequence[Any]) -> str | None:
    """Return the kind of nearly all cells, ``text`` if there is none, None without cells."""
    kinds = [kind for cell in cells if (kind := _kind(cell)) is not None]
    for kind in ("number", "date"):
        if kinds and kinds.count(kind) >= _USUALLY * len(kinds):
            return kind
    return "text" if kinds else None


def _kind(cell: Any) -> str | None:
    """Return ``number``, ``date`` or ``text``, and None for a missing value."""
    if isinstance(cell, int | float):
        return "number"
    if isinstance(cell, date):
        return "date"
    text = str(cell).strip() if cell is not None else ""
    if text.lower() in _MISSING:
        return None
    if len(text) <= _LONGEST:
        if is_number(text):
            return "number"
        if is_date(text):
            return "date"
    return "text"


# totals


def _without_totals(
    rows: list[tuple[int, list[Any]]], width: int
) -> tuple[list[tuple[int, list[Any]]], list[tuple[int, list[Any]]]]:
    """Return the rows without those of totals and without remarks below the table, and these."""
    usual = _usually_filled([r for r in rows if not any(map(_TOTAL.match, _labels(r[1])))])
    kept = list(rows)
    left_out: list[tuple[int, list[Any]]] = []
    while len(kept) > 1 and len(usual) >= 3 and _is_remark(kept[-1][1]):
        left_out.insert(0, kept.pop())
    totals = [row for row in kept if _is_total(row[1], usual)]
    if kept and kept[-1] not in totals and _sums(kept, width):
        totals.append(kept[-1])
    if not 0 < len(totals) <= max(1, _MOST_TOTALS * len(kept)) or len(kept) <= len(totals):
        totals = []
    gone = {number for number, _ in totals}
    return [row for row in kept if row[0] not in gone], [*totals, *left_out]


def _usually_filled(rows: Sequence[tuple[int, list[Any]]]) -> set[int]:
    counts = Counter(p for _, cells in rows for p, cell in enumerate(cells) if holds(cell))
    return {place for place, count in counts.items() if count >= _FILLED * len(rows)}


def _is_remark(cells: Sequence[Any]) -> bool:
    filled = [place for place, cell in enumerate(cells) if holds(cell)]
    return filled == [0] and isinstance(cells[0], str) and not is_number(cells[0][:_LONGEST])


def _labels(cells: Sequence[Any]) -> Iterable[str]:
    return [cell.strip() for cell in cells if isinstance(cell, str) and holds(cell)][:2]


def _is_total(cells: Sequence[Any], usual: set[int]) -> bool:
    """Whether a row is called a total and has no cell where other rows have one."""
    lacking = any(place >= len(cells) or not holds(cells[place]) for place in usual)
    return lacking and any(map(_TOTAL.match, _labels(cells)))


def _sums(rows: Sequence[tuple[int, list[Any]]], width: int) -> bool:
    """Whether the last row has the sums of at least one column and a label or none."""
    if len(rows) < 3:
        return False
    last = rows[-1][1]
    labelled = any(map(_TOTAL.match, _labels(last))) or not holds(last[0])
    if not labelled:
        return False
    checks = [s for place in range(min(width, len(last))) if (s := _sum_check(rows, place))]
    return bool(checks) and "no" not in checks


def _sum_check(rows: Sequence[tuple[int, list[Any]]], place: int) -> str | None:
    """Return whether the last cell of a column is the sum of the others; None if it has none."""
    cells = [cells[place] for _, cells in rows if place < len(cells) and holds(cells[place])]
    values = list(_values(cells))
    if len(values) < 3 or len(values) != len(cells) or not holds(_at(rows[-1][1], place)):
        return None
    total = sum(values[:-1])
    return "yes" if abs(total - values[-1]) <= 0.005 * abs(total) + 1e-9 else "no"


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _values(cells: Sequence[Any]) -> Iterator[float]:
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    found = find_format(texts) if texts else None
    for cell in cells:
        if isinstance(cell, int | float):
            yield cell
        elif isinstance(cell, str) and isinstance(found, NumberFormat):
            value = found.value(cell.strip())
            if value is not None:
                yield value
