"""The parts of a query in English: names, aggregates, conditions, the order of rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from text2sql.query.english_conditions import ConditionPhrases
from text2sql.query.english_words import ARITHMETIC, CALLS, WINDOWS
from text2sql.query.joined import main_source, silent_sources
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
    first_select,
)
from text2sql.query.nouns import plural, singular
from text2sql.query.scopes import Scope
from text2sql.query.stars import spelled_out
from text2sql.schema import natural_name
from text2sql.wording import enumerated

__all__ = ["Terms"]

_HIGH_AND_LOW = {"number": ("highest", "lowest"), "time": ("latest", "earliest")}
_LAST_AND_FIRST = ("alphabetically last", "alphabetically first")
_TRUTH = frozenset(
    ("=", "!=", "<", ">", "<=", ">=", "between", "in", "like", "glob", "is", "is not", "not",
     "and", "or", "exists")
)  # fmt: skip


class Terms:
    """Words parts of one SELECT.

    A column of the main source (see ``main_source``) has its plain name; other columns have their
    table's name before it.
    """

    def __init__(self, scope: Scope, inner: Callable[[Statement, Scope | None], str]) -> None:
        self.scope = scope
        self.select = scope.select
        self.schema = scope.schema
        self.main = main_source(scope.select, scope.schema)
        self.inner = cache(inner)  # without it, each level of nesting would double the work
        self.condition = ConditionPhrases(self).text

    # rows

    def one(self) -> str:
        """A row of the query: ``singer``, ``combination of singer and concert``."""
        if self.main is not None:
            return self._source(self.select.sources[self.main])
        names = [self._source(source) for source in self.select.sources]
        return f"combination of {enumerated(names)}" if names else "row"

    def many(self) -> str:
        if self.main is None:
            return self.one().replace("combination", "combinations", 1)
        source = self.select.sources[self.main]
        one = self._source(source)
        return one.replace("row", "rows", 1) if source.query else plural(one)

    def silent_partners(self) -> list[str]:
        """The inner-joined tables that only filter: the query uses none of their columns."""
        if self.main is None:
            return []
        silent = (n for n in silent_sources(self.select) if n != self.main)
        sources = [self.select.sources[n] for n in silent]
        return [self._source(source) for source in sources if source.join == "inner"]

    def optional_partners(self) -> list[str]:
        """The tables of outer joins, which may have no row."""
        return [self._source(s) for s in self.select.sources if s.join != "inner"]

    def _source(self, source: Entry) -> str:
        if source.query is not None:
            return f"row of ({self.inner(source.query, self.scope.outer)})"
        return self._table(source.table or 0)

    def _table(self, position: int) -> str:
        table = self.schema.tables[position]
        return singular((table.natural or natural_name(table.name)).lower())

    # columns and expressions

    def unit(self, node: Expression) -> str:
        """``the age``, ``the highest age``, ``the number of different towns``."""
        if isinstance(node, ColumnRef):
            return f"the {self._column(node)}"
        if isinstance(node, Star):
            return "everything" if node.source is None else self._everything(node.source)
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Subquery):
            return f"({self.inner(node.query, self.scope)})"
        if isinstance(node, Case):
            return self._case(node)
        if isinstance(node, Window):
            return self._window(node)
        if isinstance(node, Ordinal):
            return f"column {node.number + 1}"
        return self._call(node)

    def name(self, node: Expression) -> str:
        """``unit`` without its article."""
        return self.unit(node).removeprefix("the ")

    def group(self, node: Expression) -> str:
        """A term of GROUP BY; a table's name if the term is its key."""
        place = self.scope.place_of(node)
        if place and self.schema.tables[place[0]].columns[place[1]].primary_key:
            return self._table(place[0])
        return self.name(node)

    def _everything(self, source: int) -> str:
        return f"everything about the {self._source(self.select.sources[source])}"

    def _call(self, call: Call) -> str:
        name, arguments = call.name, call.arguments
        if name in _TRUTH:
            return f"whether {self.condition(call)}"
        if name == "count":
            return f"the number of {self._counted(arguments[0], call.distinct)}"
        if name in ("count_if", "percent"):
            word = "number" if name == "count_if" else "percentage"
            return f"the {word} of {self.many()} where {self.condition(arguments[0])}"
        if name in ("sum_if", "avg_if"):
            word = "total" if name == "sum_if" else "average"
            return f"the {word} {self.name(arguments[0])} where {self.condition(arguments[1])}"
        if name in ARITHMETIC:
            return f" {ARITHMETIC[name]} ".join(map(self._operand, arguments))
        if name in ("max", "min", "sum", "avg", "total") and len(arguments) == 1:
            return self._aggregate(call)
        shape = CALLS.get((name, len(arguments)), CALLS.get((name, -1)))
        if shape is None:
            return f"the {name.replace('_', ' ')} of {enumerated([*map(self.unit, arguments)])}"
        texts = [self.unit(argument) for argument in arguments]
        return shape.format(
            *texts, enumerated(texts), enumerated(texts, "or"), different=_different(call)
        )

    def _operand(self, node: Expression) -> str:
        text = self.unit(node)
        return f"({text})" if isinstance(node, Call) and node.name in ARITHMETIC else text

    def _aggregate(self, call: Call) -> str:
        argument = call.arguments[0]
        word = {"sum": "total", "total": "total", "avg": "average"}.get(call.name)
        high, low = self._ends(argument)
        word = word or (high if call.name == "max" else low)
        if isinstance(argument, ColumnRef):
            return f"the {word} {_different(call)}{self._column(argument)}"
        return f"the {word} of {_different(call)}{self.unit(argument)}"

    def _counted(self, node: Expression, distinct: bool) -> str:
        if isinstance(node, Star | Literal):
            return self.many()
        if distinct:
            return f"different {plural(self.name(node))}"
        place = self.scope.place_of(node)
        if not isinstance(node, ColumnRef) or place is None:
            return f"{self.many()} with a known {self.name(node)}"
        column = self.schema.tables[place[0]].columns[place[1]]
        if column.primary_key and node.source == self.main:
            return self.many()
        if column.primary_key and self.select.sources[node.source].join != "inner":
            return plural(self._table(place[0]))
        return f"{self.many()} with a known {self._column(node)}"

    def _case(self, case: Case) -> str:
        parts = [f"{self.unit(r)} if {self.condition(c)}" for c, r in case.branches]
        if case.otherwise != Literal(None):
            parts.append(f"{self.unit(case.otherwise)} otherwise")
        return f"({'; '.join(parts)})"

    def _window(self, window: Window) -> str:
        call = window.call
        by = enumerated([self.order(order) for order in window.order], "then")
        within = enumerated([self.group(unit) for unit in window.partition])
        word = WINDOWS.get(call.name)
        text = word.format(*map(self.name, call.arguments)) if word else self.unit(call)
        if not word and window.order:
            text += " up to here"
        if by:
            text += f", {by}"
        return text + (f", within each {within}" if within else "")

    def _column(self, column: ColumnRef) -> str:
        scope: Scope | None = self.scope
        for _ in range(column.outer):
            scope = scope.outer if scope else None
        place = self.scope.place(column)
        if place is None:
            return self._computed(column, scope)
        entry = self.schema.tables[place[0]].columns[place[1]]
        name = (entry.natural or natural_name(entry.name)).lower()
        table = self._table(place[0])
        if column.outer:
            return f"{name} of that {table}"
        return self._distinct_name(column.source, name, table)

    def _distinct_name(self, source: int, name: str, table: str) -> str:
        """A column's name; with its table's name or number where the name alone is ambiguous."""
        own = self.select.sources[source].table
        twins = [n for n, s in enumerate(self.select.sources) if own is not None and s.table == own]
        if source == self.main or (table in name and len(twins) < 2):
            return name
        if len(twins) < 2:
            return f"{table} {name}"
        if self.main in twins:
            return f"other {table} {name}"
        return f"{table} {twins.index(source) + 1} {name}"

    def _computed(self, column: ColumnRef, scope: Scope | None) -> str:
        """A computed column of a subquery in FROM, by its expression."""
        query = scope.select.sources[column.source].query if scope else None
        if query is None or scope is None:
            return "unknown column"
        select = first_select(spelled_out(query, self.schema))
        terms = Terms(Scope(select, self.schema, scope.outer), self.inner)
        return terms.name(select.items[column.column].expression)

    # order

    def order(self, order: Order) -> str:
        """``highest age first``, ``in order of name``."""
        if self._ends(order.expression) == _LAST_AND_FIRST:
            reverse = "reverse " if order.descending else ""
            return f"in {reverse}order of {self.name(order.expression)}"
        return f"{self.extreme(order)} first"

    def extreme(self, order: Order) -> str:
        """The first row of an order: ``highest age``."""
        high, low = self._ends(order.expression)
        return f"{high if order.descending else low} {self.name(order.expression)}"

    def _ends(self, node: Expression) -> tuple[str, str]:
        """The words for the largest and the smallest of such values."""
        if isinstance(node, Call) and node.name in ("max", "min") and len(node.arguments) == 1:
            return self._ends(node.arguments[0])
        if not isinstance(node, ColumnRef):
            return _HIGH_AND_LOW["number"]
        return _HIGH_AND_LOW.get(self.type(node), _LAST_AND_FIRST)

    def type(self, column: ColumnRef) -> str:
        """The type of a column; ``number`` for any other expression."""
        place = self.scope.place(column)
        return self.schema.tables[place[0]].columns[place[1]].type if place else "number"


def _different(call: Call) -> str:
    return "different " if call.distinct else ""


def _literal(literal: Literal) -> str:
    if isinstance(literal.value, str):
        return f"“{literal.value}”"
    return "nothing" if literal.value is None else str(literal.value)
