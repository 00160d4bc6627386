"""Values from a database as text and as a table's HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

__all__ = ["html_table", "rounded", "show"]


def show(value: Any) -> str:
    """Return a cell as readable text: NULL, a float to ten digits, the size of a blob."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"blob, {len(value):,} bytes"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def rounded(value: Any) -> Any:
    """Return ``value``; a float of more than ten digits, such as a quotient, is rounded.

    It gets four decimals; below one, four significant digits.
    """
    if not isinstance(value, float) or not math.isfinite(value) or float(f"{value:.10g}") == value:
        return value
    return round(value, 4) if abs(value) >= 1 else float(f"{value:.4g}")


def html_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    caption: str,
    marks: Mapping[int, tuple[str, str]] | None = None,
) -> Markup:
    """Return a ``<table>`` with escaped cells; ``caption`` is for screen readers.

    ``marks`` maps row positions (from 0) to a sign and its meaning for screen readers; the signs
    go into a first column.
    """
    head = Markup() if marks is None else Markup('<td class="t2s-mark"></td>')
    head += Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in columns)
    body = Markup("").join(_row(row, place, marks) for place, row in enumerate(rows))
    return Markup(
        '<table class="t2s-rows"><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(caption, head, body)


def _row(row: Sequence[Any], place: int, marks: Mapping[int, tuple[str, str]] | None) -> Markup:
    cells = Markup("").join(map(_cell, row))
    if marks is None:
        return Markup("<tr>{}</tr>").format(cells)
    if place not in marks:
        return Markup('<tr><td class="t2s-mark"></td>{}</tr>').format(cells)
    sign, word = marks[place]
    mark = Markup('<td class="t2s-mark"><span role="img" aria-label="{}">{}</span></td>').format(
        word, sign
    )
    return Markup('<tr class="t2s-differs">{}{}</tr>').format(mark, cells)


def _cell(value: Any) -> Markup:
    kind = "t2s-null" if value is None else "t2s-number" if isinstance(value, int | float) else ""
    if not kind:
        return Markup("<td>{}</td>").format(show(value))
    return Markup('<td class="{}">{}</td>').format(kind, show(value))
