"""The names of the columns, found in the first rows of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from text2sql.uploads.cell_kinds import NumberedRow, extent, holds, kind_of, usual_kind

__all__ = ["SAMPLE", "find_names"]

SAMPLE = 60  # rows from which the shape of a table is judged


def find_names(rows: list[NumberedRow], width: int) -> tuple[list[str], list[NumberedRow]]:
    """Return the names of the columns and the rows of data below them."""
    if not rows:
        return [], []
    first = rows[0][1]
    below = [cells for _, cells in rows[1:SAMPLE]]
    if len(below) >= 2 and _is_group_header(first, below):
        return _combined(first, below[0]), rows[2:]
    if not _names_columns(first, below):
        return [""] * max(width, extent(first)), rows
    names = [_name(cell) for cell in first[: extent(first)]]
    if _has_row_names(below, len(names)):
        names = ["", *names]
    return names, rows[1:]


def _has_row_names(below: Sequence[Sequence[Any]], names: int) -> bool:
    """Whether each row has a name before the named cells, as R writes it.

    Numbers such as 1,234 without quotes make a cell too many, too: then the last has three digits.
    """
    if len(below) < 2 or {extent(cells) for cells in below} != {names + 1}:
        return False
    first = [str(cells[0]) for cells in below]
    cut = all(re.fullmatch(r"\d{3}(\.\d+)?", str(cells[names])) for cells in below)
    return len(set(first)) == len(first) and usual_kind(first) == "text" and not cut


def _name(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if holds(cell) else ""


def _is_group_header(first: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row names groups of columns, such as years, above the names."""
    second = below[0]
    groups = [_name(cell) for cell in first if holds(cell)]
    gaps = len(groups) < extent(second) or len(set(groups)) < len(groups)
    numbers = any(kind_of(c) == "number" for cells in below[1:] for c in cells)
    names = [kind_of(cell) == "text" for cell in second if holds(cell)]
    texts = [kind_of(cell) == "text" for cell in first if holds(cell)]
    return (
        len(groups) >= 2
        and gaps
        and numbers
        and all(names)
        and len(names) > len(set(groups))
        and len(names) >= extent(second) - 1
        and (not all(texts) or kind_of(first[0]) is None or len(set(groups)) < len(groups))
    )


def _combined(first: Sequence[Any], second: Sequence[Any]) -> list[str]:
    names, group = [], ""
    for place in range(extent(second)):
        group = _name(first[place]) if place < len(first) and holds(first[place]) else group
        own = _name(second[place])
        names.append(own if not group or group == own else f"{group} {own}".strip())
    return names


def _names_columns(first: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row holds names: the kinds of its cells differ from those below."""
    kinds = [kind_of(cell) for cell in first]
    if "text" not in kinds:
        return False
    if not below:
        return True
    names = data = 0
    recurs = False
    for place, cell in enumerate(first):
        column = [cells[place] for cells in below if place < len(cells) and holds(cells[place])]
        usual = usual_kind(column)
        if kinds[place] is None or usual is None:
            continue
        if usual == "text":
            recurs = recurs or (kinds[place] == "text" and cell in column)
        elif kinds[place] == usual:
            data += 1
        else:
            names += 1
    if data and not names and _is_series([c for c in first if kind_of(c) == "number"]):
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
