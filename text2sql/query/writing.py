"""The writer of SQL for SQLite: ``T1``, ``T2`` where tables join, brackets only where needed."""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.query.identifier import quote_identifier
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Entry,
    Expression,
    Ordinal,
    Select,
    SelectItem,
    Star,
    Statement,
    Subquery,
    children,
    first_select,
    walk,
)
from text2sql.query.stars import spelled_out
from text2sql.query.writing_expressions import ExpressionWriter, direction
from text2sql.schema import Schema

__all__ = ["write"]

_JOINS = {"inner": "JOIN", "left": "LEFT JOIN", "right": "RIGHT JOIN", "full": "FULL JOIN"}


def write(query: Statement, schema: Schema) -> str:
    """``query`` as SQL for SQLite, in the style of Spider's gold queries."""
    return _Writer(schema, None, 0).statement(query)


class _Writer(ExpressionWriter):
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
            orders.append(text + direction(term))
        tail = " ORDER BY " + ", ".join(orders) if orders else ""
        return " ".join(words) + tail + self._limit(query)

    def _tail(self, query: Select) -> str:
        text = ""
        if query.order_by:
            text = " ORDER BY " + self.orders(query.order_by)
        return text + self._limit(query)

    def _limit(self, query: Statement) -> str:
        if query.limit is None and query.offset is None:
            return ""
        text = f" LIMIT {self.text(query.limit) if query.limit is not None else -1}"
        return text + (f" OFFSET {self.text(query.offset)}" if query.offset is not None else "")

    # SELECT and FROM

    def _item(self, item: SelectItem, place: int, names: Sequence[str]) -> str:
        text = self.text(item.expression)
        wanted = names[place] if names else ""
        if wanted and wanted != self._label(item.expression):
            return f"{text} AS {quote_identifier(wanted)}"
        return text

    def _label(self, expression: Expression) -> str:
        """SQLite's name for the column of ``expression``, if it is a column."""
        if not isinstance(expression, ColumnRef) or expression.outer:
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

    # expressions

    def column(self, column: ColumnRef) -> str:
        writer: _Writer | None = self
        for _ in range(column.outer):
            writer = writer.outer if writer else None
        if writer is None:
            return "NULL"
        name = quote_identifier(writer._column_names(column.source)[column.column])
        return f"{writer._alias(column.source)}.{name}" if writer.aliased else name

    def star(self, source: int) -> str:
        return f"{self._alias(source)}.*"

    def subquery(self, query: Statement) -> str:
        first = self.first_alias + len(self.sources) if _levels(query) else 0
        return _Writer(self.schema, self, first).statement(query)


def column_names(query: Statement, schema: Schema) -> list[str]:
    """The column names of a query in FROM, made unique."""
    select = first_select(spelled_out(query, schema))
    writer = _Writer(schema, None, 0)
    writer.sources = select.sources
    found: list[str] = []
    for place, item in enumerate(select.items):
        name = writer._label(item.expression) or item.alias
        taken = {known.lower() for known in found}
        found.append(name if name and name.lower() not in taken else f"c{place + 1}")
    return found


def _referred(query: Select) -> bool:
    """Whether a query inside ``query`` refers to its tables, or a star names one of them."""
    return any(
        (isinstance(node, Subquery) and 1 in _levels(node.query))
        or (isinstance(node, Star) and node.source is not None)
        for node in walk(query, inside=False)
    )


def _levels(node: object) -> set[int]:
    """The numbers of queries between ``node`` and the outer columns that it refers to."""
    if isinstance(node, ColumnRef):
        return {node.outer} if node.outer else set()
    if isinstance(node, Subquery):
        return {level - 1 for level in _levels(node.query)} - {0}
    found: set[int] = set()
    for child in children(node):
        found |= _levels(child)
    return found
