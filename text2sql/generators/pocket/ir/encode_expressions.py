"""Translates expressions and conditions of a query tree into tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Self

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    COMPARISONS,
    FUNCTIONS,
    MOST_SHOWN,
    PATTERNS,
    RANKS,
    ColumnToken,
    Token,
    ValueToken,
)
from text2sql.query.nodes import (
    Call,
    Case,
    Column,
    Entry,
    Expression,
    Item,
    Literal,
    Order,
    Ordinal,
    Select,
    Star,
    Statement,
    Subquery,
    Window,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["ExpressionEncoder"]

_CALLS = {(name, arity): word for word, (name, arity) in FUNCTIONS.items()}
_OPERATORS = {"-": "-", "+": "+", "/": "/", "*": "x"}
_NEGATED = {"in": "not_in", "between": "not_between"}
_TRUTH = frozenset(
    ("=", "!=", "<", ">", "<=", ">=", "between", "in", "like", "is", "is not", "not", "and", "or",
     "exists")
)  # fmt: skip
_PATTERN_WORDS = {shape: word for word, shape in reversed(PATTERNS.items())}


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
        if isinstance(node, Column):
            yield from self._column(node)
        elif isinstance(node, Star):
            yield "*"
        elif isinstance(node, Literal):
            yield "null" if node.value is None else ValueToken(node.value)
        elif isinstance(node, Ordinal):
            yield _shown(node.number)
        elif isinstance(node, Subquery):
            yield from self._subquery(node)
        elif isinstance(node, Case):
            yield from self._case(node)
        elif isinstance(node, Window):
            yield from self._window(node)
        else:
            yield from self._call(node)

    def _column(self, column: Column) -> Iterator[Token]:
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

    def _subquery(self, node: Subquery, exists: bool = False) -> Iterator[Token]:
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
        elif name in _TRUTH:
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

    # conditions

    def conjunction(self, conditions: Sequence[Expression]) -> list[Token]:
        """Conditions joined by AND, in the order of their columns in the schema."""
        parts = sorted((list(self._operand(c)) for c in conditions), key=_first_column)
        return _separated("and", parts)

    def condition(self, node: Expression) -> list[Token]:
        if isinstance(node, Call) and node.name == "and":
            return self.conjunction(node.arguments)
        if isinstance(node, Call) and node.name == "or":
            return _separated("or", [self.condition(a) for a in node.arguments])
        return list(self._operand(node))

    def _operand(self, node: Expression) -> Iterator[Token]:
        if not isinstance(node, Call) or node.name not in (*_TRUTH, "glob"):
            yield from (*self.expression(node), "is_true")
            return
        name, arguments = node.name, node.arguments
        if name in ("and", "or"):
            yield from ("(", *self.condition(node), ")")
        elif name == "not":
            yield from self._negated(arguments[0])
        elif name == "exists":
            yield from ("exists", *self._exists(arguments[0]))
        elif name in ("is", "is not"):
            yield from self._is(name, *arguments)
        elif name == "like":
            yield from self._like(arguments[0], arguments[1], False)
        elif name == "in":
            if _listed(arguments):
                yield from self._in(arguments, negated=False)
            else:
                yield from ("(", *self.condition(_as_alternatives(arguments)), ")")
        elif name in COMPARISONS:
            yield from self.expression(arguments[0])
            yield name
            for value in arguments[1:]:
                yield from self._right(value)
        else:
            raise QueryError(f"The condition {name!r} has no tokens.")

    def _right(self, node: Expression) -> Iterator[Token]:
        if node == Literal(None):
            raise QueryError("A comparison with NULL has no tokens.")
        yield from self.expression(node)

    def _negated(self, inner: Expression) -> Iterator[Token]:
        if isinstance(inner, Call):
            if inner.name == "exists":
                yield from ("not_exists", *self._exists(inner.arguments[0]))
                return
            if inner.name == "like":
                yield from self._like(inner.arguments[0], inner.arguments[1], True)
                return
            if inner.name == "in" and _listed(inner.arguments):
                yield from self._in(inner.arguments, negated=True)
                return
            if inner.name == "between":
                yield from self.expression(inner.arguments[0])
                yield "not_between"
                for value in inner.arguments[1:]:
                    yield from self._right(value)
                return
        if not isinstance(inner, Call) or inner.name not in _TRUTH:
            yield from (*self.expression(inner), "is_false")
            return
        yield from ("not", "(", *self.condition(inner), ")")

    def _exists(self, node: Expression) -> Iterator[Token]:
        """The query in EXISTS without its select list, which has no effect."""
        if not isinstance(node, Subquery):
            raise QueryError("EXISTS without a query has no tokens.")
        if isinstance(node.query, Select) and not node.query.group_by:
            node = Subquery(replace(node.query, items=(Item(Star()),), order_by=()))
        return self._subquery(node, exists=True)

    def _is(self, name: str, left: Expression, right: Expression) -> Iterator[Token]:
        yield from self.expression(left)
        if right == Literal(None):
            yield "is_null" if name == "is" else "not_null"
            return
        yield "same_as" if name == "is" else "not_same_as"
        yield from self.expression(right)

    def _in(self, arguments: Sequence[Expression], negated: bool) -> Iterator[Token]:
        left, *items = arguments
        yield from self.expression(left)
        if len(items) == 1 and isinstance(items[0], Subquery):
            yield "not_in" if negated else "in"
            yield from self.expression(items[0])
            return
        yield "none_of" if negated else "any_of"
        for item in items:
            yield from self.expression(item)

    def _like(self, left: Expression, right: Expression, negated: bool) -> Iterator[Token]:
        yield from self.expression(left)
        if not isinstance(right, Literal) or not isinstance(right.value, str):
            yield "not_like_raw" if negated else "like"
            yield from self.expression(right)
            return
        text = right.value
        before, after = text[:1] == "%", text[-1:] == "%" and len(text) > 1
        inner = text[before : len(text) - after]
        if not inner or "%" in inner:
            before, after, inner = False, False, text
        yield _PATTERN_WORDS[negated, "%" if before else "", "%" if after else ""]
        yield ValueToken(inner)


def _listed(arguments: Sequence[Expression]) -> bool:
    """Whether IN is followed by a query or plain values."""
    items = arguments[1:]
    if len(items) == 1 and isinstance(items[0], Subquery):
        return True
    return all(isinstance(item, Literal) and item.value is not None for item in items)


def _as_alternatives(arguments: Sequence[Expression]) -> Call:
    """``a IN (b, c)`` as ``a = b OR a = c``."""
    left, *items = arguments
    return Call("or", tuple(Call("=", (left, item)) for item in items if item != Literal(None)))


def _separated(word: str, parts: Sequence[list[Token]]) -> list[Token]:
    joined: list[Token] = []
    for number, part in enumerate(parts):
        joined += [word, *part] if number else part
    return joined


def _first_column(tokens: Sequence[Token]) -> tuple[int, int]:
    found = next((t for t in tokens if isinstance(t, ColumnToken)), None)
    return (found.table, found.column) if found else (10_000, 0)


def _shown(number: int) -> str:
    if number >= MOST_SHOWN:
        raise QueryError(f"A column after the first {MOST_SHOWN} of a query has no tokens.")
    return f"#{number + 1}"
