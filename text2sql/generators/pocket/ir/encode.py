"""Translates a query tree into the model's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.sources import From, Special, conjuncts, plan
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    COMPARISONS,
    FUNCTIONS,
    MOST_SHOWN,
    PATTERNS,
    RANKS,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)
from text2sql.query.meanings import folded
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
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["to_tokens"]

_CALLS = {(name, arity): word for word, (name, arity) in FUNCTIONS.items()}
_OPERATORS = {"-": "-", "+": "+", "/": "/", "*": "x"}
_NEGATED = {"in": "not_in", "between": "not_between"}
_TRUTH = frozenset(
    ("=", "!=", "<", ">", "<=", ">=", "between", "in", "like", "is", "is not", "not", "and", "or",
     "exists")
)  # fmt: skip
_PATTERN_WORDS = {shape: word for word, shape in reversed(PATTERNS.items())}


def to_tokens(query: Statement, schema: Schema) -> list[Token]:
    """Translate ``query`` into the model's language, with a final ``end``.

    The translation is canonical: the order of conditions joined by AND does not depend on their
    order in ``query``.

    Raises:
        QueryError: the language cannot express the query; the message says which part.
    """
    return [*_Encoder(schema, None).statement(folded(query)), "end"]


class _Encoder:
    """Translates one SELECT; ``outer`` translates the enclosing one."""

    def __init__(self, schema: Schema, outer: _Encoder | None) -> None:
        self.schema = schema
        self.outer = outer
        self.sources: tuple[Entry, ...] = ()
        self.again: set[int] = set()
        self.shown: dict[int, int] = {}  # source -> where its columns begin among those shown

    # queries

    def statement(self, query: Statement) -> Iterator[Token]:
        if isinstance(query, Compound):
            yield from self._compound(query)
            return
        best = _best_of_each(query, self.schema)
        if best is not None:
            yield from self._select(*best)
            return
        overall = _overall(query, self.schema)
        if overall is not None:
            yield from self._select(overall[1], overall=overall[0])
            return
        yield from self._select(query)

    def _compound(self, query: Compound) -> Iterator[Token]:
        for number, select in enumerate(query.selects):
            if number:
                yield query.operators[number - 1].replace(" ", "_")
            yield from _Encoder(self.schema, self.outer)._select(spelled_out(select, self.schema))
        yield from self._orders(query.order_by)
        yield from self._limit(query)

    def _select(
        self, query: Select, best: tuple[str, Window, int] | None = None, overall: str = ""
    ) -> Iterator[Token]:
        self.sources = query.sources
        from_ = plan(query, self.schema)
        yield "from"
        yield from self._from(from_)
        yield "select"
        if query.distinct:
            yield "distinct"
        if overall:
            yield from ("overall", overall)
        for item in query.items:
            yield from self._item(item.expression)
        where = self._conjunction(from_.left_over)
        if where:
            yield from ("where", *where)
        if query.group_by:
            yield "group"
            for unit in query.group_by:
                yield from self.expression(unit)
        if query.having is not None:
            yield from ("having", *self._conjunction(conjuncts(query.having)))
        if best is not None:
            word, window, most = best
            yield from (word, ValueToken(most), "per")
            for unit in window.partition:
                yield from self.expression(unit)
            yield from self._orders(window.order)
        yield from self._orders(query.order_by)
        yield from self._limit(query)

    def _orders(self, orders: Iterable[Order]) -> Iterator[Token]:
        for order in orders:
            yield "order_desc" if order.descending else "order_asc"
            yield from self.expression(order.expression)

    def _limit(self, query: Statement) -> Iterator[Token]:
        limit, offset = _whole(query.limit), _whole(query.offset)
        if offset and limit == 1:
            yield from ("nth", ValueToken(offset + 1))
        elif limit is not None:
            yield from ("limit", ValueToken(limit))
            if offset:
                yield from ("offset", ValueToken(offset))

    # FROM

    def _from(self, from_: From) -> Iterator[Token]:
        shown = 0
        for special in from_.specials:
            inner = self.sources[special.source].query
            if inner is not None:
                self.shown[special.source] = shown
                shown += columns_of(spelled_out(inner, self.schema)) or 0
            elif special.again:
                self.again.add(special.source)
        if shown > MOST_SHOWN:
            raise QueryError(f"Queries in FROM with more than {MOST_SHOWN} columns have no tokens.")
        if not self.sources:
            yield "no_table"
        for source, keys in from_.plain:
            yield TableToken(self.sources[source].table or 0)
            yield from (ColumnToken(*key) for key in keys)
        for special in from_.specials:
            yield from self._special(special)

    def _special(self, special: Special) -> Iterator[Token]:
        entry = self.sources[special.source]
        if special.left:
            yield "left"
        if entry.query is not None:
            yield "("
            inner = spelled_out(entry.query, self.schema)
            yield from _Encoder(self.schema, self.outer).statement(inner)
            yield ")"
        else:
            if special.again:
                yield "again"
            elif not special.left:
                yield "inner"
            yield TableToken(entry.table or 0)
        if special.key is not None:
            yield ColumnToken(*special.key)
        elif special.on:
            yield from ("on", *self._conjunction(special.on))
        elif special.left and not self._keyed(special):
            raise QueryError("An outer join without a condition has no tokens.")

    def _keyed(self, special: Special) -> bool:
        return (
            self.sources[special.source].query is None
            and self.sources[special.source].on is not None
        )

    # expressions

    def _item(self, node: Expression) -> Iterator[Token]:
        if isinstance(node, Star) and node.source is not None:
            entry = self.sources[node.source]
            if entry.table is None or node.source in self.again:
                raise QueryError("All columns of a query in FROM have no tokens.")
            yield from ("all_of", TableToken(entry.table))
            return
        yield from self.expression(node)

    def expression(self, node: Expression) -> Iterator[Token]:
        if isinstance(node, Column):
            yield from self._column(node)
        elif isinstance(node, Star):
            yield "*"
        elif isinstance(node, Literal):
            yield "null" if node.value is None else ValueToken(node.value)
        elif isinstance(node, Place):
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
        encoder: _Encoder | None = self
        for _ in range(column.outer):
            yield "outer"
            encoder = encoder.outer if encoder else None
        if encoder is None:
            raise QueryError("A column of no query around this one has no tokens.")
        if column.source in encoder.shown:
            yield _shown(encoder.shown[column.source] + column.column)
            return
        if column.source in encoder.again:
            yield "again"
        yield ColumnToken(encoder.sources[column.source].table or 0, column.column)

    def _subquery(self, node: Subquery, exists: bool = False) -> Iterator[Token]:
        query = node.query
        if not exists:  # whose star is as good as a column
            query = spelled_out(query, self.schema)
        yield "("
        yield from _Encoder(self.schema, self).statement(query)
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
        yield from self._orders(window.order)
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

    # conditions

    def _conjunction(self, conditions: Sequence[Expression]) -> list[Token]:
        """Conditions joined by AND, in the order of their columns in the schema."""
        said = [list(self._operand(c)) for c in conditions]
        said.sort(key=_first_column)
        return _between("and", said)

    def condition(self, node: Expression) -> list[Token]:
        if isinstance(node, Call) and node.name == "and":
            return self._conjunction(node.arguments)
        if isinstance(node, Call) and node.name == "or":
            return _between("or", [self.condition(a) for a in node.arguments])
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
                yield from ("(", *self.condition(_spread(arguments)), ")")
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


def _spread(arguments: Sequence[Expression]) -> Call:
    """``a IN (b, c)`` as ``a = b OR a = c``."""
    left, *items = arguments
    return Call("or", tuple(Call("=", (left, item)) for item in items if item != Literal(None)))


def _between(word: str, parts: Sequence[list[Token]]) -> list[Token]:
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


def _whole(limit: Expression | None) -> int | None:
    if limit is None:
        return None
    if not isinstance(limit, Literal) or not isinstance(limit.value, int) or limit.value < 0:
        raise QueryError("A LIMIT that is not a whole number has no tokens.")
    return limit.value


def _overall(query: Select, schema: Schema) -> tuple[str, Select] | None:
    """``SELECT avg(n) FROM (SELECT count(*) AS n FROM ... GROUP BY ...)``: the aggregate over
    groups, and the query of the groups with that column alone."""
    if len(query.sources) != 1 or len(query.items) != 1 or query != Select(
        query.items, query.sources
    ):  # fmt: skip
        return None
    inner, outside = query.sources[0].query, query.items[0].expression
    inner = spelled_out(inner, schema) if inner is not None else None
    if not isinstance(inner, Select) or not isinstance(outside, Call) or outside.distinct:
        return None
    plain = inner.limit is None and inner.offset is None and not inner.distinct
    if outside.name not in AGGREGATES or not inner.group_by or not plain:
        return None
    argument = outside.arguments[0]
    if isinstance(argument, Star):
        column = Column(0, 0)
    elif isinstance(argument, Column) and not argument.outer:
        column = argument
    else:
        return None
    if _best_of_each(inner, schema) or _overall(inner, schema):
        return None
    return outside.name, replace(inner, items=(inner.items[column.column],), order_by=())


def _best_of_each(query: Select, schema: Schema) -> tuple[Select, tuple[str, Window, int]] | None:
    """``SELECT ... FROM (SELECT ..., row_number() OVER (PARTITION BY ...) AS n ...) WHERE n <= 3``:
    the inner query without the number, and which rows of each group it keeps."""
    if len(query.sources) != 1 or query.where is None:
        return None
    inner, most = query.sources[0].query, query.where
    inner = spelled_out(inner, schema) if inner is not None else None
    bare = replace(query, where=None)
    if bare != Select(query.items, query.sources) or not isinstance(inner, Select):
        return None
    if not isinstance(most, Call) or not all(isinstance(i.expression, Column) for i in query.items):
        return None
    left, right = (most.arguments[0], most.arguments[-1])
    if not isinstance(left, Column) or not isinstance(right, Literal):
        return None
    kept = right.value if most.name == "<=" or right.value == 1 else None
    number = inner.items[left.column].expression
    if not isinstance(kept, int) or most.name not in ("=", "<=") or not isinstance(number, Window):
        return None
    word = {"row_number": "best", "rank": "best_ties"}.get(number.call.name)
    if word is None or not number.partition or not number.order:
        return None
    if inner.order_by or inner.limit is not None or inner.distinct:
        return None
    places = [i.expression.column for i in query.items if isinstance(i.expression, Column)]
    items = tuple(inner.items[p] for p in places)
    if any(isinstance(item.expression, Window) for item in items):
        return None
    return replace(inner, items=items), (word, number, kept)
