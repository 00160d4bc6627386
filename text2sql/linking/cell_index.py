"""An index of a database's cells by the words that a question may use for them."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.linking.cell_reader import CellReader, texts_of
from text2sql.linking.dates import is_iso_date
from text2sql.linking.postings import Buffer, Cells, NameIndex, Numbers, Postings, WordIndex, fill
from text2sql.linking.words import STOP_WORDS, normal_form, number_of, stem, words_of

__all__ = ["PREFIX", "CellIndex", "cell_index"]

#: The number of initial letters that make a word related to a cell of a small column.
PREFIX = 4
_MOST_CHOICES = 6
_MEASURE = re.compile(r"-?\d+(?:\.\d+)?\s?[a-zA-Z%°]{0,4}")
_MAX_CELL_LENGTH = 80
_LONGEST_CELL = 10  # words
_LONGEST_STEMMED = 4
_MOST_CELLS = 200  # that are indexed by one word
_INDEX_S = 20.0  # to index a database before its first question; usually less than one
_KEPT_BYTES = 128_000_000


def _stems(text: str) -> str:
    return " ".join(map(stem, words_of(text)))


@dataclass
class CellIndex:
    """The cells of one database by normal form, stems, words and number.

    ``codes`` are the cells of columns that hold only a few short codes (F and M, yes and no),
    ``names`` the stems of the columns' names, ``dates`` the columns of dates YYYY-MM-DD, and
    ``nulls`` those in which a value is missing.
    """

    cells: Cells = field(default_factory=Cells)
    numbers: Numbers = field(default_factory=Numbers)
    codes: list[tuple[int, str]] = field(default_factory=list)
    names: dict[int, frozenset[str]] = field(default_factory=dict)
    dates: set[int] = field(default_factory=set)
    nulls: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.exact = NameIndex(self.cells, normal_form)
        self.stems = NameIndex(self.cells, _stems)
        self.words = WordIndex(self.cells)
        self.prefixes = WordIndex(self.cells)

    @property
    def _postings(self) -> list[Postings]:
        return [i.postings for i in (self.exact, self.stems, self.words, self.prefixes)]

    @cached_property
    def with_numbers(self) -> frozenset[int]:
        """The columns with at least one number."""
        return frozenset(self.numbers.columns)

    @cached_property
    def number_counts(self) -> Counter[int]:
        """The number of distinct numbers of each column."""
        return Counter(self.numbers.columns)

    @cached_property
    def counts(self) -> Counter[int]:
        """The number of distinct indexed cells of each column."""
        return Counter(self.cells.columns)

    @cached_property
    def numeric_texts(self) -> frozenset[int]:
        """Text columns whose texts are numbers of different lengths, possibly with a unit.

        Texts of one length sort correctly as texts. A column in which any cell is not a number
        (``n/a``) is left out, because that cell would count as zero.
        """
        seen: Counter[int] = Counter()
        numbers: Counter[int] = Counter()
        lengths: dict[int, set[int]] = {}
        for column, text in self.cells:
            seen[column] += 1
            numbers[column] += _MEASURE.fullmatch(text.strip()) is not None
            if len(known := lengths.setdefault(column, set())) < 2:
                known.add(len(text))
        return frozenset(
            column
            for column, count in seen.items()
            if numbers[column] == count and len(lengths[column]) > 1
        )

    @cached_property
    def choices(self) -> dict[int, list[str]]:
        """The distinct cells of each column that has only a few."""
        few = {column for column, count in self.counts.items() if 2 <= count <= _MOST_CHOICES}
        found: dict[int, list[str]] = {}
        for place, column in enumerate(self.cells.columns):
            if column in few:
                found.setdefault(column, []).append(self.cells[place][1])
        return found

    @property
    def size(self) -> int:
        """The approximate memory in bytes."""
        buffers = self.cells.size + self.numbers.size + sum(p.size for p in self._postings)
        return buffers + 200 * (
            len(self.codes) + 2 * len(self.names) + len(self.dates) + len(self.nulls)
        )

    @classmethod
    def read(cls, database: Database, timeout_s: float = math.inf) -> CellIndex:
        """Index the cells of ``database``; bounded for tables and columns of any size.

        Columns that are not reached within ``timeout_s`` are left out.
        """
        index = cls()
        if database.path is None:
            return index
        reader, holders = CellReader(database, timeout_s), Counter[str]()
        column = 0
        for table in database.schema.tables:
            for entry in table.columns:
                index._add_column(column, reader.cells(table.name, entry.name), holders)
                words = set(entry.natural.lower().split()) - STOP_WORDS
                index.names[column] = frozenset(map(stem, words))
                column += 1
        index._sort()
        return index

    def _sort(self) -> None:
        self.numbers.sort()
        for postings in self._postings:
            postings.sort()

    def _add_column(self, column: int, cells: Sequence[object], holders: Counter[str]) -> None:
        if None in cells:
            self.nulls.add(column)
            cells = [cell for cell in cells if cell is not None]
        texts = texts_of(cells)
        if (
            2 <= len(cells) <= 5
            and len(texts) == len(cells)
            and all(_is_code(text.strip()) for text in texts)
        ):
            self.codes += [(column, text) for text in texts]
        if texts and 2 * sum(map(is_iso_date, texts)) > len(cells):
            self.dates.add(column)
        for number in dict.fromkeys(map(_as_number, cells)):
            if number is not None:
                self.numbers.add(number, column)
        known = _Known(holders=holders)
        for text in dict.fromkeys(texts):
            if len(text) <= _MAX_CELL_LENGTH:
                self._add_text(column, text, len(cells) <= 50, known)

    def add_text(self, column: int, text: str) -> None:
        """Index one cell."""
        known = _Known(
            {name for name, columns in self.exact.items() if column in columns},
            {name for name, columns in self.stems.items() if column in columns},
            Counter({word: len(self.words.find(word)) for word in words_of(text)}),
        )
        self._add_text(column, text, False, known)
        self._sort()

    def _add_text(self, column: int, text: str, few: bool, known: _Known) -> None:
        """Index a cell; in a column with ``few`` distinct cells, also by related words."""
        words = words_of(text)
        if not words or len(words) > _LONGEST_CELL:
            return
        form = " ".join(words)
        stems = " ".join(map(stem, words)) if len(words) <= _LONGEST_STEMMED else None
        wanted = [word for word in dict.fromkeys(words) if known.takes(word, len(words))]
        relative = few and len(words) == 1 and len(words[0]) >= PREFIX
        new_form = form not in known.forms
        new_stems = stems is not None and stems not in known.stems
        if not (new_form or new_stems or wanted or relative):
            return
        place = self.cells.add(column, text)
        if new_form:
            known.forms.add(form)
            self.exact.add(form, place)
        if stems is not None and new_stems:
            known.stems.add(stems)
            self.stems.add(stems, place)
        if relative:
            self.prefixes.add(words[0][:PREFIX], place)
        for word in wanted:
            known.holders[word] += 1
            self.words.add(word, place)

    # files

    def save(self, path: Path) -> None:
        """Write the index to a file that ``load`` reads."""
        head = {
            "codes": self.codes,
            "names": [[column, sorted(stems)] for column, stems in self.names.items()],
            "dates": sorted(self.dates),
            "nulls": sorted(self.nulls),
            "lengths": [len(memoryview(b).cast("B")) for b in self._buffers],
        }
        with path.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            for buffer in self._buffers:
                file.write(memoryview(buffer).cast("B"))

    @classmethod
    def load(cls, path: Path) -> CellIndex:
        """Read a file that ``save`` wrote.

        Raises:
            ValueError: the file is not an index, or is incomplete.
            OSError: the file does not exist or cannot be read.
        """
        with path.open("rb") as file:
            head = json.loads(file.readline())
            index = cls(
                codes=[(column, text) for column, text in head["codes"]],
                names={column: frozenset(stems) for column, stems in head["names"]},
                dates=set(head["dates"]),
                nulls=set(head["nulls"]),
            )
            for buffer, length in zip(index._buffers, head["lengths"], strict=True):
                raw = file.read(length)
                if len(raw) != length:
                    raise ValueError("The index ends early.")
                fill(buffer, raw)
        index._check()
        return index

    @property
    def _buffers(self) -> list[Buffer]:
        postings = [buffer for p in self._postings for buffer in p.buffers]
        return [*self.cells.buffers, *self.numbers.buffers, *postings]

    def _check(self) -> None:
        """Check all positions, so that a lookup in a damaged file stays inside the buffers."""
        intact = all(postings.is_intact(len(self.cells)) for postings in self._postings)
        if not (intact and self.cells.intact and self.numbers.intact):
            raise ValueError("The index is damaged.")


@dataclass
class _Known:
    """The state of indexing: a column's cells, and the number of cells by word (``holders``)."""

    forms: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    holders: Counter[str] = field(default_factory=Counter)

    def takes(self, word: str, words: int) -> bool:
        """Whether a cell of so many ``words`` is indexed by this one of them."""
        specific = 2 <= words <= 6 and len(word) > 2 and word not in STOP_WORDS
        return specific and self.holders[word] < _MOST_CELLS


def _is_code(text: str) -> bool:
    return len(text) <= 3 and number_of(text) is None


def _as_number(cell: object) -> int | float | None:
    if isinstance(cell, bool | int | float):
        return number_of(str(cell))
    return number_of(cell) if isinstance(cell, str) and len(cell) < 20 else None


_CACHE: ByteCache[tuple[Path, int], CellIndex] = ByteCache(_KEPT_BYTES, lambda index: index.size)


def cell_index(database: Database) -> CellIndex:
    """The index of ``database``, cached until its file changes, and read from disk if it was saved.

    ``text2sql.byte_cache.forget(database.path)`` removes it from the cache.
    """
    path = database.path
    if path is None:
        return CellIndex()
    key = (path, path.stat().st_mtime_ns)
    return _CACHE.get(key, lambda: _load_or_read(database), owner=path)


def _load_or_read(database: Database) -> CellIndex:
    if database.index is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return CellIndex.load(database.index)
    return CellIndex.read(database, _INDEX_S)
