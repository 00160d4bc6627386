"""The rows of a table that are totals or remarks instead of data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from text2sql.uploads.cell_kinds import LONGEST, NumberedRow, holds
from text2sql.uploads.numbers import NumberFormat, find_format, is_number

__all__ = ["without_totals"]

_FILLED = 0.75  # of the rows have a cell in a column that totals may lack
_MOST_TOTALS = 0.4  # of the rows; with more, they are the data
_TOTAL = re.compile(
    r"(?:(?:grand |sub[- ]?)?totals?|sums?|summe|gesamt(?:summe)?|insgesamt|zwischensumme|somme|"
    r"sous-total|total g[ée]n[ée]ral|suma|totale|totaal|итого|всего|合计|合計|总计|總計|小计|小計|"
    r"합계|소계)(?: .{0,40})?\W{0,3}\Z",
    re.IGNORECASE,
)


def without_totals(
    rows: list[NumberedRow], width: int
) -> tuple[list[NumberedRow], list[NumberedRow]]:
    """Return the rows without those of totals and without remarks below the table, and these."""
    usual = _usually_filled([r for r in rows if not any(map(_TOTAL.match, _labels(r[1])))])
    kept = list(rows)
    left_out: list[NumberedRow] = []
    while len(kept) > 1 and len(usual) >= 3 and _is_remark(kept[-1][1]):
        left_out.insert(0, kept.pop())
    totals = [row for row in kept if _is_total(row[1], usual)]
    if kept and kept[-1] not in totals and _sums(kept, width):
        totals.append(kept[-1])
    if not 0 < len(totals) <= max(1, _MOST_TOTALS * len(kept)) or len(kept) <= len(totals):
        totals = []
    gone = {number for number, _ in totals}
    return [row for row in kept if row[0] not in gone], [*totals, *left_out]


def _usually_filled(rows: Sequence[NumberedRow]) -> set[int]:
    counts = Counter(p for _, cells in rows for p, cell in enumerate(cells) if holds(cell))
    return {place for place, count in counts.items() if count >= _FILLED * len(rows)}


def _is_remark(cells: Sequence[Any]) -> bool:
    filled = [place for place, cell in enumerate(cells) if holds(cell)]
    return filled == [0] and isinstance(cells[0], str) and not is_number(cells[0][:LONGEST])


def _labels(cells: Sequence[Any]) -> Iterable[str]:
    return [cell.strip() for cell in cells if isinstance(cell, str) and holds(cell)][:2]


def _is_total(cells: Sequence[Any], usual: set[int]) -> bool:
    """Whether a row is called a total and has no cell where other rows have one."""
    lacking = any(place >= len(cells) or not holds(cells[place]) for place in usual)
    return lacking and any(map(_TOTAL.match, _labels(cells)))


def _sums(rows: Sequence[NumberedRow], width: int) -> bool:
    """Whether the last row has the sums of at least one column and a label or none."""
    if len(rows) < 3:
        return False
    last = rows[-1][1]
    labelled = any(map(_TOTAL.match, _labels(last))) or not holds(last[0])
    if not labelled:
        return False
    checks = [s for place in range(min(width, len(last))) if (s := _sum_check(rows, place))]
    return bool(checks) and "no" not in checks


def _sum_check(rows: Sequence[NumberedRow], place: int) -> str | None:
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
