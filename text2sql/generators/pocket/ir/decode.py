"""Translates tokens of the model's language into a query tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.sources import key_to, via
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    CONDITIONAL,
    FUNCTIONS,
    LISTS,
    NEW_AGGREGATES,
    NEW_COMPARISONS,
    PATTERNS,
    RANKS,
    SHOWN,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)
from text2sql.linking.joins import connect
from text2sql.query.nodes import (
    Call,
    Case,
    Column,
    Compound,
    Entry,
    Expression,
    Item,
    Literal,
    Order,
    Place,
    Select,
    Star,
    Statement,
    Subquery,
    Window,
    columns_of,
)
from text2sql.schema import Schema

__all__ = ["from_tokens"]

_COMPARED = frozenset((*COMPARISONS, *NEW_COMPARISONS))
_SET_OPERATORS = {
    "union": "union", "intersect": "intersect", "except": "except", "union_all": "union all",
}  # fmt: skip
_BEGINS = frozenset(
    (*AGGREGATES, *ARITHMETIC, "*", *FUNCTIONS, *CONDITIONAL, *NEW_AGGREGATES, "null", "outer",
     "again", "window", *SHOWN)
)  # fmt: skip


def from_tokens(tokens: Sequence[Token], schema: Schema) -> Statement:
    """Translate ``tokens`` into a query, with JOIN conditions derived from ``schema``'s keys.

    Raises:
        QueryError: the tokens end too early or do not follow the grammar.
    """
    decoder = _Decoder(tokens, schema)
    query = decoder.statement(None)
    if decoder.peek() != "end":
        raise QueryError(f"Unexpected {decoder.peek()!r} after the query.")
    return query


@dataclass
class _Scope:
    """The FROM of one query: positions of tables, of their second instances, of subqueries."""

    outer: _Scope | None
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


class _Decoder:
    """A recursive descent parser; ``scope`` belongs to the query being read."""

    def __init__(self, tokens: Sequence[Token], schema: Schema) -> None:
        self.tokens = tokens
        self.schema = schema
        self.position = 0
        self.scope = _Scope(None)

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
            self._refuse(repr(keyword))

    def _refuse(self, wanted: str) -> NoReturn:
        raise QueryError(f"Expected {wanted}, got {self.peek()!r}.")

    # queries

    def statement(self, outer: _Scope | None) -> Statement:
        before = self.scope
        self.scope = _Scope(outer)
        selects = [self._select()]
        operators = []
        while word := self.accept(*_SET_OPERATORS):
            operators.append(_SET_OPERATORS[word])
            self.scope = _Scope(outer)
            selects.append(self._select())
        query: Statement = selects[0]
        if operators:
            query = Compound(
                tuple(selects),
                tuple(operators),  # type: ignore[arg-type]
                self._compound_orders(selects[0]),
                *self._limit(),
            )
        self.scope = before
        return query

    def _select(self) -> Select:
        self.expect("from")
        self._from()
        self.expect("select")
        distinct = bool(self.accept("distinct"))
        overall = str(self.next()) if self.accept("overall") else ""
        items = self._items()
        where = self.condition() if self.accept("where") else None
        group = self._expressions() if self.accept("group") else ()
        having = self.condition() if self.accept("having") else None
        best = self.accept("best", "best_ties")
        most, per = self._best() if best else (0, ())
        compound = self.peek() in ("order_asc", "order_desc") and self.peek(1) in SHOWN
        compound = compound and not self.scope.shown
        order = () if compound else self._orders()
        limit, offset = (None, None) if compound else self._limit()
        sources = tuple(self.scope.sources)
        if best:
            select = Select(items, sources, distinct, where, group, having)
            return _best(select, best, most, per, order)
        select = Select(items, sources, distinct, where, group, having, order, limit, offset)
        return _overall(select, overall) if overall else select

    def _best(self) -> tuple[int, tuple[Expression, ...]]:
        most = self._whole()
        self.expect("per")
        return most, self._expressions()

    def _items(self) -> tuple[Item, ...]:
        items = []
        while self._begins() or self.peek() == "all_of":
            if self.accept("all_of"):
                items.append(Item(Star(self._instance(self._table()))))
            else:
                items.append(Item(self.expression()))
        if not items:
            self._refuse("a column")
        return tuple(items)

    def _orders(self) -> tuple[Order, ...]:
        """Items of ORDER BY, each after its direction; ascending without one."""
        orders: list[Order] = []
        while direction := self.accept("order_asc", "order_desc"):
            units = self._expressions()
            orders += [Order(unit) for unit in units[:-1]]
            orders.append(Order(units[-1], direction == "order_desc"))
        return tuple(orders)

    def _compound_orders(self, first: Select) -> tuple[Order, ...]:
        orders = []
        while direction := self.accept("order_asc", "order_desc"):
            word = self.accept(*SHOWN)
            if word is None or int(word[1:]) > len(first.items):
                self._refuse("a column of the result")
            orders.append(Order(Place(int(word[1:]) - 1), direction == "order_desc"))
        return tuple(orders)

    def _limit(self) -> tuple[Literal | None, Literal | None]:
        if self.accept("nth"):
            return Literal(1), Literal(max(self._whole() - 1, 0))
        if not self.accept("limit"):
            return None, None
        limit = Literal(self._whole())
        return limit, Literal(self._whole()) if self.accept("offset") else None

    def _whole(self) -> int:
        token = self.next()
        try:
            return int(token.value)  # type: ignore[union-attr]
        except (AttributeError, ValueError) as error:
            raise QueryError(f"Expected a whole number, got {token!r}.") from error

    # FROM

    def _from(self) -> None:
        chosen: list[int] = []
        named: list[tuple[int, int]] = []
        while isinstance(token := self.peek(), TableToken | ColumnToken):
            if isinstance(token, TableToken):
                chosen.append(token.table)
            else:
                named.append((token.table, token.column))
            self.next()
        if chosen:
            tables, joins = connect(self.schema, chosen, via(self.schema, chosen, named))
            for position, table in enumerate(tables):
                on = [
                    Call("=", (Column(j.left.source, j.left.column),
                               Column(j.right.source, j.right.column)))
                    for j in joins if j.source == position
                ]  # fmt: skip
                self._place(Entry(table, on=_all(on)))
        empty = bool(self.accept("no_table"))
        while self.peek() in ("left", "inner", "again", "("):
            self._special()
        if not self.scope.sources and not empty:
            raise QueryError("FROM names no table.")

    def _place(self, entry: Entry, again: bool = False) -> int:
        position = len(self.scope.sources)
        self.scope.sources.append(entry)
        if entry.query is not None:
            width = columns_of(entry.query) or 0
            self.scope.shown += [(position, column) for column in range(width)]
        elif entry.table is not None:
            (self.scope.again if again else self.scope.first)[entry.table] = position
        return position

    def _special(self) -> None:
        left = bool(self.accept("left"))
        join = "left" if left else "inner"
        if self.accept("("):
            query = self.statement(self.scope.outer)
            self.expect(")")
            position = self._place(Entry(query=query))
        else:
            word = self.accept("inner", "again")
            placed = self.scope.tables()
            table = self._table()
            position = self._place(Entry(table), word == "again")
        on = None
        if self.accept("on"):
            on = self.condition()
        elif self.scope.sources[position].query is None:
            token = self.peek()
            named = (token.table, token.column) if isinstance(token, ColumnToken) else None
            if named or (left and position):
                on = self._key(placed, table, position, named)
        self.scope.sources[position] = Entry(
            self.scope.sources[position].table,
            self.scope.sources[position].query,
            join,  # type: ignore[arg-type]
            on,
        )

    def _key(
        self, placed: list[int], table: int, position: int, named: tuple[int, int] | None
    ) -> Expression:
        found = key_to(self.schema, placed, table, named)
        if found is None and table not in placed:
            found = key_to(self.schema, placed, table, None)
        if found is None:
            raise QueryError("No key ties a table in FROM to those before it.")
        if named is not None:
            self.next()
        pairs: list[Expression] = [
            Call("=", (Column(found[0], a), Column(position, b))) for a, b in found[1]
        ]
        return _all(pairs) or Literal(1)

    def _table(self) -> int:
        token = self.next()
        if not isinstance(token, TableToken):
            raise QueryError(f"Expected a table, got {token!r}.")
        return token.table

    # expressions

    def _begins(self) -> bool:
        token = self.peek()
        if isinstance(token, str):
            return token in _BEGINS or token == "("
        return isinstance(token, ColumnToken | ValueToken)

    def _expressions(self) -> tuple[Expression, ...]:
        units = []
        while self._begins():
            units.append(self.expression())
        if not units:
            self._refuse("a column")
        return tuple(units)

    def expression(self) -> Expression:
        token = self.next()
        if isinstance(token, ValueToken):
            return Literal(token.value)
        if isinstance(token, ColumnToken):
            return Column(self._instance(token.table), token.column)
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
            raise QueryError(f"{name!r} is no function of a window.")
        partition = self._expressions() if self.accept("per") else ()
        window = Window(call, partition, self._orders())
        self.expect(")")
        return window

    def _shown(self, word: str, scope: _Scope) -> Column:
        number = int(word[1:]) - 1
        if number >= len(scope.shown):
            raise QueryError(f"No query in FROM has a column {word}.")
        return Column(*scope.shown[number])

    def _again(self, scope: _Scope) -> Column:
        token = self.next()
        if not isinstance(token, ColumnToken) or token.table not in scope.again:
            raise QueryError(f"Expected a column of a table that is there twice, got {token!r}.")
        return Column(scope.again[token.table], token.column)

    def _outer(self) -> Column:
        depth, scope = 1, self.scope.outer
        while self.accept("outer"):
            depth, scope = depth + 1, scope.outer if scope else None
        if scope is None:
            raise QueryError("There is no query around this one.")
        token = self.next()
        if token == "again":
            found = self._again(scope)
        elif isinstance(token, str) and token in SHOWN:
            found = self._shown(token, scope)
        elif isinstance(token, ColumnToken) and token.table in scope.first:
            found = Column(scope.first[token.table], token.column)
        else:
            raise QueryError(f"Expected a column of the query around, got {token!r}.")
        return Column(found.source, found.column, depth)

    def _instance(self, table: int) -> int:
        if table not in self.scope.first:
            raise QueryError(f"Expected a column of the tables in FROM, got one of table {table}.")
        return self.scope.first[table]

    # conditions

    def condition(self) -> Expression:
        """``a AND b OR c``, with SQL's precedence."""
        alternatives: list[Expression] = []
        while True:
            together = [self._operand()]
            while self.accept("and"):
                together.append(self._operand())
            alternatives.append(_all(together) or Literal(1))
            if not self.accept("or"):
                break
        return alternatives[0] if len(alternatives) == 1 else Call("or", tuple(alternatives))

    def _operand(self) -> Expression:
        if self.accept("not"):
            self.expect("(")
            return Call("not", (self._bracket(),))
        if word := self.accept("exists", "not_exists"):
            exists = Call("exists", (self.expression(),))
            return exists if word == "exists" else Call("not", (exists,))
        if self.peek() == "(" and self.peek(1) != "from":
            self.next()
            return self._bracket()
        left = self.expression()
        operator = self.next()
        if not isinstance(operator, str) or operator not in _COMPARED:
            raise QueryError(f"Expected a comparison, got {operator!r}.")
        return self._compared(left, operator)

    def _bracket(self) -> Expression:
        inner = self.condition()
        self.expect(")")
        return inner

    def _compared(self, left: Expression, operator: str) -> Expression:
        if operator in ("is_null", "not_null"):
            return Call("is" if operator == "is_null" else "is not", (left, Literal(None)))
        if operator in ("is_true", "is_false"):
            return left if operator == "is_true" else Call("not", (left,))
        if operator in ("same_as", "not_same_as"):
            name = "is" if operator == "same_as" else "is not"
            return Call(name, (left, self.expression()))
        if operator in PATTERNS:
            return self._pattern(left, operator)
        if operator in LISTS:
            return _negated_if(operator == "none_of", Call("in", (left, *self._values())))
        if operator in ("between", "not_between"):
            between = Call("between", (left, self.expression(), self.expression()))
            return _negated_if(operator == "not_between", between)
        if operator in ("in", "not_in"):
            return _negated_if(operator == "not_in", Call("in", (left, self.expression())))
        return Call(operator, (left, self.expression()))

    def _values(self) -> list[Expression]:
        values: list[Expression] = []
        while isinstance(token := self.peek(), ValueToken):
            values.append(Literal(token.value))
            self.next()
        if not values:
            self._refuse("a value")
        return values

    def _pattern(self, left: Expression, operator: str) -> Expression:
        negated, before, after = PATTERNS[operator]
        token = self.peek()
        right: Expression
        if isinstance(token, ValueToken):
            self.next()
            right = Literal(f"{before}{token.value}{after}")
        elif before or after:
            self._refuse("a value")
        else:
            right = self.expression()
        return _negated_if(negated, Call("like", (left, right)))


