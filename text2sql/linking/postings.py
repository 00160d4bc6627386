"""Compact maps from names to cells: about twelve bytes per entry, without Python objects."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from itertools import pairwise
from typing import TypeAlias

__all__ = ["Buffer", "Cells", "NameIndex", "Numbers", "Postings", "WordIndex", "fill"]

Buffer: TypeAlias = "array[int] | array[float] | bytearray"

Cell = tuple[int, str]
"""A column's position in the schema and a text that it holds."""


def _digest(name: str) -> int:
    """A 64-bit digest of ``name``; names whose digests collide are hard to construct."""
    raw = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "little")


class Cells:
    """Texts of cells, one after the other in one buffer."""

    def __init__(self) -> None:
        self.columns = array("I")
        self._ends = array("Q")
        self._text = bytearray()

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, place: int) -> Cell:
        start = self._ends[place - 1] if place else 0
        raw = self._text[start : self._ends[place]]
        return self.columns[place], raw.decode("utf-8", "replace")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cells) and list(self) == list(other)

    def __iter__(self) -> Iterator[Cell]:
        return map(self.__getitem__, range(len(self)))

    def add(self, column: int, text: str) -> int:
        """Add a cell and return its position."""
        self._text += text.encode("utf-8", "replace")
        self._ends.append(len(self._text))
        self.columns.append(column)
        return len(self.columns) - 1

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self._text) + _size(self._ends) + _size(self.columns)

    @property
    def intact(self) -> bool:
        """Whether every position is inside the buffers, as long as nobody changed the file."""
        ends = [0, *self._ends]
        return len(self.columns) == len(self._ends) and all(
            start <= end <= len(self._text) for start, end in pairwise(ends)
        )

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers to save; a new instance reads them back."""
        return [self.columns, self._ends, self._text]


class Postings:
    """Positions of cells by digest, in the order in which they were added."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._places = array("I")
        self._sorted = True

    def add(self, digest: int, place: int) -> None:
        self._sorted = self._sorted and (not self._digests or self._digests[-1] <= digest)
        self._digests.append(digest)
        self._places.append(place)

    def find(self, digest: int) -> array[int]:
        self.sort()
        start = bisect_left(self._digests, digest)
        return self._places[start : bisect_right(self._digests, digest, start)]

    def sort(self) -> None:
        """Sort now instead of at the first lookup, for use by several threads."""
        if self._sorted:
            return
        order = sorted(range(len(self._digests)), key=self._digests.__getitem__)
        self._places = array("I", map(self._places.__getitem__, order))
        self._digests = array("Q", map(self._digests.__getitem__, order))
        self._sorted = True

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        """Iterate over positions in the order of the cells."""
        return iter(sorted(self._places))

    @property
    def size(self) -> int:
        return _size(self._digests) + _size(self._places)

    def is_intact(self, cells: int) -> bool:
        """As ``Cells.intact``; ``cells`` is the number of cells."""
        return len(self._places) == len(self._digests) and max(self._places, default=-1) < cells

    @property
    def buffers(self) -> list[Buffer]:
        return [self._digests, self._places]


class NameIndex(Mapping[str, dict[int, str]]):
    """A map from a name to the columns with a cell of that name, each with the cell's first text.

    ``name_of`` returns the name of a text.
    """

    def __init__(self, cells: Cells, name_of: Callable[[str], str]) -> None:
        self._cells = cells
        self._name_of = name_of
        self.postings = Postings()

    def add(self, name: str, place: int) -> None:
        """Index the cell at ``place`` by ``name``."""
        self.postings.add(_digest(name), place)

    def __getitem__(self, name: str) -> dict[int, str]:
        found: dict[int, str] = {}
        for place in self.postings.find(_digest(name)):
            found.setdefault(*self._cells[place])
        if not found:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._name_of(self._cells[p][1]) for p in self.postings))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class WordIndex:
    """The cells that contain a word."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.postings = Postings()

    def add(self, word: str, place: int) -> None:
        """Index the cell at ``place`` by ``word``."""
        self.postings.add(_digest(word), place)

    def find(self, word: str) -> set[Cell]:
        """Return the cells that contain ``word``."""
        return {self._cells[place] for place in self.postings.find(_digest(word))}


class Numbers(Mapping["int | float", set[int]]):
    """The columns that hold a number, as ``number_of`` reads it (a double)."""

    def __init__(self) -> None:
        self.columns = array("I")
        self._values = array("d")
        self._order = array("I")

    def add(self, number: float, column: int) -> None:
        self._values.append(float(number))
        self.columns.append(column)

    def sort(self) -> None:
        """As ``Postings.sort``."""
        if len(self._order) != len(self._values):
            self._order = array("I", sorted(range(len(self._values)), key=self._values.__getitem__))

    def __getitem__(self, number: float) -> set[int]:
        self.sort()
        try:
            value = float(number)
        except OverflowError:
            raise KeyError(number) from None
        start = bisect_left(self._order, value, key=self._values.__getitem__)
        end = bisect_right(self._order, value, start, key=self._values.__getitem__)
        if start == end:
            raise KeyError(number)
        return {self.columns[place] for place in self._order[start:end]}

    def __iter__(self) -> Iterator[int | float]:
        distinct = dict.fromkeys(self._values)
        return iter([int(value) if value.is_integer() else value for value in distinct])

    def __len__(self) -> int:
        return len(set(self._values))

    @property
    def size(self) -> int:
        """The size in bytes."""
        return _size(self._values) + _size(self.columns) + _size(self._order)

    @property
    def intact(self) -> bool:
        """As ``Cells.intact``."""
        lengths = {len(self._values), len(self.columns), len(self._order)}
        return len(lengths) == 1 and max(self._order, default=-1) < len(self._values)

    @property
    def buffers(self) -> list[Buffer]:
        """As ``Cells.buffers``."""
        return [self._values, self.columns, self._order]


def fill(buffer: Buffer, raw: bytes) -> None:
    """Fill an empty buffer with the bytes that were saved of another one."""
    if isinstance(buffer, bytearray):
        buffer[:] = raw
    else:
        buffer.frombytes(raw)


def _size(numbers: array[int] | array[float]) -> int:
    return numbers.itemsize * len(numbers)
