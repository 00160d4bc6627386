"""Measures in the unit that the question asks for: grams ``in kg`` are divided by 1,000."""

from __future__ import annotations

import re
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.linking.quantities import conversion, unit_of
from text2sql.linking.words import words_of
from text2sql.query.nodes import Call, ColumnRef, Expression, Literal, Select, SelectItem, Statement
from text2sql.query.scopes import Scope

__all__ = ["shown_in_units"]

_ASKED = re.compile(r"\b(?:in|how many) (?:whole |full )?([a-z]+)\b")
_KEPT = ("sum", "avg", "max", "min")  # aggregates that have the unit of their column


def shown_in_units(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with the measures that it shows in the unit of the question."""
    if not isinstance(query, Select):
        return query
    wanted = {unit for match in _ASKED.finditer(context.text) if (unit := unit_of(match[1]))}
    if not wanted:
        return query
    scope = Scope(query, context.schema)
    items = (_shown(item.expression, wanted, scope, context) for item in query.items)
    return replace(query, items=tuple(map(SelectItem, items)))


def _shown(
    shown: Expression, wanted: set[str], scope: Scope, context: QuestionContext
) -> Expression:
    measure = shown
    if isinstance(measure, Call) and measure.name in _KEPT and len(measure.arguments) == 1:
        (measure,) = measure.arguments
    place = scope.place(measure) if isinstance(measure, ColumnRef) else None
    if place is None:
        return shown
    column = context.column(place)
    units = {unit_of(word) for word in words_of(column.natural)}
    factors = {conversion(unit, other) for unit in units - {""} for other in wanted}
    if len(factors) != 1 or None in factors or units & wanted:
        return shown
    return Call("/", (shown, Literal(factors.pop())))
