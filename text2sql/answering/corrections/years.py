"""Years compared with the year of a date: ``in 2021`` over 2021-05-30."""

from __future__ import annotations

from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.linking.words import number_of
from text2sql.query.nodes import Call, ColumnRef, Expression, Literal, Select, Statement
from text2sql.query.scopes import Scope, each_select, in_select

__all__ = ["compared_by_year"]

_COMPARED = frozenset(("=", "!=", "<", ">", "<=", ">=", "between", "in"))


def compared_by_year(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with ``year`` of each date column that it compares with a bare year."""
    if not context.index.dates:
        return query
    return each_select(query, context.schema, lambda scope: _compared(scope, context))


def _compared(scope: Scope, context: QuestionContext) -> Select:
    def change(node: object) -> object:
        if not isinstance(node, Call) or node.name not in _COMPARED:
            return node
        column, *values = node.arguments
        place = scope.place(column) if isinstance(column, ColumnRef) else None
        if place is None or context.number(place) not in context.index.dates:
            return node
        years = [_year(value) for value in values]
        if not years or None in years:
            return node
        literals = (Literal(year) for year in years)
        return replace(node, arguments=(Call("year", (column,)), *literals))

    return in_select(scope.select, change)


def _year(value: Expression) -> int | None:
    """Return the year that a literal consists of."""
    text = str(value.value) if isinstance(value, Literal) else ""
    number = number_of(text) if len(text) == 4 else None
    return number if isinstance(number, int) and 1000 <= number < 3000 else None
