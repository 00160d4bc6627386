"""Values from a database as text, as a table's HTML and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["csv_text", "html_table", "show"]


def show(value: Any) -> str:
    """A cell as people read it: NULL, a float without its rounding noise, the size of a blob."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"blob, {len(value):,} bytes"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def html_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    caption: str,
    marks: Mapping[int, tuple[str, str]] | None = None,
) -> str:
    """A ``<table>`` whose every cell is escaped; ``caption`` is for screen readers.

    With ``marks``, a column before the others holds for some rows (by place, from 0) a sign, and
    the word that a screen reader says for it.
    """
    head = "" if marks is None else '<td class="t2s-mark"></td>'
    head += "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(_row(row, place, marks) for place, row in enumerate(rows))
    return (
        f'<table class="t2s-rows"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(row: Sequence[Any], place: int, marks: Mapping[int, tuple[str, str]] | None) -> str:
    cells = "".join(map(_cell, row))
    if marks is None:
        return f"<tr>{cells}</tr>"
    if place not in marks:
        return f'<tr><td class="t2s-mark"></td>{cells}</tr>'
    sign, word = map(escape, marks[place])
    mark = f'<td class="t2s-mark"><span role="img" aria-label="{word}">{sign}</span></td>'
    return f'<tr class="t2s-differs">{mark}{cells}</tr>'


def _cell(value: Any) -> str:
    kind = "t2s-null" if value is None else "t2s-number" if isinstance(value, int | float) else ""
    return f"<td{f' class={kind!r}' if kind else ''}>{escape(show(value))}</td>"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """RFC 4180 text with a header; NULL is an empty field, a blob is hexadecimal."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([v.hex() if isinstance(v, bytes) else v for v in row] for row in rows)
    return file.getvalue()
