"""Tables, colors, JSON and errors for a terminal, without control characters from databases."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import accumulate
from typing import Any, ParamSpec, TextIO

from text2sql.errors import Text2SQLError

__all__ = ["bold", "dim", "format_table", "print_json", "reports_errors"]

_GAP = "  "
_NARROWEST = 8
_Arguments = ParamSpec("_Arguments")


def reports_errors(main: Callable[_Arguments, int]) -> Callable[_Arguments, int]:
    """Make ``main`` print this package's errors as one line on stderr and then return 2."""

    @wraps(main)
    def status(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> int:
        try:
            return main(*args, **kwargs)
        except Text2SQLError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2

    return status


def bold(text: str, stream: TextIO | None = None) -> str:
    """``text`` in bold if the stream (default: standard output) is a terminal."""
    return _styled(text, 1, stream)


def dim(text: str, stream: TextIO | None = None) -> str:
    """``text`` in a faint color if the stream (default: standard output) is a terminal."""
    return _styled(text, 2, stream)


def _styled(text: str, code: int, stream: TextIO | None) -> str:
    stream = stream or sys.stdout
    plain = not stream.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{code}m{text}\x1b[0m"


def print_json(value: Any) -> None:
    """Print ``value`` as JSON, in ASCII unless the output is UTF-8."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not utf8, allow_nan=False))


def format_table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None = None
) -> str:
    """Format rows as a table no wider than ``width`` (default: the terminal's).

    Long cells are cut with an ellipsis. The header says how many columns did not fit. Numbers are
    right-aligned.
    """
    width = width or shutil.get_terminal_size((100, 24)).columns
    heads = [_text(column) for column in columns]
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(map(_columns_wide, column)) for column in zip(heads, *cells, strict=True)]
    shown = _how_many_fit(widths, width)
    more = f"{_GAP}(+{len(columns) - shown:,} columns)" if shown < len(columns) else ""
    widths = _fit(widths[:shown], width - len(more) - len(_GAP) * (shown - 1))
    right = [
        bool(rows) and all(isinstance(row[n], int | float | None) for row in rows)
        for n in range(shown)
    ]
    lines = [bold(_line(heads, widths, right) + more), _GAP.join("-" * w for w in widths)]
    lines += [_line(row, widths, right) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def _how_many_fit(widths: Sequence[int], available: int) -> int:
    """The number of columns that fit at their minimum width, at least one."""
    ends = list(accumulate(min(w, _NARROWEST) + len(_GAP) for w in widths))
    if ends and ends[-1] - len(_GAP) <= available:
        return len(ends)
    note = len(f"(+{len(widths):,} columns)")
    return max(1, sum(end + note <= available for end in ends))


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return _GAP.join(map(_padded, cells, widths, right))  # columns without a width are left out


def _padded(text: str, width: int, right: bool) -> str:
    if _columns_wide(text) > width:
        while text and _columns_wide(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - _columns_wide(text))
    return space + text if right else text + space


def _fit(widths: list[int], available: int) -> list[int]:
    """Shrink the widest columns until all fit, none below ``_NARROWEST``."""
    while sum(widths) > available:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            break
        next_widest = max((w for w in widths if w < widths[widest]), default=_NARROWEST)
        excess = sum(widths) - available
        floor = max(_NARROWEST, next_widest, widths[widest] - excess)
        widths[widest] = floor if floor < widths[widest] else widths[widest] - 1
    return widths


def _text(value: Any) -> str:
    """A cell on one line, without control characters."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    text = " ".join(str(value)[:1000].splitlines()).replace("\t", " ")
    return "".join(c if unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)


def _columns_wide(text: str) -> int:
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
