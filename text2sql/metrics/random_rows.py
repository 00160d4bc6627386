"""Random rows for a small database: valid keys, and values that a wrong query trips over."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from text2sql.schema import ColumnPosition

__all__ = [
    "STYLES",
    "CellValue",
    "ColumnShape",
    "Hints",
    "Rows",
    "Style",
    "TableShape",
    "draw_rows",
]

CellValue = str | int | float | bytes | None
Rows = list[list[CellValue]]


@dataclass(frozen=True)
class ColumnShape:
    """A column and values that it holds in the original; a ``required`` one is never NULL."""

    name: str
    type: str
    declared: str
    required: bool
    own: tuple[CellValue, ...]


@dataclass(frozen=True)
class TableShape:
    """``keys`` are groups of columns, by position, whose values must be unique together."""

    name: str
    columns: tuple[ColumnShape, ...]
    keys: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Style:
    """How rows are drawn: about ``rows`` per table, from ``pool`` different values per column.

    ``literals`` is the share of values taken from the query's literals, ``nulls`` the share of
    NULLs, ``skew`` how unevenly child rows spread over parents, ``empty`` the share of empty
    tables.
    """

    rows: int
    pool: int
    literals: float = 0.4
    nulls: float = 0.0
    skew: float = 1.0
    empty: float = 0.0


@dataclass(frozen=True)
class Hints:
    """What a query asks for: literals by column, and how often a value should occur."""

    literals: Mapping[ColumnPosition, Sequence[CellValue]] = field(default_factory=dict)
    group_sizes: Mapping[ColumnPosition, Sequence[int]] = field(default_factory=dict)


STYLES = (
    Style(rows=12, pool=8),
    Style(rows=8, pool=3, literals=0.6),
    Style(rows=10, pool=100, literals=0.2),
    Style(rows=16, pool=6, nulls=0.2),
    Style(rows=20, pool=12, literals=0.5, skew=2.0),
    Style(rows=4, pool=4, literals=0.5),
    Style(rows=8, pool=5, empty=0.2),
    Style(rows=30, pool=20, literals=0.3),
)
"""Used in turn; together they reveal most mistakes."""


def draw_rows(
    tables: Sequence[TableShape],
    parents: Mapping[ColumnPosition, ColumnPosition],
    style: Style,
    hints: Hints,
    seed: str,
) -> list[Rows]:
    """Draw the rows of every table; ``parents`` maps each foreign key column to its target.

    Primary keys are unique, and every foreign key refers to an existing row.
    """
    return _RowDrawing(tables, parents, style, hints, seed).rows()


class _RowDrawing:
    def __init__(
        self,
        tables: Sequence[TableShape],
        parents: Mapping[ColumnPosition, ColumnPosition],
        style: Style,
        hints: Hints,
        seed: str,
    ) -> None:
        self.tables = tables
        self.parents = parents
        self.style = style
        self.hints = hints
        self.random = random.Random(seed)
        self.counts = [self._count(number) for number in range(len(tables))]
        self.columns: dict[ColumnPosition, list[CellValue]] = {}
        self.busy: set[ColumnPosition] = set()

    def _count(self, number: int) -> int:
        if self.random.random() < self.style.empty:
            return 0
        drawn = max(1, round(self.style.rows * self.random.uniform(0.6, 1.4)))
        places = ((number, i) for i in range(len(self.tables[number].columns)))
        return max(drawn, *(sum(self._group_sizes(place)) for place in places))

    def _group_sizes(self, place: ColumnPosition) -> Sequence[int]:
        """How often each of a column's first values should occur, if the query counts it."""
        if self._is_key(place):
            return ()
        sizes, parent = self.hints.group_sizes, self.parents.get(place)
        return sizes.get(place) or (sizes.get(parent, ()) if parent is not None else ())

    def rows(self) -> list[Rows]:
        drawn = []
        for number, table in enumerate(self.tables):
            columns = [self.column((number, i)) for i in range(len(table.columns))]
            rows = [list(row) for row in zip(*columns, strict=True)]
            drawn.append(list(_acceptable(rows, table)))
        while self._drop_orphans(drawn):
            pass
        return drawn

    def column(self, place: ColumnPosition) -> list[CellValue]:
        """A column's values; the column that it refers to is drawn first."""
        if place in self.columns:
            return self.columns[place]
        parent = self.parents.get(place)
        self.busy.add(place)
        if parent is None or parent in self.busy:  # a cycle of keys is broken here
            values = self._unique(place) if self._is_key(place) else self._free(place)
        else:
            values = self._referring(place, self.column(parent))
        self.busy.discard(place)
        self.columns[place] = values
        return values

    def _is_key(self, place: ColumnPosition) -> bool:
        return (place[1],) in self.tables[place[0]].keys

    def _shape(self, place: ColumnPosition) -> ColumnShape:
        return self.tables[place[0]].columns[place[1]]

    def _literals(self, place: ColumnPosition) -> list[CellValue]:
        """The literals for a column and those that refer to it, in its values' type."""
        own = self._shape(place).own
        children = [child for child, parent in self.parents.items() if parent == place]
        found = [v for p in (place, *children) for v in self.hints.literals.get(p, ())]
        return [_fitting(value, own) for value in found]

    def _unique(self, place: ColumnPosition) -> list[CellValue]:
        """As many different values as the table has rows, with gaps between them."""
        size, own = self.counts[place[0]], self._shape(place).own
        chosen = [v for v in self._literals(place) if self.random.random() < self.style.literals]
        pool = [*own, *islice(_fresh(own, self._shape(place).type), size)]
        self.random.shuffle(pool)
        values = [*islice(dict.fromkeys([*chosen, *pool]), size)]
        self.random.shuffle(values)
        return values

    def _free(self, place: ColumnPosition) -> list[CellValue]:
        """Values that may repeat, from a small pool."""
        shape = self._shape(place)
        own = shape.own or tuple(islice(_fresh((), shape.type), self.style.pool))
        pool = self.random.sample(own, min(self.style.pool, len(own)))
        literals = self._literals(place)
        values = [self._value(shape, pool, literals) for _ in range(self.counts[place[0]])]
        return self._grouped(place, values)

    def _value(
        self, shape: ColumnShape, pool: Sequence[CellValue], literals: Sequence[CellValue]
    ) -> CellValue:
        value = self._instead(self.random.choice(pool), literals, self.style.literals)
        return value if shape.required else self._instead(value, [None], self.style.nulls)

    def _referring(self, place: ColumnPosition, parents: Sequence[CellValue]) -> list[CellValue]:
        """Values of the parent column: some often, some never; NULL if it has no values."""
        size = self.counts[place[0]]
        choices = [value for value in dict.fromkeys(parents) if value is not None]
        self.random.shuffle(choices)
        if not choices:
            return [None] * size
        if self._is_key(place):
            return [*choices[:size], *[None] * (size - len(choices))]
        weights = [(rank + 1) ** -self.style.skew for rank in range(len(choices))]
        values: list[CellValue] = list(self.random.choices(choices, weights, k=size))
        there = set(choices)
        wanted = [value for value in self._literals(place) if value in there]
        values = [self._instead(value, wanted, self.style.literals) for value in values]
        if not self._shape(place).required:
            values = [self._instead(value, [None], self.style.nulls) for value in values]
        return self._grouped(place, values)

    def _instead(self, value: CellValue, others: Sequence[CellValue], share: float) -> CellValue:
        """``value``, or one of ``others`` (if any) with probability ``share``."""
        return self.random.choice(others) if others and self.random.random() < share else value

    def _grouped(self, place: ColumnPosition, values: list[CellValue]) -> list[CellValue]:
        """The values, with some repeated as often as the query asks for."""
        sizes = self._group_sizes(place)
        if not sizes or self.random.random() < 0.5:
            return values
        different = [value for value in dict.fromkeys(values) if value is not None]
        groups = [[value] * size for value, size in zip(different, sizes, strict=False)]
        grouped: list[CellValue] = [value for group in groups for value in group]
        rest = [value for value in values if value not in different[: len(groups)]]
        grouped = (grouped + rest)[: len(values)]
        grouped += [None] * (len(values) - len(grouped))
        self.random.shuffle(grouped)
        return grouped

    def _drop_orphans(self, drawn: list[Rows]) -> bool:
        """Remove rows whose parent row is missing; return whether there were any."""
        dropped = False
        for (table, column), (other, referred) in self.parents.items():
            there = {row[referred] for row in drawn[other]} | {None}
            kept = [row for row in drawn[table] if row[column] in there]
            dropped |= len(kept) < len(drawn[table])
            drawn[table] = kept
        return dropped


