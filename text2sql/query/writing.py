"""The writer of SQL for SQLite: ``T1``, ``T2`` where tables join, brackets only where needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from text2sql.query.calls import BINARY
from text2sql.query.identifier import quote_identifier
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
    Ordinal,
    Select,
    Star,
    Statement,
    Subquery,
    Window,
    children,
    walk,
)
from text2sql.query.spelling import spelled
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["write"]

_OR, _AND, _NOT, _COMPARED, _LEAST = 0, 1, 2, 3, 10
_JOINS = {"inner": "JOIN", "left": "LEFT JOIN", "right": "RIGHT JOIN", "full": "FULL JOIN"}


def write(query: Statement, schema: Schema) -> str:
    """``query`` as SQL for SQLite, in the style of Spider's gold queries."""
    return _Writer(schema, None, 0).statement(query)


class _Writer:
    """Writes one SELECT; ``outer`` writes the enclosing query.

    Tables have aliases if there are several or a subquery refers to one of them. Such a subquery
    continues the numbering, so that no alias hides another.
    """

    def __init__(self, schema: Schema, outer: _Writer | None, first_alias: int) -> None:
        self._named: dict[int, tuple[Entry, list[str]]] = {}  # column names by id of the source
        self.schema = schema
        self.outer = outer
        self.first_alias = first_alias
        self.sources: tuple[Entry, ...] = ()
        self.aliased = False
        self.counted_only = False  # nothing refers to a column of the queries in FROM

    def statement(self, query: Statement, names: Sequence[str] = ()) -> str:
        """Write ``query``; ``names`` are its column names, if the enclosing query needs them."""
        if isinstance(query, Compound):
            return self._compound(query, names)
        self.sources = query.sources
        self.aliased = len(query.sources) > 1 or _referred(query)
        self.counted_only = query == Select(query.items, query.sources) and all(
            item.expression == Call("count", (Star(),)) for item in query.items
        )
        parts = ["SELECT", *(["DISTINCT"] if query.distinct else [])]
        parts.append(", ".join(self._item(item, i, names) for i, item in enumerate(query.items)))
        if query.sources:
            parts.append("FROM " + self._from())
        if query.where is not None:
            parts.append("WHERE " + self.text(query.where))
        if query.group_by:
            parts.append("GROUP BY " + ", ".join(map(self.text, query.group_by)))
        if query.having is not None:
            parts.append("HAVING " + self.text(query.having))
        return " ".join(parts) + self._tail(query)

    def _compound(self, query: Compound, names: Sequence[str]) -> str:
        texts = [
            _Writer(self.schema, self.outer, self.first_alias).statement(select, names)
            for select in query.selects
        ]
        words = [texts[0]]
        for operator, text in zip(query.operators, texts[1:], strict=True):
            words += [operator.upper(), text]
        self.sources = query.selects[0].sources
        first = query.selects[0].items
        labels = [self._label(item.expression).lower() for item in first]
        in_scope = [
            name.lower() for place in range(len(self.sources)) for name in self._column_names(place)
        ]
        orders = []
        for term in query.order_by:
            number = term.expression.number if isinstance(term.expression, Ordinal) else 0
            label = self._label(first[number].expression) if number < len(first) else ""
            # SQLite looks the name up in all tables of the first SELECT
            unique = label and labels.count(label.lower()) == in_scope.count(label.lower()) == 1
            text = quote_identifier(label) if unique else str(number + 1)
            orders.append(text + _direction(term))
        tail = " ORDER BY " + ", ".join(orders) if orders else ""
        return " ".join(words) + tail + self._limit(query)

    def _tail(self, query: Select) -> str:
        text = ""
        if query.order_by:
            text = " ORDER BY " + self._orders(query.order_by)
        return text + self._limit(query)

    def _limit(self, query: Statement) -> str:
        if query.limit is None and query.offset is None:
            return ""
        text = f" LIMIT {self.text(query.limit) if query.limit is not None else -1}"
        return text + (f" OFFSET {self.text(query.offset)}" if query.offset is not None else "")

    # SELECT and FROM

    def _item(self, item: Item, place: int, names: Sequence[str]) -> str:
        text = self.text(item.expression)
        wanted = names[place] if names else ""
        if wanted and wanted != self._label(item.expression):
            return f"{text} AS {quote_identifier(wanted)}"
        return text

    def _label(self, expression: Expression) -> str:
        """SQLite's name for the column of ``expression``, if it is a column."""
        if not isinstance(expression, Column) or expression.outer:
            return ""
        return self._column_names(expression.source)[expression.column]

    def _from(self) -> str:
        text = self._source(0)
        for position, source in enumerate(self.sources[1:], 1):
            text += f" {_JOINS[source.join]} {self._source(position)}"
            if source.on is not None:
                text += f" ON {self.text(source.on)}"
        return text

    def _source(self, position: int) -> str:
        source = self.sources[position]
        if source.query is not None:
            inner, query = _Writer(self.schema, self.outer, self.first_alias), source.query
            if self.counted_only:
                name = f"({inner.statement(query)})"
            else:
                names = self._column_names(position)
                name = f"({inner.statement(spelled_out(query, self.schema), names)})"
        else:
            name = quote_identifier(self.schema.tables[source.table or 0].name)
        return f"{name} AS {self._alias(position)}" if self.aliased else name

    def _column_names(self, position: int) -> list[str]:
        source = self.sources[position]
        if source.query is None:
            return [column.name for column in self.schema.tables[source.table or 0].columns]
        # cached, because each level of nesting would multiply the work by its number of columns
        if id(source) not in self._named:
            self._named[id(source)] = source, column_names(source.query, self.schema)
        return self._named[id(source)][1]

    def _alias(self, position: int) -> str:
        return f"T{self.first_alias + position + 1}"

    def _orders(self, orders: Iterable[Order]) -> str:
        return ", ".join(self.text(order.expression) + _direction(order) for order in orders)

    # expressions

    def text(self, node: Expression, binds: int = _OR) -> str:
        """``node`` as SQL, in brackets if its context binds at least as tightly (``binds``)."""
        if isinstance(node, Column):
            return self._column(node)
        if isinstance(node, Star):
            return "*" if node.source is None else f"{self._alias(node.source)}.*"
        if isinstance(node, Literal):
            return _literal(node.value)
        if isinstance(node, Ordinal):
            return str(node.number + 1)
        if isinstance(node, Subquery):
            return f"({self._inside(node.query)})"
        if isinstance(node, Case):
            return self._case(node)
        if isinstance(node, Window):
            return self._window(node)
        text, own = self._call(node)
        return f"({text})" if own < binds else text

    def _column(self, column: Column) -> str:
        writer: _Writer | None = self
        for _ in range(column.outer):
            writer = writer.outer if writer else None
        if writer is None:
            return "NULL"
        name = quote_identifier(writer._column_names(column.source)[column.column])
        return f"{writer._alias(column.source)}.{name}" if writer.aliased else name

    def _inside(self, query: Statement) -> str:
        first = self.first_alias + len(self.sources) if _levels(query) else 0
        return _Writer(self.schema, self, first).statement(query)

    def _case(self, case: Case) -> str:
        branches = " ".join(f"WHEN {self.text(c)} THEN {self.text(r)}" for c, r in case.branches)
        empty = case.otherwise == Literal(None)
        otherwise = "" if empty else f" ELSE {self.text(case.otherwise)}"
        return f"CASE {branches}{otherwise} END"

    def _window(self, window: Window) -> str:
        parts = []
        if window.partition:
            parts.append("PARTITION BY " + ", ".join(map(self.text, window.partition)))
        if window.order:
            parts.append("ORDER BY " + self._orders(window.order))
        return f"{self.text(window.call)} OVER ({' '.join(parts)})"

    def _call(self, call: Call) -> tuple[str, int]:
        """The text of a call, and how tightly it binds."""
        plain = spelled(call)
        if plain is not call:
            if isinstance(plain, Call):
                return self._call(plain)
            return self.text(plain), _LEAST
        name, arguments = call.name, call.arguments
        if name in ("and", "or"):
            own = _AND if name == "and" else _OR
            return f" {name.upper()} ".join(self.text(a, own + 1) for a in arguments), own
        if name == "not":
            return self._not(arguments[0])
        if name in ("in", "between", "exists"):
            return self._condition(call, ""), _COMPARED
        if name in BINARY:
            own, word = BINARY[name], name.upper()
            left = self.text(arguments[0], own)
            return f"{left} {word} {self.text(arguments[1], own + 1)}", own
        if name == "negative":
            inside = self.text(arguments[0], _LEAST)  # "--" would begin a comment
            return (f"-({inside})" if inside.startswith("-") else f"-{inside}"), 9
        if name.startswith("cast_"):
            return f"CAST({self.text(arguments[0])} AS {name[5:].upper()})", _LEAST
        if name in ("current_date", "current_timestamp"):
            return name.upper(), _LEAST
        inside = ", ".join(map(self.text, arguments))
        return f"{name}({'DISTINCT ' if call.distinct else ''}{inside})", _LEAST

    def _not(self, inner: Expression) -> tuple[str, int]:
        plain = spelled(inner) if isinstance(inner, Call) else inner
        if isinstance(plain, Call):
            if plain.name in ("in", "between", "like", "glob", "exists"):
                return self._condition(plain, "NOT "), _COMPARED
            if plain.name == "is":
                return self._call(Call("is not", plain.arguments))
        return f"NOT {self.text(inner, _NOT + 1)}", _NOT

    def _condition(self, call: Call, negation: str) -> str:
        name, arguments = call.name, call.arguments
        if name == "exists":
            return f"{negation}EXISTS {self.text(arguments[0])}"
        left = self.text(arguments[0], _COMPARED + 1)
        if name == "between":
            low, high = (self.text(a, _COMPARED + 1) for a in arguments[1:])
            return f"{left} {negation}BETWEEN {low} AND {high}"
        if name == "in":
            if len(arguments) == 2 and isinstance(arguments[1], Subquery):
                return f"{left} {negation}IN {self.text(arguments[1])}"
            return f"{left} {negation}IN ({', '.join(map(self.text, arguments[1:]))})"
        return f"{left} {negation}{name.upper()} {self.text(arguments[1], _COMPARED + 1)}"


