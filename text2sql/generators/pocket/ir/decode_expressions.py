"""Translates tokens of expressions and conditions into nodes of a query tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    ARITHMETIC,
    CONDITIONAL,
    FUNCTIONS,
    NEW_AGGREGATES,
    RANKS,
    SHOWN,
    ColumnToken,
    TableToken,
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
    Star,
    Statement,
    Subquery,
    Window,
)

__all__ = ["ExpressionDecoder", "FromScope"]

_BEGINS = frozenset(
    (*AGGREGATES, *ARITHMETIC, "*", *FUNCTIONS, *CONDITIONAL, *NEW_AGGREGATES, "null", "outer",
     "again", "window", *SHOWN)
)  # fmt: skip


@dataclass
class FromScope:
    """The FROM of one query: positions of tables, of their second instances, of subqueries."""

    outer: FromScope | None
    sources: list[Entry] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    shown: list[tuple[int, int]] = field(default_factory=list)

    def tables(self) -> list[int]:
        """The table of each source; -1 for a source that no key refers to."""
        firsts = set(self.first.values())
        return [
            entry.table if entry.table is not None and position in firsts else -1
            for position, entry in enumerate(self.sources)
        ]


class ExpressionDecoder(ABC):
    """A recursive descent parser; ``scope`` belongs to the query being read."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.scope = FromScope(None)

    def peek(self, ahead: int = 0) -> Token:
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else "end"

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
            self.refuse(repr(keyword))

    def refuse(self, wanted: str) -> NoReturn:
        raise QueryError(f"Expected {wanted}, got {self.peek()!r}.")

    @abstractmethod
    def statement(self, outer: FromScope | None) -> Statement:
        """Read a query; ``outer`` is the FROM of the enclosing query."""

    @abstractmethod
    def condition(self) -> Expression:
        """Read ``a AND b OR c``, with SQL's precedence."""

    def begins(self) -> bool:
        token = self.peek()
        if isinstance(token, str):
            return token in _BEGINS or token == "("
        return isinstance(token, ColumnToken | ValueToken)

    def expressions(self) -> tuple[Expression, ...]:
        units = []
        while self.begins():
            units.append(self.expression())
        if not units:
            self.refuse("a column")
        return tuple(units)

    def expression(self) -> Expression:
        token = self.next()
        if isinstance(token, ValueToken):
            return Literal(token.value)
        if isinstance(token, ColumnToken):
            return ColumnRef(self.instance(token.table), token.column)
        if isinstance(token, TableToken):
            raise QueryError(f"Expected a column, got {token!r}.")
        if token in FUNCTIONS:
            name, arity = FUNCTIONS[token]
            return Call(name, tuple(self.expression() for _ in range(arity)))
        if token in ARITHMETIC:
            return Call("*" if token == "x" else token, (self.expression(), self.expression()))
        if token in CONDITIONAL:
            return self._conditional(token)
        if token in (*AGGREGATES, "group_concat"):
            return self._aggregate(token)
        return self._other(token)

    def _aggregate(self, name: str) -> Call:
        distinct = bool(self.accept("distinct"))
        return Call(name, (self.expression(),), distinct)

    def _conditional(self, word: str) -> Expression:
        before, after = CONDITIONAL[word]
        values = [self.expression() for _ in range(before)]
        condition = self.condition()
        self.expect(")")
        if word == "whether":
            return condition
        if word != "if":
            return Call(word, (*values, condition))
        result, otherwise = (self.expression() for _ in range(after))
        if isinstance(otherwise, Case):
            return Case(((condition, result), *otherwise.branches), otherwise.otherwise)
        return Case(((condition, result),), otherwise)

    def _other(self, token: str) -> Expression:
        if token == "*":
            return Star()
        if token == "null":
            return Literal(None)
        if token in SHOWN:
            return self._shown(token, self.scope)
        if token == "again":
            return self._again(self.scope)
        if token == "outer":
            return self._outer()
        if token == "(":
            query = self.statement(self.scope)
            self.expect(")")
            return Subquery(query)
        if token == "window":
            return self._window()
        raise QueryError(f"Expected a column, got {token!r}.")

    def _window(self) -> Window:
        name = str(self.next())
        if name in RANKS:
            call = Call(name, tuple(self.expression() for _ in range(RANKS[name])))
        elif name in AGGREGATES:
            call = self._aggregate(name)
        else:
            raise QueryError(f"{name!r} is not a window function.")
        partition = self.expressions() if self.accept("per") else ()
        window = Window(call, partition, self.orders())
        self.expect(")")
        return window

    def _shown(self, word: str, scope: FromScope) -> ColumnRef:
        number = int(word[1:]) - 1
        if number >= len(scope.shown):
            raise QueryError(f"No query in FROM has a column {word}.")
        return ColumnRef(*scope.shown[number])

    def _again(self, scope: FromScope) -> ColumnRef:
        token = self.next()
        if not isinstance(token, ColumnToken) or token.table not in scope.again:
            raise QueryError(f"Expected a column of a table that is in FROM twice, got {token!r}.")
        return ColumnRef(scope.again[token.table], token.column)

    def _outer(self) -> ColumnRef:
        depth, scope = 1, self.scope.outer
        while self.accept("outer"):
            depth, scope = depth + 1, scope.outer if scope else None
        if scope is None:
            raise QueryError("There is no enclosing query.")
        token = self.next()
        if token == "again":
            found = self._again(scope)
        elif isinstance(token, str) and token in SHOWN:
            found = self._shown(token, scope)
        elif isinstance(token, ColumnToken) and token.table in scope.first:
            found = ColumnRef(scope.first[token.table], token.column)
        else:
            raise QueryError(f"Expected a column of the enclosing query, got {token!r}.")
        return ColumnRef(found.source, found.column, depth)

    def instance(self, table: int) -> int:
        if table not in self.scope.first:
            raise QueryError(f"Expected a column of the tables in FROM, got one of table {table}.")
        return self.scope.first[table]

    def orders(self) -> tuple[Order, ...]:
        """Items of ORDER BY, each after its direction; ascending without one."""
        orders: list[Order] = []
        while direction := self.accept("order_asc", "order_desc"):
            units = self.expressions()
            orders += [Order(unit) for unit in units[:-1]]
            orders.append(Order(units[-1], direction == "order_desc"))
        return tuple(orders)
