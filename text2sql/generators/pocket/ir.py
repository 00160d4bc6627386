"""The language the pocket model writes: a query as a short list of tokens, FROM first.

A token is a keyword, or a pointer to a table, a column or a value candidate. JOIN conditions are
not written; ``joins`` derives them from the keys, and only where several keys tie two tables does
the referring column follow the table. Reading FROM first means that every later column comes from
tables already chosen, which the grammar enforces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from text2sql.errors import QueryError
from text2sql.linking.joins import anchor, connect, join_keys
from text2sql.query import (
    STAR,
    Arithmetic,
    ColumnRef,
    ColumnUnit,
    Condition,
    Conditions,
    Join,
    Literal,
    OrderItem,
    Query,
    Source,
    Unit,
)
from text2sql.schema import Schema

__all__ = [
    "AGGREGATES",
    "ARITHMETIC",
    "COMPARISONS",
    "KEYWORDS",
    "SET_OPERATORS",
    "ColumnToken",
    "TableToken",
    "Token",
    "ValueToken",
    "from_tokens",
    "to_tokens",
]

AGGREGATES = ("max", "min", "count", "sum", "avg")
ARITHMETIC = ("-", "+", "/", "x")  # "x" is multiplication; "*" is the star
COMPARISONS = (
    "=", ">", "<", ">=", "<=", "!=", "between", "in", "not_in", "is_null", "not_null",
    "like_contains", "like_starts", "like_ends", "not_like",
)  # fmt: skip
SET_OPERATORS = ("union", "intersect", "except")
KEYWORDS = (
    "<pad>", "<start>", "end", "from", "select", "distinct", "where", "group", "having",
    "order_asc", "order_desc", "limit", "and", "or", "(", ")", "*",
    *AGGREGATES, *ARITHMETIC, *COMPARISONS, *SET_OPERATORS,
)  # fmt: skip


@dataclass(frozen=True)
class TableToken:
    table: int


@dataclass(frozen=True)
class ColumnToken:
    table: int
    column: int


@dataclass(frozen=True)
class ValueToken:
    """A string or a number, without the wildcards of LIKE."""

    value: str | int | float


Token = str | TableToken | ColumnToken | ValueToken


def to_tokens(query: Query, schema: Schema) -> list[Token]:
    """``query`` in the model's language, closed by ``end``.

    Raises:
        QueryError: the query uses something that the language leaves out: subqueries in FROM,
            a table joined to itself, EXISTS, lists after IN.
    """
    return [*_query(query, schema), "end"]


def _query(query: Query, schema: Schema) -> Iterator[Token]:
    yield "from"
    yield from _sources(query, schema)
    yield "select"
    if query.distinct:
        yield "distinct"
    for unit in query.select:
        yield from _unit(unit)
    yield from _clause("where", query.where, schema)
    if query.group_by:
        yield "group"
        for unit in query.group_by:
            yield from _unit(unit)
    yield from _clause("having", query.having, schema)
    if query.order_by:
        yield "order_desc" if query.order_by[-1].descending else "order_asc"
        for item in query.order_by:
            yield from _unit(item.unit)
    if query.limit is not None:
        yield "limit"
        yield ValueToken(query.limit)
    if query.right is not None and query.set_operator is not None:
        yield query.set_operator
        yield from _query(query.right, schema)


def _sources(query: Query, schema: Schema) -> Iterator[Token]:
    tables = query.tables
    if len(set(tables)) < len(query.sources):
        raise QueryError("A subquery in FROM or a table joined to itself has no tokens.")
    for position, table in enumerate(tables):
        yield TableToken(table)
        source = anchor(schema, tables[:position], table)
        if source is None or len(join_keys(schema, tables[source], table)) < 2:
            continue
        yield from _via(query, schema, {table, tables[source]})


def _via(query: Query, schema: Schema, pair: set[int]) -> Iterator[Token]:
    """The referring column of the join between the two tables of ``pair``."""
    referring = {(k.table, k.column) for k in schema.foreign_keys if k.ref_table in pair}
    for join in query.joins:
        if {join.left.table, join.right.table} == pair:
            for side in (join.left, join.right):
                if (side.table, side.column) in referring:
                    yield ColumnToken(side.table, side.column)
                    return


def _unit(unit: Unit) -> Iterator[Token]:
    if unit.aggregate:
        yield unit.aggregate
    if isinstance(unit, Arithmetic):
        yield "x" if unit.operator == "*" else unit.operator
        yield from _unit(unit.left)
        yield from _unit(unit.right)
        return
    if unit.column.outer:
        raise QueryError("A reference to the query further out has no tokens.")
    if unit.distinct:
        yield "distinct"
    yield "*" if unit.column == STAR else ColumnToken(unit.column.table, unit.column.column)


def _clause(word: str, conditions: Conditions, schema: Schema) -> Iterator[Token]:
    for i, condition in enumerate(conditions):
        yield conditions.connectors[i - 1] if i else word
        yield from _condition(condition, schema)


def _condition(condition: Condition, schema: Schema) -> Iterator[Token]:
    if condition.left is None or len(condition.items) > 1:
        raise QueryError(f"The condition {condition.operator!r} has no tokens.")
    yield from _unit(condition.left)
    operator, right = condition.operator, condition.right
    if operator == "is":
        yield "not_null" if condition.negated else "is_null"
    elif operator == "like":
        yield from _like(condition)
    elif operator == "in":
        yield "not_in" if condition.negated else "in"
        yield from _value(right, schema)
    elif condition.negated:
        raise QueryError(f"NOT before {operator!r} has no tokens.")
    else:
        yield operator
        yield from _value(right, schema)
        if condition.upper is not None:
            yield from _value(condition.upper, schema)


def _like(condition: Condition) -> Iterator[Token]:
    pattern = condition.right.value if isinstance(condition.right, Literal) else None
    if not isinstance(pattern, str):
        raise QueryError("LIKE without a string has no tokens.")
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if condition.negated:
        yield "not_like"
    elif starts and not ends:
        yield "like_starts"
    elif ends and not starts:
        yield "like_ends"
    else:
        yield "like_contains"
    yield ValueToken(pattern.strip("%"))


def _value(value: Literal | Unit | Query | None, schema: Schema) -> Iterator[Token]:
    if isinstance(value, Query):
        yield "("
        yield from _query(value, schema)
        yield ")"
    elif isinstance(value, Literal):
        if value.value is None:
            raise QueryError("A comparison with NULL has no tokens.")
        yield ValueToken(value.value)
    elif value is not None:
        yield from _unit(value)


def from_tokens(tokens: Sequence[Token], schema: Schema) -> Query:
    """The query that ``tokens`` spell, with its JOIN conditions derived from ``schema``'s keys.

    Raises:
        QueryError: the tokens break off or stand where the grammar has no place for them.
    """
    reader = _Reader(tokens, schema)
    query = reader.query()
    if reader.peek() != "end":
        raise QueryError(f"Unexpected {reader.peek()!r} behind the query.")
    return query


class _Reader:
    """Recursive descent over tokens; ``tables`` are those of the query being read."""

    def __init__(self, tokens: Sequence[Token], schema: Schema) -> None:
        self.tokens = tokens
        self.schema = schema
        self.position = 0
        self.tables: tuple[int, ...] = ()

    def peek(self) -> Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else "end"

    def next(self) -> Token:
        token = self.peek()
        self.position += 1
        return token

    def accept(self, *keywords: str) -> str | None:
        token = self.peek()
        if isinstance(token, str) and token in keywords:
            self.position += 1
            return token
        return None

    def expect(self, keyword: str) -> None:
        if not self.accept(keyword):
            raise QueryError(f"Expected {keyword!r}, got {self.peek()!r}.")

    def query(self) -> Query:
        outer = self.tables
        self.expect("from")
        chosen: list[int] = []
        via: dict[int, tuple[int, int]] = {}
        while isinstance(token := self.peek(), TableToken | ColumnToken):
            if isinstance(token, TableToken):
                chosen.append(token.table)
            elif chosen:
                via[chosen[-1]] = (token.table, token.column)
            self.next()
        if not chosen:
            raise QueryError("FROM names no table.")
        self.tables, joins = connect(self.schema, chosen, via)
        query = self._body(tuple(Source(t) for t in self.tables), joins)
        self.tables = outer
        return query

    def _body(self, sources: tuple[Source, ...], joins: tuple[Join, ...]) -> Query:
        self.expect("select")
        distinct = bool(self.accept("distinct"))
        select = self._units()
        where = self._conditions() if self.accept("where") else Conditions()
        group = self._units() if self.accept("group") else ()
        having = self._conditions() if self.accept("having") else Conditions()
        direction = self.accept("order_asc", "order_desc")
        order = self._units() if direction else ()
        limit = self._limit() if self.accept("limit") else None
        operator = self.accept(*SET_OPERATORS)
        return Query(
            select=select,
            sources=sources,
            distinct=distinct,
            joins=joins,
            where=where,
            group_by=tuple(u for u in group if isinstance(u, ColumnUnit)),
            having=having,
            # one direction for the whole clause, written behind its last item
            order_by=tuple(
                OrderItem(u, direction == "order_desc" and u is order[-1]) for u in order
            ),
            limit=limit,
            set_operator=operator,  # type: ignore[arg-type]
            right=self.query() if operator else None,
        )

    def _units(self) -> tuple[Unit, ...]:
        units = []
        while self._at_unit():
            units.append(self._unit())
        if not units:
            raise QueryError(f"Expected a column, got {self.peek()!r}.")
        return tuple(units)

    def _at_unit(self) -> bool:
        token = self.peek()
        if isinstance(token, str):
            return token in (*AGGREGATES, *ARITHMETIC, "*", "distinct")
        return isinstance(token, ColumnToken)

    def _unit(self) -> Unit:
        aggregate = self.accept(*AGGREGATES)
        operator = self.accept(*ARITHMETIC)
        if operator:
            left, right = self._unit(), self._unit()
            if isinstance(left, Arithmetic) or isinstance(right, Arithmetic):
                raise QueryError("Arithmetic inside arithmetic is outside the language.")
            symbol = "*" if operator == "x" else operator
            return Arithmetic(symbol, left, right, aggregate)  # type: ignore[arg-type]
        distinct = bool(self.accept("distinct"))
        return ColumnUnit(self._column(), aggregate, distinct)  # type: ignore[arg-type]

    def _column(self) -> ColumnRef:
        token = self.next()
        if token == "*":
            return STAR
        if not isinstance(token, ColumnToken) or token.table not in self.tables:
            raise QueryError(f"Expected a column of the tables in FROM, got {token!r}.")
        return ColumnRef(token.table, token.column, self.tables.index(token.table))

    def _conditions(self) -> Conditions:
        items, connectors = [self._condition()], []
        while word := self.accept("and", "or"):
            connectors.append(word)
            items.append(self._condition())
        return Conditions(tuple(items), tuple(connectors))  # type: ignore[arg-type]

    def _condition(self) -> Condition:
        left, operator = self._unit(), self.accept(*COMPARISONS)
        if operator is None:
            raise QueryError(f"Expected a comparison, got {self.peek()!r}.")
        if operator in ("is_null", "not_null"):
            return Condition(left, "is", Literal(None), negated=operator == "not_null")
        if operator == "between":
            return Condition(left, "between", self._value(), self._value())
        if operator in ("in", "not_in"):
            return self._membership(left, operator == "not_in")
        if "like" in operator:
            return Condition(left, "like", self._pattern(operator), negated=operator == "not_like")
        return Condition(left, operator, self._value())

    def _membership(self, left: Unit, negated: bool) -> Condition:
        value = self._value()
        items = (value,) if isinstance(value, Literal) else ()
        return Condition(left, "in", value, negated=negated, items=items)

    def _pattern(self, operator: str) -> Literal:
        token = self.next()
        if not isinstance(token, ValueToken):
            raise QueryError(f"Expected a value behind {operator!r}, got {token!r}.")
        before = "" if operator == "like_starts" else "%"
        after = "" if operator == "like_ends" else "%"
        return Literal(f"{before}{token.value}{after}")

    def _value(self) -> Literal | Unit | Query:
        token = self.peek()
        if isinstance(token, ValueToken):
            self.next()
            return Literal(token.value)
        if self.accept("("):
            query = self.query()
            self.expect(")")
            return query
        return self._unit()

    def _limit(self) -> int:
        token = self.next()
        try:
            return int(token.value)  # type: ignore[union-attr]
        except (AttributeError, ValueError) as error:
            raise QueryError(f"LIMIT needs a whole number, got {token!r}.") from error
