"""A condition for last month, this year or yesterday, if the data reach that far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from text2sql.answering.corrections.question_context import QuestionContext, stems, tables_of
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Expression,
    Literal,
    Select,
    Statement,
    aggregated,
    conjunction,
    conjuncts,
    walk,
)
from text2sql.query.scopes import Scope
from text2sql.schema import ColumnPosition

__all__ = ["in_period", "period_of"]

_PERIOD = re.compile(r"\b(last|previous|this|current) (month|year)\b|\byesterday\b")
_FORMATS = {"month": "%Y-%m", "year": "%Y", "day": "%Y-%m-%d"}


@dataclass(frozen=True)
class _Period:
    """A month, a year or a day; ``back`` counts back from the current one."""

    unit: str
    back: int

    def starts(self, today: date) -> date:
        """Return its first day."""
        if self.unit == "day":
            return today - timedelta(self.back)
        if self.unit == "year":
            return date(today.year - self.back, 1, 1)
        months = 12 * today.year + today.month - 1 - self.back
        return date(months // 12, months % 12 + 1, 1)

    def condition(self, column: Expression) -> Expression:
        """Return the condition that ``column`` is in it, relative to SQLite's current time."""
        format_ = Literal(_FORMATS[self.unit])
        now = [Literal("now")]
        if self.back:
            now += [Literal(f"start of {self.unit}")] if self.unit != "day" else []
            now += [Literal(f"-{self.back} {self.unit}")]
        return Call("=", (Call("strftime", (format_, column)), Call("strftime", (format_, *now))))


def period_of(text: str) -> str:
    """Return the words of a lower-case question that name a period, or an empty text."""
    match = _PERIOD.search(text)
    return match[0] if match else ""


def in_period(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` limited to the period that the question names, by its only date column."""
    words = period_of(context.text)
    if not words or not isinstance(query, Select) or Literal("now") in walk(query):
        return query
    unit = "day" if words == "yesterday" else words.split()[1]
    period = _Period(unit, 0 if words.startswith(("this", "current")) else 1)
    scope = Scope(query, context.schema)
    column = _dated(scope, context)
    place = scope.place(column) if column is not None else None
    if column is None or place is None or _is_named(words, context):
        return query
    newest = _newest(context.number(place), context)
    if newest < period.starts(datetime.now(UTC).date()).isoformat():
        return query
    return _limited(query, column, period)


def _is_named(words: str, context: QuestionContext) -> bool:
    """Whether the words are part of a column name: ``Days free next year``."""
    wanted = set(stems(words))
    columns = (column for table in context.schema.tables for column in table.columns)
    return any(wanted <= set(stems(column.natural)) for column in columns)


def _dated(scope: Scope, context: QuestionContext) -> ColumnRef | None:
    """Return the only date column in FROM, or the only one that the query uses."""
    select = scope.select
    columns = list(_dates(scope, context))
    if len(columns) > 1:
        used = set(walk((select.items, select.where, select.group_by, select.order_by)))
        columns = [column for column in columns if column in used]
    return columns[0] if len(columns) == 1 else None


def _dates(scope: Scope, context: QuestionContext) -> Iterator[ColumnRef]:
    for table, source in tables_of(scope.select).items():
        for number in range(len(context.schema.tables[table].columns)):
            place: ColumnPosition = (table, number)
            if context.number(place) in context.index.dates:
                yield ColumnRef(source, number)


def _newest(number: int, context: QuestionContext) -> str:
    """Return the latest indexed date of a column, as YYYY-MM-DD."""
    return max((text[:10] for column, text in context.index.cells if column == number), default="")


def _limited(query: Select, column: ColumnRef, period: _Period) -> Select:
    stated = tuple(c for c in conjuncts(query.where) if column not in walk(c))
    query = replace(query, where=conjunction((*stated, period.condition(column))))
    if not query.group_by and all(aggregated(item.expression) for item in query.items):
        return replace(query, order_by=(), limit=None)  # one row
    return query