def _negated_if(negated: bool, condition: Call) -> Call:
    return Call("not", (condition,)) if negated else condition


def _all(conditions: Sequence[Expression]) -> Expression | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Call("and", tuple(conditions))


def _overall(select: Select, aggregate: str) -> Select:
    """``aggregate`` over the groups of ``select``."""
    if aggregate not in AGGREGATES:
        raise QueryError(f"Expected an aggregate, got {aggregate!r}.")
    argument: Expression = Star() if aggregate == "count" else Column(0, 0)
    return Select((Item(Call(aggregate, (argument,))),), (Entry(query=select),))


def _best(
    select: Select,
    word: str,
    most: int,
    per: tuple[Expression, ...],
    order: tuple[Order, ...],
) -> Select:
    """The first rows of each group of ``select``; ``best_ties`` also keeps rows that tie."""
    call = Call("row_number" if word == "best" else "rank")
    width = columns_of(select)
    if width is None:
        raise QueryError("All columns of the best of each group have no SQL.")
    numbered = Select(
        (*select.items, Item(Window(call, per, order), "place")),
        select.sources, select.distinct, select.where, select.group_by, select.having,
    )  # fmt: skip
    condition = Call("<=" if most > 1 else "=", (Column(0, width), Literal(most)))
    shown = tuple(Item(Column(0, column)) for column in range(width))
    return Select(shown, (Entry(query=numbered),), where=condition)
