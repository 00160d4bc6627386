"""Translates expressions and conditions of a query tree into tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Self

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    FUNCTIONS,
    MOST_SHOWN,
    RANKS,
    ColumnToken,
    Token,
    ValueToken,
)
from text2sql.query.nodes import (
    Call,
    Case,
    ColumnRef,
    Entry,
    Expression,
    Literal,
    Order,
    Ordinal,
    Star,
    Statement,
    Subquery,
    Window,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["TRUTH", "ExpressionEncoder"]

_CALLS = {(name, arity): word for word, (name, arity) in FUNCTIONS.items()}
_OPERATORS = {"-": "-", "+": "+", "/": "/", "*": "x"}
_NEGATED = {"in": "not_in", "between": "not_between"}
#: The calls that are conditions.
TRUTH = frozenset(
    ("=", "!=", "<", ">", "<=", ">=", "between", "in", "like", "is", "is not", "not", "and", "or",
     "exists")
)  # fmt: skip


class ExpressionEncoder(ABC):
    """Translates the expressions of one SELECT; ``outer`` translates those of the enclosing one."""

    def __init__(self, schema: Schema, outer: Self | None) -> None:
        self.schema = schema
        self.outer = outer
        self.sources: tuple[Entry, ...] = ()
        self.again: set[int] = set()
        self.shown: dict[int, int] = {}  # source -> number of its first column in ``SHOWN``

    @abstractmethod
    def statement(self, query: Statement) -> Iterator[Token]:
        """Translate a query."""

    def expression(self, node: Expression) -> Iterator[Token]:
        if isinstance(node, ColumnRef):
            yield from self._column(node)
        elif isinstance(node, Star):
            yield "*"
        elif isinstance(node, Literal):
            yield "null" if node.value is None else ValueToken(node.value)
        elif isinstance(node, Ordinal):
            yield _shown(node.number)
        elif isinstance(node, Subquery):
            yield from self.subquery(node)
        elif isinstance(node, Case):
            yield from self._case(node)
        elif isinstance(node, Window):
            yield from self._window(node)
        else:
            yield from self._call(node)

    @abstractmethod
    def condition(self, node: Expression) -> list[Token]:
        """Translate a condition."""

    def _column(self, column: ColumnRef) -> Iterator[Token]:
        encoder: ExpressionEncoder | None = self
        for _ in range(column.outer):
            yield "outer"
            encoder = encoder.outer if encoder else None
        if encoder is None:
            raise QueryError("A column that belongs to no enclosing query has no tokens.")
        if column.source in encoder.shown:
            yield _shown(encoder.shown[column.source] + column.column)
            return
        if column.source in encoder.again:
            yield "again"
        yield ColumnToken(encoder.sources[column.source].table or 0, column.column)

    def subquery(self, node: Subquery, exists: bool = False) -> Iterator[Token]:
        query = node.query
        if not exists:  # EXISTS ignores the columns, so its star can stay
            query = spelled_out(query, self.schema)
        yield "("
        yield from type(self)(self.schema, self).statement(query)
        yield ")"

    def _case(self, case: Case) -> Iterator[Token]:
        for condition, result in case.branches:
            yield from ("if", *self.condition(condition), ")")
            yield from self.expression(result)
        yield from self.expression(case.otherwise)

    def _window(self, window: Window) -> Iterator[Token]:
        if window.call.name not in (*RANKS, *AGGREGATES) or window.call.distinct:
            raise QueryError(f"The window of {window.call.name!r} has no tokens.")
        if len(window.call.arguments) > 1:
            raise QueryError(f"{window.call.name!r} with a default has no tokens.")
        yield from ("window", window.call.name)
        for argument in window.call.arguments:
            yield from self.expression(argument)
        if window.partition:
            yield "per"
            for unit in window.partition:
                yield from self.expression(unit)
        yield from self.orders(window.order)
        yield ")"

    def _call(self, call: Call) -> Iterator[Token]:
        name, arguments = call.name, call.arguments
        if name in ("count_if", "percent", "sum_if", "avg_if"):
            yield name
            for value in arguments[:-1]:
                yield from self.expression(value)
            yield from (*self.condition(arguments[-1]), ")")
        elif name in (*AGGREGATES, "group_concat") and len(arguments) == 1:
            yield name
            if call.distinct:
                yield "distinct"
            yield from self.expression(arguments[0])
        elif name in _OPERATORS:
            yield _OPERATORS[name]
            for argument in arguments:
                yield from self.expression(argument)
        elif name in TRUTH:
            yield from ("whether", *self.condition(call), ")")
        else:
            yield from self._function(call)

    def _function(self, call: Call) -> Iterator[Token]:
        word = _CALLS.get((call.name, len(call.arguments)))
        if word is None and call.name == "coalesce" and len(call.arguments) > 2:
            rest = replace(call, arguments=call.arguments[1:])
            yield from self._function(Call("coalesce", (call.arguments[0], rest)))
            return
        if word is None and call.name in ("date", "datetime") and len(call.arguments) > 2:
            earlier = replace(call, arguments=call.arguments[:-1])
            yield from self._function(replace(call, arguments=(earlier, call.arguments[-1])))
            return
        if word is None and call.name == "strftime" and len(call.arguments) > 2:
            moment = Call("datetime", call.arguments[1:])
            yield from self.expression(Call("strftime", (call.arguments[0], moment)))
            return
        if word is None:
            raise QueryError(f"{call.name!r} of {len(call.arguments)} arguments has no tokens.")
        yield word
        for argument in call.arguments:
            yield from self.expression(argument)

    def orders(self, orders: Iterable[Order]) -> Iterator[Token]:
        for order in orders:
            yield "order_desc" if order.descending else "order_asc"
            yield from self.expression(order.expression)


def _shown(number: int) -> str:
    if number >= MOST_SHOWN:
        raise QueryError(f"A column after the first {MOST_SHOWN} of a query has no tokens.")
    return f"#{number + 1}"
