"""The rules of exact set match: what of a query counts when two are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from text2sql.metrics.official import OfficialQuery
from text2sql.query import (
    Arithmetic,
    ColumnId,
    ColumnUnit,
    Condition,
    Conditions,
    Literal,
    Query,
    Unit,
)
from text2sql.schema import Schema

__all__ = ["QueryReducer", "Rules"]


@dataclass(frozen=True)
class Rules:
    """What counts: values, DISTINCT, and what the official script ignores."""

    values: bool
    distinct: bool
    strict: bool


class QueryReducer:
    """Removes from queries what ``rules`` ignore."""

    def __init__(self, schema: Schema, rules: Rules) -> None:
        self.schema = schema
        self.rules = rules

    def reduce(self, query: Query, keys: Mapping[ColumnId, ColumnId] | None = None) -> Query:
        """Remove from ``query`` what the rules ignore.

        ``keys`` maps columns to those that count in their place; by default, the foreign keys of
        the query's tables say so.
        """
        if keys is None:  # after a set operator, the first SELECT's keys still apply
            keys = {} if self.rules.strict else _merged_keys(self.schema, query.tables)
        reduced = replace(
            query,
            select=tuple(self._unit(u, keys) for u in query.select),
            where=self._conditions(query.where, keys),
            group_by=tuple(self._column_unit(u, keys) for u in query.group_by),
            having=self._conditions(query.having, keys),
            order_by=tuple(replace(i, unit=self._unit(i.unit, keys)) for i in query.order_by),
            right=query.right and self.reduce(query.right, keys),
        )
        if isinstance(reduced, OfficialQuery):
            reduced = replace(reduced, on=self._conditions(reduced.on, keys))
        return reduced

    def _unit(self, unit: Unit, keys: Mapping[ColumnId, ColumnId]) -> Unit:
        if isinstance(unit, ColumnUnit):
            return self._column_unit(unit, keys)
        left, right = self._column_unit(unit.left, keys), self._column_unit(unit.right, keys)
        return replace(unit, left=left, right=right)

    def _column_unit(self, unit: ColumnUnit, keys: Mapping[ColumnId, ColumnId]) -> ColumnUnit:
        column = keys.get(unit.column, unit.column)
        return ColumnUnit(column, unit.aggregate, unit.distinct and self.rules.distinct)

    def _conditions(self, conditions: Conditions, keys: Mapping[ColumnId, ColumnId]) -> Conditions:
        items = (
            replace(self._condition(c), left=c.left and self._unit(c.left, keys))
            for c in conditions
        )
        return Conditions(tuple(items), conditions.connectors)

    def _condition(self, condition: Condition) -> Condition:
        if self.rules.values:
            return condition
        right, upper = self._value(condition.right), self._value(condition.upper)
        return replace(condition, right=right, upper=upper, items=())

    def _value(self, value: Literal | Unit | Query | None) -> Literal | Unit | Query | None:
        if isinstance(value, Query):
            return self._without_values(value)
        is_column = isinstance(value, ColumnUnit | Arithmetic)
        return value if is_column and self.rules.strict else None

    def _without_values(self, query: Query) -> Query:
        """Remove the values from a subquery in a condition, and nothing else."""
        without = replace(
            query,
            where=replace(query.where, items=tuple(map(self._condition, query.where))),
            having=replace(query.having, items=tuple(map(self._condition, query.having))),
            right=query.right and self._without_values(query.right),
        )
        if isinstance(without, OfficialQuery):
            on = tuple(map(self._condition, without.on))
            without = replace(without, on=replace(without.on, items=on))
        return without


def _merged_keys(schema: Schema, tables: tuple[int, ...]) -> dict[ColumnId, ColumnId]:
    """Map each foreign key column of ``tables`` to the first column of its group.

    Groups are built as in the official script: a key joins the first group that holds either of
    its ends. So groups can overlap; then the later one counts.
    """
    groups: list[set[tuple[int, int]]] = []
    for key in schema.foreign_keys:
        if key.guessed:  # the official script only knows declared keys
            continue
        ends = {(key.table, key.column), (key.ref_table, key.ref_column)}
        group = next((g for g in groups if g & ends), None)
        if group is None:
            groups.append(ends)
        else:
            group |= ends
    merged = {column: min(group) for group in groups for column in group}
    return {ColumnId(*c): ColumnId(*to) for c, to in merged.items() if c[0] in tables}
