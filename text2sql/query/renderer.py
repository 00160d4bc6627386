"""Writes queries of Spider's fragment as SQL in the style of Spider's golds."""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.query.columns import own_columns
from text2sql.query.identifier import quote_identifier
from text2sql.query.model import (
    STAR,
    Arithmetic,
    ColumnRef,
    Condition,
    Conditions,
    Literal,
    OrderItem,
    Query,
    Source,
    Unit,
    Value,
)
from text2sql.schema import Schema

__all__ = ["render"]


def render(query: Query, schema: Schema) -> str:
    """``query`` as SQLite SQL in the style of Spider's golds: ``T1``, ``T2`` for joined tables."""
    return _Renderer(query, schema, None, 0, ()).text()


class _Renderer:
    """Writes one SELECT and the query that a set operator combines it with.

    Tables have aliases if there are several or a subquery refers to one of them. Such a subquery
    continues the numbering, so that no alias hides another.
    """

    def __init__(
        self,
        query: Query,
        schema: Schema,
        outer: _Renderer | None,
        first_alias: int,
        before: tuple[Query, ...],
    ) -> None:
        self.query = query
        self.schema = schema
        self.outer = outer
        self.first_alias = first_alias
        self.before = before  # the SELECTs before a set operator
        self.aliased = len(query.sources) > 1 or any(1 in _levels(q) for q in _compared(query))

    def text(self) -> str:
        query = self.query
        parts = ["SELECT", *(["DISTINCT"] if query.distinct else [])]
        parts += [", ".join(self._unit(u) for u in query.select), self._from()]
        if query.where:
            parts.append("WHERE " + self._conditions(query.where))
        if query.group_by:
            parts.append("GROUP BY " + ", ".join(self._unit(u) for u in query.group_by))
        if query.having:
            parts.append("HAVING " + self._conditions(query.having))
        if query.order_by:
            parts.append("ORDER BY " + self._order(query.order_by))
        if query.limit is not None:
            parts.append(f"LIMIT {query.limit}")
        if query.right is not None and query.set_operator is not None:
            parts += [query.set_operator.upper(), self._beside(query.right, (*self.before, query))]
        return " ".join(parts)

    def _beside(self, query: Query, before: tuple[Query, ...] = ()) -> str:
        """A query with the same outer scope: in FROM, or after a set operator."""
        return _Renderer(query, self.schema, self.outer, self.first_alias, before).text()

    def _inside(self, query: Query) -> str:
        """A query in a condition, which may refer to this query's tables."""
        first = self.first_alias + len(self.query.sources) if _levels(query) else 0
        return _Renderer(query, self.schema, self, first, ()).text()

    # FROM

    def _from(self) -> str:
        text = "FROM " + self._source(self.query.sources[0], 0)
        for position, source in enumerate(self.query.sources[1:], 1):
            text += f" JOIN {self._source(source, position)}"
            on = [join for join in self.query.joins if join.source == position]
            if on:
                pairs = (f"{self._name(j.left)} {j.operator} {self._name(j.right)}" for j in on)
                text += " ON " + f" {on[0].connector.upper()} ".join(pairs)
        return text

    def _source(self, source: Source, position: int) -> str:
        if source.query is not None:
            name = f"({self._beside(source.query)})"
        else:
            assert source.table is not None
            name = quote_identifier(self.schema.tables[source.table].name)
        return f"{name} AS {self._alias(position)}" if self.aliased else name

    def _alias(self, source: int) -> str:
        return f"T{self.first_alias + source + 1}"

    # names and expressions

    def _name(self, ref: ColumnRef) -> str:
        if ref == STAR:
            return "*"
        name = quote_identifier(self.schema.tables[ref.table].columns[ref.column].name)
        scope: _Renderer | None = self
        for _ in range(ref.outer):
            scope = scope.outer if scope else None
        return f"{scope._alias(ref.source)}.{name}" if scope and scope.aliased else name

    def _unit(self, unit: Unit) -> str:
        if isinstance(unit, Arithmetic):
            text = f"{self._unit(unit.left)} {unit.operator} {self._unit(unit.right)}"
        else:
            text = ("DISTINCT " if unit.distinct else "") + self._name(unit.column)
        return f"{unit.aggregate}({text})" if unit.aggregate else text

    def _order(self, items: Sequence[OrderItem]) -> str:
        terms = ((self._place(i.unit) or self._unit(i.unit), i.descending) for i in items)
        return ", ".join(f"{term} DESC" if descending else term for term, descending in terms)

    def _place(self, unit: Unit) -> str:
        """The number of a selected column whose name would mean another one.

        After a set operation, a name means the column of the first SELECT that has it.
        """
        selected = [repr(item) for item in self.query.select]
        if not self.before or repr(unit) not in selected:
            return ""
        place, name = selected.index(repr(unit)), self._plain(unit)
        namesakes = {
            position
            for query in (*self.before, self.query)
            for position, item in enumerate(query.select)
            if self._plain(item) == name
        }
        return str(place + 1) if namesakes != {place} else ""

    def _plain(self, unit: Unit) -> str:
        """``unit`` in lower case, without table names."""
        if isinstance(unit, Arithmetic):
            text = f"{self._plain(unit.left)} {unit.operator} {self._plain(unit.right)}"
            return f"{unit.aggregate} {text}"
        if unit.column == STAR:
            return f"{unit.aggregate} *"
        name = self.schema.tables[unit.column.table].columns[unit.column.column].name.lower()
        return f"{unit.aggregate} {unit.distinct} {name}"

    # conditions

    def _conditions(self, conditions: Conditions) -> str:
        words = [self._condition(conditions.items[0])]
        for connector, item in zip(conditions.connectors, conditions.items[1:], strict=True):
            words += [connector.upper(), self._condition(item)]
        return " ".join(words)

    def _condition(self, condition: Condition) -> str:
        operator, negated = condition.operator.upper(), condition.negated
        right = self._value(condition.right)
        if condition.left is None:
            return f"NOT EXISTS {right}" if negated else f"EXISTS {right}"
        left = self._unit(condition.left)
        if condition.items:
            right = f"({', '.join(self._value(item) for item in condition.items)})"
        if condition.upper is not None:
            right += f" AND {self._value(condition.upper)}"
        if not negated:
            return f"{left} {operator} {right}"
        if operator == "IS":
            return f"{left} IS NOT {right}"
        if operator in ("IN", "LIKE", "BETWEEN"):
            return f"{left} NOT {operator} {right}"
        return f"NOT {left} {operator} {right}"

    def _value(self, value: Value | None) -> str:
        if isinstance(value, Query):
            return f"({self._inside(value)})"
        if isinstance(value, Literal):
            return _literal(value.value)
        return self._unit(value) if value is not None else "NULL"


def _literal(value: str | float | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _compared(query: Query) -> list[Query]:
    """The queries in the conditions of ``query``."""
    values = [v for c in (*query.where, *query.having) for v in (c.right, c.upper)]
    return [value for value in values if isinstance(value, Query)]


def _levels(query: Query) -> set[int]:
    """The numbers of queries between ``query`` and the outer columns that it refers to."""
    levels = {ref.outer for ref in own_columns(query) if ref.outer}
    for inner in _compared(query):
        levels |= {level - 1 for level in _levels(inner) if level > 1}
    beside = [source.query for source in query.sources] + [query.right]
    return levels.union(*(_levels(other) for other in beside if other is not None))
