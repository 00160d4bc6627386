"""The conversion of a query tree to Spider's fragment, for exact set match and hardness.

Anything outside the fragment raises an error that names it. Nothing is dropped, so the result means
what the query means to SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from text2sql.errors import QueryError
from text2sql.query import nodes
from text2sql.query.model import (
    STAR,
    Aggregate,
    Arithmetic,
    ColumnId,
    ColumnUnit,
    Condition,
    Conditions,
    Connector,
    Join,
    Literal,
    OrderItem,
    Query,
    Source,
    Unit,
    Value,
)
from text2sql.query.stars import spelled_out
from text2sql.query.tree import shorten
from text2sql.query.writing import write
from text2sql.schema import Schema

__all__ = ["fragment"]

_AGGREGATES = ("max", "min", "count", "sum", "avg")
_ARITHMETIC = ("+", "-", "*", "/")
_COMPARED = ("=", ">", "<", ">=", "<=", "!=")


def fragment(query: nodes.Statement, schema: Schema) -> Query:
    """Convert ``query`` to a query of Spider's fragment.

    Raises:
        QueryError: it uses something outside the fragment; the message names it.
    """
    return _Converter(schema, None).statement(query)


class _Converter:
    """Converts one SELECT; ``outer`` converts the enclosing query."""

    def __init__(self, schema: Schema, outer: _Converter | None) -> None:
        self.schema = schema
        self.outer = outer
        self.sources: tuple[nodes.Entry, ...] = ()
        self.select = nodes.Select(())

    def statement(self, query: nodes.Statement) -> Query:
        if isinstance(query, nodes.Select):
            return self._select(query)
        converters = [self, *(_Converter(self.schema, self.outer) for _ in query.operators)]
        queries = [c._select(s) for c, s in zip(converters, query.selects, strict=True)]
        # ORDER BY and LIMIT apply to the whole, but Spider stores them in the last SELECT
        order = tuple(
            OrderItem(_ordered_unit(term, queries[-1]), term.descending) for term in query.order_by
        )
        _refuse_offset(query)
        result = replace(queries[-1], order_by=order, limit=_row_count(query.limit))
        for left, operator in zip(reversed(queries[:-1]), reversed(query.operators), strict=True):
            if operator == "union all":
                raise QueryError("UNION ALL is outside Spider's fragment; use UNION.")
            result = replace(left, set_operator=operator, right=result)
        return result

    def _select(self, query: nodes.Select) -> Query:
        if not query.sources:
            raise QueryError(f"There is no FROM in {self._text(query)}.")
        _refuse_offset(query)
        self.sources, self.select = query.sources, query
        group = tuple(self.unit(e) for e in query.group_by)
        if not all(isinstance(unit, ColumnUnit) for unit in group):
            raise QueryError("GROUP BY an expression is outside Spider's fragment.")
        return Query(
            select=tuple(self.unit(item.expression) for item in query.items),
            sources=tuple(self._source(entry) for entry in query.sources),
            distinct=query.distinct,
            joins=tuple(self._joins()),
            where=self.conditions(query.where),
            group_by=cast(tuple[ColumnUnit, ...], group),
            having=self.conditions(query.having),
            order_by=tuple(self._order(term) for term in query.order_by),
            limit=_row_count(query.limit),
        )

    def _order(self, term: nodes.Order) -> OrderItem:
        if term.nulls_last is not None:
            raise QueryError("NULLS FIRST and NULLS LAST are outside Spider's fragment.")
        return OrderItem(self.unit(term.expression), term.descending)

    # FROM

    def _source(self, entry: nodes.Entry) -> Source:
        if entry.query is not None:
            return Source(query=_Converter(self.schema, self.outer).statement(entry.query))
        return Source(table=entry.table)

    def _joins(self) -> Iterator[Join]:
        for position, entry in enumerate(self.sources):
            if entry.join != "inner":
                name = self.schema.tables[entry.table].name if entry.table is not None else "(...)"
                raise QueryError(f"{entry.join.upper()} JOIN {name} is outside Spider's fragment.")
            if entry.on is None:
                continue
            on = entry.on
            word: Connector = "and"
            parts: Sequence[nodes.Expression] = (on,)
            if isinstance(on, nodes.Call) and on.name in ("and", "or"):
                word, parts = cast(Connector, on.name), on.arguments
            for part in parts:
                yield self._join(part, position, word)

    def _join(self, node: nodes.Expression, position: int, word: Connector) -> Join:
        if isinstance(node, nodes.Call) and node.name in _COMPARED:
            left, right = node.arguments
            if isinstance(left, nodes.ColumnRef) and isinstance(right, nodes.ColumnRef):
                return Join(self.column(left), self.column(right), position, node.name, word)
        raise QueryError(
            f"Cannot read the join condition {self._text(node)}; in Spider's fragment it "
            "compares two columns; put other conditions into WHERE."
        )

    # columns and expressions

    def column(self, node: nodes.ColumnRef) -> ColumnId:
        converter: _Converter | None = self
        for _ in range(node.outer):
            converter = converter.outer if converter else None
        if converter is None:
            raise QueryError("A column that belongs to no enclosing query cannot be resolved.")
        found = converter._schema_column(node.source, node.column)
        return replace(found, source=node.source, outer=node.outer)

    def _schema_column(self, source: int, column: int) -> ColumnId:
        """Column number ``column`` of an entry of FROM, as a column of the schema."""
        entry = self.sources[source]
        if entry.query is None:
            return ColumnId(entry.table or 0, column)
        select = nodes.first_select(spelled_out(entry.query, self.schema))
        shown = select.items[column]
        if not isinstance(shown.expression, nodes.ColumnRef) or shown.expression.outer:
            raise QueryError("A computed column of a query in FROM is outside Spider's fragment.")
        inside = _Converter(self.schema, None)
        inside.sources = select.sources
        ref = inside._schema_column(shown.expression.source, shown.expression.column)
        name = self.schema.tables[ref.table].columns[ref.column].name.lower()
        if shown.alias and shown.alias.lower() != name:
            raise QueryError(f"The alias {shown.alias!r} in FROM is outside Spider's fragment.")
        return ref

    def unit(self, node: nodes.Expression) -> Unit:
        """A column, an aggregate or one arithmetic operation."""
        if isinstance(node, nodes.Call):
            if node.name in _ARITHMETIC:
                return self._arithmetic(node, None)
            if node.name in _AGGREGATES and len(node.arguments) == 1:
                inside, aggregate = node.arguments[0], cast(Aggregate, node.name)
                if isinstance(inside, nodes.Call) and inside.name in _ARITHMETIC:
                    if node.distinct:
                        raise self._outside(node)
                    return self._arithmetic(inside, aggregate)
                return self._column_unit(inside, aggregate, node.distinct, node)
        return self._column_unit(node, None, False, node)

    def _arithmetic(self, node: nodes.Call, aggregate: Aggregate | None) -> Arithmetic:
        left, right = (self.unit(argument) for argument in node.arguments)
        if isinstance(left, Arithmetic) or isinstance(right, Arithmetic):
            raise QueryError(f"Cannot read {self._text(node)} as a column in Spider's fragment.")
        return Arithmetic(node.name, left, right, aggregate)  # type: ignore[arg-type]

    def _column_unit(
        self,
        node: nodes.Expression,
        aggregate: Aggregate | None,
        distinct: bool,
        whole: nodes.Expression,
    ) -> ColumnUnit:
        if isinstance(node, nodes.Star):
            if node.source is not None and len(self.sources) > 1:  # T1.* beside T2
                raise self._outside(node)
            return ColumnUnit(STAR, aggregate, distinct)
        if isinstance(node, nodes.ColumnRef):
            return ColumnUnit(self.column(node), aggregate, distinct)
        raise QueryError(f"Cannot read {self._text(whole)} as a column in Spider's fragment.")

    # conditions

    def conditions(self, node: nodes.Expression | None) -> Conditions:
        """The conditions of WHERE or HAVING as a flat list."""
        items: list[Condition] = []
        connectors: list[Connector] = []
        if node is not None:
            self._flatten(node, None, items, connectors)
        return Conditions(tuple(items), tuple(connectors))

    def _flatten(
        self,
        node: nodes.Expression,
        around: str | None,
        items: list[Condition],
        connectors: list[Connector],
    ) -> None:
        if not isinstance(node, nodes.Call) or node.name not in ("and", "or"):
            items.append(self._condition(node))
            return
        if node.name == "or" and around == "and":
            raise QueryError(
                f"OR in brackets beside AND is outside Spider's fragment: {self._text(node)}."
            )
        for number, argument in enumerate(node.arguments):
            if number:
                connectors.append(cast(Connector, node.name))
            self._flatten(argument, node.name, items, connectors)

    def _condition(self, node: nodes.Expression) -> Condition:
        negated = False
        while isinstance(node, nodes.Call) and node.name == "not":
            negated, node = not negated, node.arguments[0]
        if not isinstance(node, nodes.Call):
            raise QueryError(f"Cannot read the condition {self._text(node)} in Spider's fragment.")
        name, arguments = node.name, node.arguments
        if name == "exists":
            return Condition(None, "exists", self._value(arguments[0]), negated=negated)
        if name == "is not":
            name, negated = "is", not negated
        if name not in (*_COMPARED, "like", "in", "between", "is"):
            raise QueryError(f"Cannot read the condition {self._text(node)} in Spider's fragment.")
        left = self.unit(arguments[0])
        if name == "between":
            low, high = (self._value(a) for a in arguments[1:])
            return Condition(left, name, low, high, negated)
        if name == "in" and not (len(arguments) == 2 and isinstance(arguments[1], nodes.Subquery)):
            return self._in_list(left, node, negated)
        return Condition(left, name, self._value(arguments[1]), negated=negated)

    def _in_list(self, left: Unit, node: nodes.Call, negated: bool) -> Condition:
        items = tuple(a for a in node.arguments[1:] if isinstance(a, Literal))
        if not items or len(items) < len(node.arguments) - 1:
            raise QueryError(
                f"Cannot read the list in {self._text(node)}; it needs literal values."
            )
        return Condition(left, "in", items[0], negated=negated, items=items)

    def _value(self, node: nodes.Expression) -> Value:
        if isinstance(node, nodes.Subquery):
            return _Converter(self.schema, self).statement(node.query)
        if isinstance(node, Literal):
            return node
        return self.unit(node)

    # errors

    def _text(self, node: nodes.Expression | nodes.Select) -> str:
        """``node`` as text, in the scope of this SELECT."""
        if isinstance(node, nodes.Select):
            return shorten(write(node, self.schema))
        bare = nodes.Select((nodes.SelectItem(node),), self.sources)
        text = write(bare, self.schema).removeprefix("SELECT ")
        return shorten(text.split(" FROM ")[0])

    def _outside(self, node: nodes.Expression) -> QueryError:
        return QueryError(f"{self._text(node)} is outside Spider's fragment.")


def _refuse_offset(query: nodes.Statement) -> None:
    if query.offset is not None:
        raise QueryError("OFFSET is outside Spider's fragment.")


def _row_count(limit: nodes.Expression | None) -> int | None:
    if limit is None:
        return None
    value = limit.value if isinstance(limit, Literal) else "an expression"
    if not isinstance(value, int) or value < 0:
        raise QueryError(f"LIMIT needs a whole number, got {str(value)!r}.")
    return value


def _ordered_unit(term: nodes.Order, last: Query) -> Unit:
    if term.nulls_last is not None or not isinstance(term.expression, nodes.Ordinal):
        raise QueryError(
            "ORDER BY an expression after a set operation is outside Spider's fragment."
        )
    return last.select[term.expression.number]
