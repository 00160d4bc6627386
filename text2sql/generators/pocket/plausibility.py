"""Whether a query makes sense over its database: what runs, and yet nobody would ask.

The model writes such queries with some probability where it is unsure. Each mistake counted here
is one that SQLite accepts without a word; in one of a hundred of Spider's training golds there is
one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import normal_form
from text2sql.query import (
    STAR,
    Arithmetic,
    ColumnUnit,
    Condition,
    Literal,
    Query,
    Unit,
)
from text2sql.query.columns import inner_queries
from text2sql.query.joined import silent_sources
from text2sql.schema import Column, Schema

__all__ = ["Plausibility"]

# Both chosen on the first half of Spider dev; from 2 to 8 the first is as good.
_MISTAKE = 3.0
_SILENT = 0.4


class Plausibility:
    """Judges queries over one database, by the types of its columns and by its cells."""

    def __init__(self, schema: Schema, index: CellIndex) -> None:
        self.schema = schema
        self.index = index
        self.first = [0]
        for table in schema.tables:
            self.first.append(self.first[-1] + len(table.columns))

    def doubt(self, query: Query) -> float:
        """What to take from the log-probability of ``query``."""
        return _MISTAKE * self.mistakes(query) + _SILENT * self.silent_tables(query)

    def mistakes(self, query: Query) -> int:
        """How many things in ``query`` make no sense."""
        return sum(1 for _ in self._mistakes(query))

    def silent_tables(self, query: Query) -> int:
        """How many tables are joined to others, in any SELECT, and no column of theirs is used."""
        own = len(silent_sources(query)) if len(query.sources) > 1 else 0
        return own + sum(map(self.silent_tables, inner_queries(query)))

    def _mistakes(self, query: Query) -> Iterator[str]:
        yield from self._of_shape(query)
        for unit in (*query.select, *(item.unit for item in query.order_by)):
            yield from self._of_unit(unit)
        for condition in (*query.where, *query.having):
            yield from self._of_condition(condition, query)
        if query.right is not None:
            if query.right == replace(query, set_operator=None, right=None):
                yield "a query with itself"
            yield from self._of_arms(query.select, query.right.select)
            yield from self._mistakes(query.right)

    def _of_shape(self, query: Query) -> Iterator[str]:
        """The same is shown twice, or one row for all is put in order or shown beside a column."""
        if len(set(query.select)) < len(query.select):
            yield "the same twice"
        if query.group_by or not any(unit.aggregate for unit in query.select):
            return
        if query.order_by:
            yield "an order of one row"
        if not all(unit.aggregate for unit in query.select):
            yield "a column beside an aggregate"

    def _of_unit(self, unit: Unit) -> Iterator[str]:
        """A sum or a difference of what is no number."""
        if isinstance(unit, Arithmetic):
            if unit.left.column == unit.right.column:
                yield "a column with itself"
            summed: tuple[ColumnUnit, ...] = (unit.left, unit.right)
        else:
            summed = (unit,) if unit.aggregate in ("sum", "avg") else ()
        for part in summed:
            if part.column != STAR and not self._is_numeric(part):
                yield "a sum of texts"

    def _of_condition(self, condition: Condition, query: Query) -> Iterator[str]:
        left = condition.left
        if isinstance(left, Arithmetic) or left is None:
            return
        yield from self._of_unit(left)
        for value in (condition.right, condition.upper):
            if isinstance(value, Literal):
                yield from self._of_literal(left, condition.operator, value.value)
            elif isinstance(value, Query):
                yield from self._of_subquery(left, condition, value, query)
                yield from self._mistakes(value)

    def _of_literal(self, left: ColumnUnit, operator: str, value: object) -> Iterator[str]:
        """A value that the column cannot hold, or that only other columns hold."""
        if left.aggregate is not None:
            if isinstance(value, str) and left.aggregate in ("count", "sum", "avg"):
                yield "a text among numbers"
        elif isinstance(value, str) and operator != "like":
            place, holders = self._place(left), self.index.exact.get(normal_form(value), {})
            if holders and place not in holders and operator in ("=", "!="):
                yield "another column's cell"
            elif not holders and place in self.index.with_numbers and self._is_number(left):
                yield "a text among numbers"
        elif isinstance(value, int | float) and operator != "like" and not self._is_numeric(left):
            yield "a number among texts"

    def _of_subquery(
        self, left: ColumnUnit, condition: Condition, inner: Query, outer: Query
    ) -> Iterator[str]:
        if condition.operator != "in":
            return
        yield from self._of_arms((left,), inner.select)
        everything = not (inner.where or inner.having or inner.right or len(inner.sources) > 1)
        if everything and inner.select == (left,) and condition.negated:
            yield "none of all"

    def _of_arms(self, left: tuple[Unit, ...], right: tuple[Unit, ...]) -> Iterator[str]:
        """Columns of different kinds, compared row by row."""
        for one, other in zip(left, right, strict=False):
            if not (isinstance(one, ColumnUnit) and isinstance(other, ColumnUnit)):
                continue
            counted = STAR in (one.column, other.column) or one.aggregate != other.aggregate
            if not counted and not self._alike(one, other):
                yield "unlike columns"

    def _alike(self, one: ColumnUnit, other: ColumnUnit) -> bool:
        """Whether two columns may hold the same things: by name, by key, or by type."""
        a, b = self._column(one), self._column(other)
        if a.name.lower() == b.name.lower() or a.natural.lower() == b.natural.lower():
            return True
        ends = {(ref.table, ref.column) for ref in (one.column, other.column)}
        keys = self.schema.foreign_keys
        if any({(k.table, k.column), (k.ref_table, k.ref_column)} == ends for k in keys):
            return True
        same_type = self._is_numeric(one) == self._is_numeric(other)
        return same_type and not (a.primary_key or b.primary_key)

    def _is_number(self, unit: ColumnUnit) -> bool:
        return self._column(unit).type == "number"

    def _is_numeric(self, unit: ColumnUnit) -> bool:
        """Whether numbers may be found there, whatever the column is declared as."""
        column = self._column(unit)
        return column.type in ("number", "boolean") or self._place(unit) in self.index.with_numbers

    def _column(self, unit: ColumnUnit) -> Column:
        return self.schema.tables[unit.column.table].columns[unit.column.column]

    def _place(self, unit: ColumnUnit) -> int:
        return self.first[unit.column.table] + unit.column.column
