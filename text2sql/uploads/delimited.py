"""The lines of CSV and TSV files, with detected separators and repaired quotes."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Sequence
from itertools import islice
from typing import Literal

from text2sql.errors import UploadError

__all__ = ["Lines", "find_separator", "read_lines"]

_SEPARATORS = ",;\t|"
_SAMPLED_LINES = 50
_LONGEST_CELL = 1_000_000
_MOST_MENDED = 100  # lines of one file
_FEWEST_SWALLOWED = 2  # fewest lines in a cell that look like rows after an unclosed quote
_FEWEST_OF_TEXTS = 5  # where rows hold no numbers
_MOSTLY = 0.8
_NUMBERED = re.compile(r"\s*[-+(]?[$€£]?\d")


class Lines:
    """The rows of a text, as lists of cells; iterate once. ``mended`` counts lines as it goes."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = list(io.StringIO(text, newline=""))
        self.separator = self._named_separator() or find_separator(self._lines)
        sample = self._single_rows(self._lines[:_SAMPLED_LINES])
        self._width = _most_frequent(Counter(map(len, sample)))[0]
        shapes = Counter(map(_shape, (row for row in sample if len(row) == self._width)))
        self._shape = max(shapes, key=shapes.__getitem__, default=())
        self.mended: list[int] = []

    def _named_separator(self) -> str | None:
        """Take off a first line ``sep=;``, which spreadsheets write."""
        first = self._lines[0].strip().lower() if self._lines else ""
        if not (first.startswith("sep=") and len(first) == 5):
            return None
        self._lines[0] = "\n"
        return first[4]

    def __iter__(self) -> Generator[list[str]]:
        csv.field_size_limit(_LONGEST_CELL)
        place = 0
        while place < len(self._lines):
            broken = yield from self._until_broken(place)
            if broken is None:
                return
            self.mended.append(broken + 1)
            if len(self.mended) > _MOST_MENDED:
                raise UploadError(
                    f"{self.name!r} has many quotation marks that are never closed, the first in "
                    f"line {self.mended[0]:,}; check its quotation marks."
                )
            yield self._mended(broken)
            place = broken + 1

    def _until_broken(self, place: int) -> Generator[list[str], None, int | None]:
        """Yield rows from line ``place`` on; return the line in which a quote is never closed."""
        reader = csv.reader(islice(self._lines, place, None), delimiter=self.separator)
        while True:
            start = place + reader.line_num
            try:
                row = next(reader)
            except StopIteration:
                return None
            except csv.Error as error:
                if not _is_open(self._lines[start : start + 1]):
                    raise self._unreadable(start, error) from error
                return start
            used = self._lines[start : place + reader.line_num]
            ended = place + reader.line_num == len(self._lines)
            if (ended and _ends_inside(row, used)) or self._swallows(used):
                return start
            yield row

    def _swallows(self, lines: Sequence[str]) -> bool:
        """Whether a cell of these lines is many rows after an unclosed quote."""
        if self._width == 1 or len(lines) <= _FEWEST_SWALLOWED:
            return False
        inner = self._single_rows(lines[1:-1])
        alike = sum(_shape(row) == self._shape for row in inner)
        # lines of prose have commas, too, but seldom a number in front of each
        fewest = _FEWEST_SWALLOWED if any(self._shape) else _FEWEST_OF_TEXTS
        return alike >= fewest and alike >= _MOSTLY * len(inner)

    def _single_rows(self, lines: Sequence[str]) -> list[list[str]]:
        """Read lines one by one, so that an open quote ends with its line."""
        return list(filter(None, (_row_of(line, self.separator) for line in lines)))

    def _mended(self, place: int) -> list[str]:
        """Read one line whose last quotation mark, or else every one, is a plain character."""
        line = self._lines[place].rstrip("\r\n")
        last = line.rindex('"')
        readings = [line[:last] + line[last + 1 :], line]
        rows = [self._row(place, text) for text in readings]
        rows.append([c.strip('"') for c in self._row(place, line, quotes=False)])
        return next((row for row in rows if len(row) == self._width), rows[0])

    def _row(self, place: int, line: str, quotes: bool = True) -> list[str]:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
        try:
            return next(csv.reader([line], delimiter=self.separator, quoting=quoting), [])
        except csv.Error as error:
            raise self._unreadable(place, error) from error

    def _unreadable(self, place: int, error: csv.Error) -> UploadError:
        return UploadError(
            f"{self.name!r} cannot be read as CSV near line {place + 1:,} ({error}); "
            "check its quotation marks."
        )


def read_lines(name: str, text: str) -> Lines:
    """Split the text of the file ``name`` into rows.

    Raises:
        UploadError: while iterating, if a cell is too long or too many quotes are not closed.
    """
    return Lines(name, text)


def _ends_inside(row: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether the last row of a file ends in a quoted cell."""
    return row[-1:] != [] and (
        row[-1].endswith(("\n", "\r")) or (len(lines) > 1 and _is_open(lines))
    )


def _is_open(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1


def find_separator(lines: Sequence[str]) -> str:
    """Return the separator that most often splits the first lines into equally many cells."""
    sample = [line for line in lines[:_SAMPLED_LINES] if line.strip()]

    def merit(separator: str) -> tuple[float, int]:
        rows = filter(None, (_row_of(line, separator) for line in sample))
        width, times = _most_frequent(Counter(map(len, rows)))
        return (times / max(1, len(sample)) if width > 1 else 0.0, width)

    return max(_SEPARATORS, key=merit)


def _row_of(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a cell beyond the limit
        return []


def _shape(row: Sequence[str]) -> tuple[bool, ...]:
    """Return which cells begin like numbers or dates."""
    return tuple(bool(_NUMBERED.match(cell)) for cell in row)


def _most_frequent(widths: Counter[int]) -> tuple[int, int]:
    return max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))
