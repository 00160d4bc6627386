"""Translates tokens of the model's language into a query tree."""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.decode_conditions import ConditionDecoder
from text2sql.generators.pocket.ir.decode_expressions import FromScope
from text2sql.generators.pocket.ir.idioms import aggregate_of_groups, best_of_groups
from text2sql.generators.pocket.ir.sources import key_to, via
from text2sql.generators.pocket.ir.vocabulary import SHOWN, ColumnToken, TableToken, Token
from text2sql.linking.joins import connect
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Entry,
    Expression,
    Literal,
    Order,
    Ordinal,
    Select,
    SelectItem,
    Star,
    Statement,
    columns_of,
    conjunction,
)
from text2sql.schema import ColumnPosition, Schema

__all__ = ["from_tokens"]

_SET_OPERATORS = {
    "union": "union", "intersect": "intersect", "except": "except", "union_all": "union all",
}  # fmt: skip


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


class _Decoder(ConditionDecoder):
    """Reads queries and their FROM, with ``schema``'s keys as JOIN conditions."""

    def __init__(self, tokens: Sequence[Token], schema: Schema) -> None:
        super().__init__(tokens)
        self.schema = schema

    def statement(self, outer: FromScope | None) -> Statement:
        before = self.scope
        self.scope = FromScope(outer)
        selects = [self._select()]
        operators = []
        while word := self.accept(*_SET_OPERATORS):
            operators.append(_SET_OPERATORS[word])
            self.scope = FromScope(outer)
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
        group = self.expressions() if self.accept("group") else ()
        having = self.condition() if self.accept("having") else None
        best = self.accept("best", "best_ties")
        most, per = self._best() if best else (0, ())
        compound = self.peek() in ("order_asc", "order_desc") and self.peek(1) in SHOWN
        compound = compound and not self.scope.shown
        order = () if compound else self.orders()
        limit, offset = (None, None) if compound else self._limit()
        sources = tuple(self.scope.sources)
        if best:
            select = Select(items, sources, distinct, where, group, having)
            return best_of_groups(select, best, most, per, order)
        select = Select(items, sources, distinct, where, group, having, order, limit, offset)
        return aggregate_of_groups(select, overall) if overall else select

    def _best(self) -> tuple[int, tuple[Expression, ...]]:
        most = self._whole()
        self.expect("per")
        return most, self.expressions()

    def _items(self) -> tuple[SelectItem, ...]:
        items = []
        while self.begins() or self.peek() == "all_of":
            if self.accept("all_of"):
                items.append(SelectItem(Star(self.instance(self._table()))))
            else:
                items.append(SelectItem(self.expression()))
        if not items:
            self.refuse("a column")
        return tuple(items)

    def _compound_orders(self, first: Select) -> tuple[Order, ...]:
        orders = []
        while direction := self.accept("order_asc", "order_desc"):
            word = self.accept(*SHOWN)
            if word is None or int(word[1:]) > len(first.items):
                self.refuse("a column of the result")
            orders.append(Order(Ordinal(int(word[1:]) - 1), direction == "order_desc"))
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
        named: list[ColumnPosition] = []
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
                    Call("=", (ColumnRef(j.left.source, j.left.column),
                               ColumnRef(j.right.source, j.right.column)))
                    for j in joins if j.source == position
                ]  # fmt: skip
                self._place(Entry(table, on=conjunction(on)))
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
        self, placed: list[int], table: int, position: int, named: ColumnPosition | None
    ) -> Expression:
        found = key_to(self.schema, placed, table, named)
        if found is None and table not in placed:
            found = key_to(self.schema, placed, table, None)
        if found is None:
            raise QueryError("No key joins a table in FROM to those before it.")
        if named is not None:
            self.next()
        pairs: list[Expression] = [
            Call("=", (ColumnRef(found[0], a), ColumnRef(position, b))) for a, b in found[1]
        ]
        return conjunction(pairs) or Literal(1)

    def _table(self) -> int:
        token = self.next()
        if not isinstance(token, TableToken):
            raise QueryError(f"Expected a table, got {token!r}.")
        return token.table
