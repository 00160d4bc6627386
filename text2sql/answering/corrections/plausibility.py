"""Mistakes in queries that run although nobody would ask them.

An unsure model writes such queries with some probability. SQLite accepts each of these mistakes
silently; one in a hundred of Spider's training golds has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from text2sql.answering.corrections.plausible_conditions import ConditionMistakes
from text2sql.linking.cell_index import CellIndex
from text2sql.query.meanings import folded
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Expression,
    Select,
    Star,
    Statement,
    aggregated,
    walk,
)
from text2sql.query.scopes import Scope, scopes
from text2sql.schema import ColumnPosition, Schema

__all__ = ["MISTAKE", "Plausibility"]

# Both chosen on the first half of Spider dev; from 2 to 8 the first is as good.
MISTAKE = 3.0
_SILENT = 0.4


class Plausibility:
    """Judges queries on one database by its column types and cells."""

    def __init__(self, schema: Schema, index: CellIndex) -> None:
        self.schema = schema
        self.conditions = ConditionMistakes(schema, index)

    def penalty(self, query: Statement) -> float:
        """The amount to subtract from the log-probability of ``query``, in nats."""
        return MISTAKE * self.mistakes(query) + _SILENT * self.silent_tables(query)

    def mistakes(self, query: Statement) -> int:
        """The number of mistakes in ``query``."""
        return len(self.named(query))

    def named(self, query: Statement) -> list[str]:
        """The mistakes in ``query``, in a few words each."""
        query = folded(query)
        found = list(self._of_set_operations(query))
        for scope in scopes(query, self.schema):
            found += self._of_shape(scope.select)
            found += self._of_values(scope)
            found += self.conditions.of(scope)
        return found

    def silent_tables(self, query: Statement) -> int:
        """The number of joined tables, in any SELECT, whose columns are not used."""
        return sum(len(_silent(scope.select)) for scope in scopes(query, self.schema))

    def _of_set_operations(self, query: Statement) -> Iterator[str]:
        for node in walk(query):
            if not isinstance(node, Compound):
                continue
            for left, right in zip(node.selects, node.selects[1:], strict=False):
                if left == right:
                    yield "a query with itself"
                here, there = Scope(left, self.schema), Scope(right, self.schema)
                for one, other in zip(left.items, right.items, strict=False):
                    if self.conditions.unlike(one.expression, here, other.expression, there):
                        yield "unlike columns"

    def _of_shape(self, select: Select) -> Iterator[str]:
        """A column selected twice; an aggregate of all rows, ordered or beside a plain column."""
        shown = [item.expression for item in select.items]
        if len(set(shown)) < len(shown):
            yield "the same twice"
        if select.group_by or not any(map(aggregated, shown)):
            return
        if select.order_by:
            yield "an order of one row"
        if any(not aggregated(part) and _has_column(part) for part in shown):
            yield "a column beside an aggregate"

    def _of_values(self, scope: Scope) -> Iterator[str]:
        """A sum or difference of values that are not numbers."""
        select = scope.select
        shown = [*(item.expression for item in select.items)]
        shown += [order.expression for order in select.order_by]
        shown += [part for part in (select.having,) if part is not None]
        for part in shown:
            for node in walk(part, inside=False):
                if isinstance(node, Call):
                    yield from self._of_call(node, scope)

    def _of_call(self, call: Call, scope: Scope) -> Iterator[str]:
        arithmetic = call.name in ("+", "-", "*", "/", "ratio", "percent_of")
        if (
            arithmetic
            and len(set(call.arguments)) == 1
            and isinstance(call.arguments[0], ColumnRef)
        ):
            yield "a column with itself"
        if not arithmetic and call.name not in ("sum", "avg", "sum_if", "avg_if"):
            return
        summed = call.arguments if arithmetic else call.arguments[:1]
        for part in summed:
            place = scope.place(part) if isinstance(part, ColumnRef) else None
            if place is None:
                continue
            if not self.conditions.is_numeric(place):
                yield "a sum of texts"
            elif not arithmetic and self._is_key(place):
                yield "a sum of keys"

    def _is_key(self, place: ColumnPosition) -> bool:
        """Whether a column holds keys, whose sum means nothing."""
        table, column = place
        if self.schema.tables[table].columns[column].primary_key:
            return True
        return any((key.table, key.column) == place for key in self.schema.foreign_keys)


def _has_column(expression: Expression) -> bool:
    return any(isinstance(node, ColumnRef | Star) for node in walk(expression, inside=False))


def _silent(select: Select) -> Sequence[int]:
    """The sources of a SELECT whose columns it does not use outside its joins and subqueries."""
    if len(select.sources) < 2:
        return ()
    parts = (select.items, select.where, select.group_by, select.having, select.order_by)
    nodes = [node for part in parts for node in walk(part, inside=False)]
    used = {n.source for n in nodes if isinstance(n, ColumnRef) and not n.outer}
    used |= {n.source for n in nodes if isinstance(n, Star) and n.source is not None}
    joins = {entry.join for entry in select.sources}
    if joins != {"inner"}:  # an outer join adds rows even if its columns are not used
        return ()
    return [source for source in range(len(select.sources)) if source not in used]
