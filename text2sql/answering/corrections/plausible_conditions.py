"""Conditions that nobody means: always or never true, or between unlike columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import normal_form
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Expression,
    Literal,
    Select,
    Subquery,
    walk,
)
from text2sql.query.scopes import Scope
from text2sql.schema import Column, ColumnPosition, Schema

__all__ = ["ConditionMistakes"]

_COMPARED = ("=", "!=", "<", ">", "<=", ">=")
_COUNTS = ("count", "count_if")
_NUMBERS = (*_COUNTS, "sum", "avg", "sum_if", "avg_if", "percent")


class ConditionMistakes:
    """Judges conditions on one database by its column types and cells."""

    def __init__(self, schema: Schema, index: CellIndex) -> None:
        self.schema = schema
        self.index = index
        self.codes = {column for column, _ in index.codes}
        self.first = list(accumulate((len(t.columns) for t in schema.tables), initial=0))

    def of(self, scope: Scope) -> Iterator[str]:
        """The mistakes in the conditions of one SELECT."""
        select = scope.select
        for condition in (select.where, select.having, *(item.expression for item in select.items)):
            for node in walk(condition, inside=False):
                if isinstance(node, Call):
                    yield from self._of_call(node, scope)

    def _of_call(self, call: Call, scope: Scope) -> Iterator[str]:
        name, arguments = call.name, call.arguments
        if name in ("and", "or"):
            yield from _of_alternatives(call)
        elif name in _COMPARED:
            yield from self._of_comparison(call, scope)
        elif name == "between" and arguments[1] == arguments[2]:
            yield "between a value and itself"
        elif name == "is" and arguments[1] == Literal(None):
            yield from self._of_missing(arguments[0], scope)
        elif name == "in":
            yield from self._of_membership(call, scope)
        elif name == "not" and isinstance(arguments[0], Call) and arguments[0].name == "in":
            yield from self._of_nothing(arguments[0], scope)
        if name in ("between", *_COMPARED):
            for value in arguments[1:]:
                if isinstance(value, Literal):
                    yield from self._of_literal(arguments[0], name, value.value, scope)

    def _of_comparison(self, call: Call, scope: Scope) -> Iterator[str]:
        left, right = call.arguments
        if left == right:
            yield "something with itself"
        counted = [a for a in (left, right) if isinstance(a, Call) and a.name in _COUNTS]
        columns = [a for a in (left, right) if isinstance(a, ColumnRef)]
        if counted and any(self._is_text(column, scope) for column in columns):
            yield "a count with a text"
        if isinstance(right, Subquery) and isinstance(right.query, Select):
            yield from self._of_extreme(call.name, left, right.query, scope)

    def _of_missing(self, column: Expression, scope: Scope) -> Iterator[str]:
        """``IS NULL`` of a column that has a value in every row."""
        place = scope.place_of(column)
        if place is None or any(entry.join != "inner" for entry in scope.select.sources):
            return
        number = self.first[place[0]] + place[1]
        filled = self.index.counts[number] + self.index.number_counts[number] > 0
        if filled and number not in self.index.nulls:
            yield "never missing"

    def _of_extreme(
        self, operator: str, left: Expression, inner: Select, scope: Scope
    ) -> Iterator[str]:
        """More than the maximum of all or less than the minimum: never true."""
        wanted = {">": "max", "<": "min"}.get(operator)
        shown = inner.items[0].expression if len(inner.items) == 1 else None
        if wanted is None or not isinstance(shown, Call) or shown.name != wanted:
            return
        one = scope.place_of(left)
        other = Scope(inner, self.schema, scope).place_of(shown.arguments[0])
        if one is not None and one == other and not inner.where and len(inner.sources) == 1:
            yield "more than the most"

    def _of_literal(
        self, left: Expression, operator: str, value: object, scope: Scope
    ) -> Iterator[str]:
        """A value that the column cannot hold, or that only other columns hold."""
        if isinstance(left, Call) and left.name in _NUMBERS:
            if isinstance(value, str):
                yield "a text among numbers"
            return
        place = scope.place_of(left)
        if place is None:
            return
        if isinstance(value, str):
            yield from self._of_text(place, operator, value)
        elif isinstance(value, int | float) and not self.is_numeric(place):
            yield "a number among texts"

    def _of_text(self, place: ColumnPosition, operator: str, value: str) -> Iterator[str]:
        number = self.first[place[0]] + place[1]
        holders = self.index.exact.get(normal_form(value), {})
        if holders and number not in holders and operator in ("=", "!="):
            yield "another column's cell"
        elif not holders and number in self.codes and operator in ("=", "!="):
            yield "none of the column's few codes"
        elif holders or self._column(place).type != "number":
            return
        elif number in self.index.with_numbers:
            yield "a text among numbers"

    def _of_membership(self, call: Call, scope: Scope) -> Iterator[str]:
        right = call.arguments[1]
        if isinstance(right, Subquery) and isinstance(right.query, Select):
            there = Scope(right.query, self.schema, scope)
            shown = right.query.items[0].expression
            if self.unlike(call.arguments[0], scope, shown, there):
                yield "unlike columns"

    def _of_nothing(self, call: Call, scope: Scope) -> Iterator[str]:
        """NOT IN all rows of a table: never true."""
        left, right = call.arguments[:2]
        if not isinstance(right, Subquery) or not isinstance(right.query, Select):
            return
        inner = right.query
        if inner != Select(inner.items, inner.sources[:1]):
            return
        place = scope.place_of(left)
        there = Scope(inner, self.schema, scope).place_of(inner.items[0].expression)
        if place is not None and place == there:
            yield "none of all"

    def unlike(self, left: Expression, here: Scope, right: Expression, there: Scope) -> bool:
        """Whether two columns hold different kinds of values."""
        if isinstance(left, Call) and isinstance(right, Call) and left.name == right.name:
            left, right = left.arguments[0], right.arguments[0]
        if not isinstance(left, ColumnRef) or not isinstance(right, ColumnRef):
            return False
        one, other = here.place(left), there.place(right)
        return one is not None and other is not None and not self._alike(one, other)

    def _alike(self, one: ColumnPosition, other: ColumnPosition) -> bool:
        """Whether two columns may hold the same values, by name, key or type."""
        a, b = self._column(one), self._column(other)
        if a.name.lower() == b.name.lower() or a.natural.lower() == b.natural.lower():
            return True
        keys = self.schema.foreign_keys
        if any({(k.table, k.column), (k.ref_table, k.ref_column)} == {one, other} for k in keys):
            return True
        same_type = self.is_numeric(one) == self.is_numeric(other)
        return same_type and not (a.primary_key or b.primary_key)

    def is_numeric(self, place: ColumnPosition) -> bool:
        """Whether the column may hold numbers, whatever its declared type."""
        number = self.first[place[0]] + place[1]
        numbers = self._column(place).type in ("number", "boolean")
        return numbers or number in self.index.with_numbers

    def _is_text(self, column: ColumnRef, scope: Scope) -> bool:
        place = scope.place(column)
        return place is not None and not self.is_numeric(place)

    def _column(self, place: ColumnPosition) -> Column:
        return self.schema.tables[place[0]].columns[place[1]]


def _of_alternatives(call: Call) -> Iterator[str]:
    """The same condition twice, or one column equal to two values at once."""
    if len(set(call.arguments)) < len(call.arguments):
        yield "the same condition twice"
    if call.name == "or":
        return
    equal: dict[Expression, set[Expression]] = {}
    for part in call.arguments:
        if isinstance(part, Call) and part.name == "=" and isinstance(part.arguments[1], Literal):
            equal.setdefault(part.arguments[0], set()).add(part.arguments[1])
    for values in equal.values():
        if len(values) > 1:
            yield "two values at once"
    yield from _of_ranges(call)


def _of_ranges(call: Call) -> Iterator[str]:
    """A range that is empty: more than a number and less than one that is not above it."""
    low: dict[Expression, float] = {}
    high: dict[Expression, float] = {}
    for part in call.arguments:
        if not isinstance(part, Call) or part.name not in ("<", "<=", ">", ">="):
            continue
        left, right = part.arguments
        if isinstance(right, Literal) and isinstance(right.value, int | float):
            ends, pick = (low, max) if ">" in part.name else (high, min)
            ends[left] = pick(ends.get(left, right.value), right.value)
    for left in low.keys() & high.keys():
        if low[left] > high[left]:
            yield "an empty range"
