"""Values from a database as text, as a table's HTML and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
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


def html_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], caption: str) -> str:
    """A ``<table>`` whose every cell is escaped; ``caption`` is for screen readers."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<table class="t2s-rows"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


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