def column_names(query: Statement, schema: Schema) -> list[str]:
    """The column names of a query in FROM, made unique."""
    query = spelled_out(query, schema)
    select = query.selects[0] if isinstance(query, Compound) else query
    writer = _Writer(schema, None, 0)
    writer.sources = select.sources
    found: list[str] = []
    for place, item in enumerate(select.items):
        name = writer._label(item.expression) or item.alias
        taken = {known.lower() for known in found}
        found.append(name if name and name.lower() not in taken else f"c{place + 1}")
    return found


def _direction(order: Order) -> str:
    text = " DESC" if order.descending else ""
    if order.nulls_last is not None:
        text += " NULLS LAST" if order.nulls_last else " NULLS FIRST"
    return text


def _literal(value: str | float | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _referred(query: Select) -> bool:
    """Whether a query inside ``query`` refers to its tables, or a star names one of them."""
    return any(
        (isinstance(node, Subquery) and 1 in _levels(node.query))
        or (isinstance(node, Star) and node.source is not None)
        for node in walk(query, inside=False)
    )


def _levels(node: object) -> set[int]:
    """The numbers of queries between ``node`` and the outer columns that it refers to."""
    if isinstance(node, Column):
        return {node.outer} if node.outer else set()
    if isinstance(node, Subquery):
        return {level - 1 for level in _levels(node.query)} - {0}
    found: set[int] = set()
    for child in children(node):
        found |= _levels(child)
    return found