def _acceptable(rows: Rows, table: TableShape) -> Iterator[list[CellValue]]:
    """The rows that have no forbidden NULL and no repeated key."""
    seen: list[set[tuple[CellValue, ...]]] = [set() for _ in table.keys]
    for row in rows:
        if any(v is None and c.required for v, c in zip(row, table.columns, strict=True)):
            continue
        keys = [tuple(row[i] for i in group) for group in table.keys]
        if any(key in before for key, before in zip(keys, seen, strict=True)):
            continue
        for key, before in zip(keys, seen, strict=True):
            if None not in key:  # NULLs are never the same key
                before.add(key)
        yield row


def _fitting(value: CellValue, own: Sequence[CellValue]) -> CellValue:
    """A literal as the column would hold it: ``'80'`` as 80 among numbers, 80 as ``'80'``."""
    if own and isinstance(value, str) and all(isinstance(v, int | float) for v in own):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    if own and isinstance(value, int | float) and all(isinstance(v, str) for v in own):
        return str(value)
    return value


def _fresh(own: Sequence[CellValue], type_: str) -> Iterator[CellValue]:
    """Different values without end, none of ``own`` among them."""
    texts = [value for value in own if isinstance(value, str)]
    if texts or type_ not in ("number", "boolean"):
        taken, stems = set(own), texts or ["a", "b", "c"]
        for number in count(1):
            named = (f"{stem} {number}" for stem in stems)
            yield from (value for value in named if value not in taken)
    highest = max((int(v) for v in own if isinstance(v, int | float)), default=0)
    yield from count(highest + 1)
