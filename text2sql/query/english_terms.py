"""The parts of a query in English: names, aggregates, conditions, the order of rows."""

from __future__ import annotations

from collections.abc import Callable

from text2sql.query.joined import silent_sources
from text2sql.query.model import (
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
    Value,
)
from text2sql.query.nouns import listed, plural, singular
from text2sql.schema import Schema, natural_name

__all__ = ["Terms"]

_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_COMPARED = {
    "=": "is", "!=": "is not", ">": "is more than", "<": "is less than",
    ">=": "is at least", "<=": "is at most",
}  # fmt: skip
_IN_TIME = {
    ">": "is after", "<": "is before", ">=": "is on or after", "<=": "is on or before",
}  # fmt: skip
_HIGH_AND_LOW = {"number": ("highest", "lowest"), "time": ("latest", "earliest")}
_LAST_AND_FIRST = ("alphabetically last", "alphabetically first")


class Terms:
    """Words parts of one SELECT; ``main`` is the source whose rows its rows are, if any.

    Columns of ``main`` go by their own names, the others have their table's before it.
    """

    def __init__(
        self, query: Query, schema: Schema, main: int | None, inner: Callable[[Query], str]
    ) -> None:
        self.query = query
        self.schema = schema
        self.main = main
        self.inner = inner

    # rows

    def one(self) -> str:
        """A row of the query: ``singer``, ``combination of singer and concert``."""
        if self.main is not None:
            return self._source(self.query.sources[self.main])
        names = [self._source(source) for source in self.query.sources]
        return f"combination of {listed(names)}"

    def many(self) -> str:
        if self.main is None:
            return self.one().replace("combination", "combinations", 1)
        source = self.query.sources[self.main]
        one = self._source(source)
        return one.replace("row", "rows", 1) if source.query else plural(one)

    def silent_partners(self) -> list[str]:
        """The joined tables of which no column is spoken."""
        if self.main is None:
            return []
        silent = (n for n in silent_sources(self.query) if n != self.main)
        return [self._source(self.query.sources[n]) for n in silent]

    def _source(self, source: Source) -> str:
        if source.query is not None:
            return f"row of ({self.inner(source.query)})"
        return self._table(source.table or 0)

    def _table(self, position: int) -> str:
        table = self.schema.tables[position]
        return singular((table.natural or natural_name(table.name)).lower())

    # columns and what is made of them

    def unit(self, unit: Unit) -> str:
        """``the age``, ``the highest age``, ``the number of different towns``."""
        if isinstance(unit, Arithmetic):
            left, right = self.unit(unit.left), self.unit(unit.right)
            result = f"{left} {_ARITHMETIC[unit.operator]} {right}"
            return f"the {self._extreme(unit)} of {result}" if unit.aggregate else result
        if unit.aggregate == "count":
            return f"the number of {self._counted(unit)}"
        if unit.column == STAR:
            return "everything"
        different = "different " if unit.distinct else ""
        if unit.aggregate:
            return f"the {self._extreme(unit)} {different}{self._column(unit.column)}"
        return f"the {different}{self._column(unit.column)}"

    def name(self, unit: Unit) -> str:
        """A column by its name alone."""
        if isinstance(unit, Arithmetic) or unit.column == STAR or unit.aggregate:
            return self.unit(unit).removeprefix("the ")
        return self._column(unit.column)

    def group(self, unit: ColumnUnit) -> str:
        """What rows are grouped by: a table where it is its key."""
        ref = unit.column
        if ref != STAR and self.schema.tables[ref.table].columns[ref.column].primary_key:
            return self._table(ref.table)
        return self.name(unit)

    def _counted(self, unit: ColumnUnit) -> str:
        if unit.column == STAR:
            return self.many()
        if unit.distinct:
            return f"different {plural(self._column(unit.column))}"
        column = self.schema.tables[unit.column.table].columns[unit.column.column]
        if column.primary_key and unit.column.source == self.main:
            return self.many()
        return f"{self.many()} with a known {self._column(unit.column)}"

    def _extreme(self, unit: Unit) -> str:
        if unit.aggregate in ("sum", "avg"):
            return "total" if unit.aggregate == "sum" else "average"
        high, low = self._ends(unit)
        return high if unit.aggregate == "max" else low

    def _ends(self, unit: Unit) -> tuple[str, str]:
        """What the greatest and the smallest of such values are called."""
        if isinstance(unit, Arithmetic) or unit.aggregate in ("count", "sum", "avg"):
            return _HIGH_AND_LOW["number"]
        return _HIGH_AND_LOW.get(self._type(unit.column), _LAST_AND_FIRST)

    def _type(self, ref: ColumnRef) -> str:
        return "" if ref == STAR else self.schema.tables[ref.table].columns[ref.column].type

    def _is_time(self, ref: ColumnRef) -> bool:
        return self._type(ref) == "time"

    def _column(self, ref: ColumnRef) -> str:
        if ref == STAR:
            return "everything"
        column = self.schema.tables[ref.table].columns[ref.column]
        name = (column.natural or natural_name(column.name)).lower()
        table = self._table(ref.table)
        if ref.outer:
            return f"{name} of that {table}"
        twins = [n for n, source in enumerate(self.query.sources) if source.table == ref.table]
        if ref.source == self.main or (table in name and len(twins) < 2):
            return name
        if len(twins) < 2 or ref.source not in twins:
            return f"{table} {name}"
        if self.main in twins:
            return f"other {table} {name}"
        return f"{table} {twins.index(ref.source) + 1} {name}"

    # conditions

    def conditions(self, conditions: Conditions) -> str:
        """AND before OR, as SQL has it: a comma sets the alternatives apart."""
        if not conditions:
            return ""
        groups = [[self._condition(conditions.items[0])]]
        for connector, item in zip(conditions.connectors, conditions.items[1:], strict=True):
            if connector == "or":
                groups.append([])
            groups[-1].append(self._condition(item))
        mixed = len(groups) > 1 and any(len(group) > 1 for group in groups)
        return (", or " if mixed else " or ").join(" and ".join(group) for group in groups)

    def join(self, join: Join) -> str:
        """A condition of a join that is no key."""
        left, right = self._column(join.left), self._column(join.right)
        return f"the {left} {_COMPARED[join.operator]} the {right}"

    def _condition(self, condition: Condition) -> str:
        if condition.left is None:
            word = "no" if condition.negated else "at least one"
            return f"there is {word} row of {self._value(condition.right)}"
        left = self.unit(condition.left)
        return f"{left} {self._predicate(condition)}"

    def _predicate(self, condition: Condition) -> str:
        right, no = condition.right, condition.negated
        if condition.operator == "is":
            return "is known" if no else "is missing"
        if condition.operator == "like":
            return self._like(right, no)
        if condition.operator == "between":
            low, high = self._value(right), self._value(condition.upper)
            return f"is {'not ' if no else ''}between {low} and {high}"
        if condition.operator == "in":
            return self._among(condition)
        words = _COMPARED[condition.operator]
        left = condition.left
        if isinstance(left, ColumnUnit) and not left.aggregate and self._is_time(left.column):
            words = _IN_TIME.get(condition.operator, words)
        if no:
            words = "is" if words == "is not" else words.replace("is", "is not", 1)
        return f"{words} {self._value(right)}"

    def _among(self, condition: Condition) -> str:
        if condition.items:
            values = [self._value(item) for item in condition.items]
            return (
                f"is none of {listed(values)}"
                if condition.negated
                else (f"is {listed(values, 'or')}")
            )
        return f"is {'not ' if condition.negated else ''}among {self._value(condition.right)}"

    def _like(self, pattern: Value | None, negated: bool) -> str:
        text = pattern.value if isinstance(pattern, Literal) else None
        inside = text.strip("%") if isinstance(text, str) else ""
        if not isinstance(text, str) or not inside or "%" in inside or "_" in inside:
            does = "does not match" if negated else "matches"
            return f"{does} the pattern {self._value(pattern)}"
        anywhere = text.startswith("%"), text.endswith("%")
        one, two = {
            (True, True): ("contains", "contain"),
            (False, True): ("starts with", "start with"),
            (True, False): ("ends with", "end with"),
            (False, False): ("is", "equal"),
        }[anywhere]
        return f"{f'does not {two}' if negated else one} “{inside}”"

    def _value(self, value: Value | None) -> str:
        if isinstance(value, Query):
            return f"({self.inner(value)})"
        if not isinstance(value, Literal):
            return "nothing" if value is None else self.unit(value)
        if isinstance(value.value, str):
            return f"“{value.value}”"
        return "nothing" if value.value is None else str(value.value)

    # order

    def order(self, item: OrderItem) -> str:
        """``highest age first``, ``in order of name``."""
        if self._ends(item.unit) == _LAST_AND_FIRST:
            return f"in {'reverse ' if item.descending else ''}order of {self.name(item.unit)}"
        return f"{self.extreme(item)} first"

    def extreme(self, item: OrderItem) -> str:
        """What comes first in an order: ``highest age``."""
        high, low = self._ends(item.unit)
        return f"{high if item.descending else low} {self.name(item.unit)}"
