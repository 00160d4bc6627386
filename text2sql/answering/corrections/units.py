"""Numbers in the unit of their column: 5 minutes are 300,000 milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, column_of, stems
from text2sql.linking.quantities import find_quantities, unit_stems
from text2sql.linking.words import NUMBER_WORDS, number_of
from text2sql.query.nodes import Call, Expression, Literal, Select, Statement
from text2sql.query.scopes import Scope, each_select, in_select

__all__ = ["in_units"]

_COMPARED = frozenset(("=", "!=", "<", ">", "<=", ">=", "between"))


def in_units(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with the numbers of a question in the unit that a column's name has."""
    return each_select(query, context.schema, lambda scope: _converted(scope, context))


def _converted(scope: Scope, context: QuestionContext) -> Select:
    def change(node: object) -> object:
        if not isinstance(node, Call) or node.name not in _COMPARED:
            return node
        place = column_of(node.arguments[0], scope)
        if place is None:
            return node
        column = context.column(place)
        named = {*stems(column.natural), *stems(column.name)}
        numbers = dict(_numbers(context, named))
        return replace(node, arguments=tuple(_in_unit(part, numbers) for part in node.arguments))

    return in_select(scope.select, change)


def _numbers(context: QuestionContext, named: set[str]) -> Iterator[tuple[object, int | float]]:
    """Yield the numbers as written with the same in the unit that ``named`` contains."""
    for quantity in find_quantities(context.words):
        start, end = quantity.span
        word = context.words[start].lower()
        written = NUMBER_WORDS.get(word, number_of(word))
        own = {stem for word in context.words[start:end] for stem in stems(word)}
        if quantity.unit and unit_stems(quantity.unit) & named and not own & named:
            yield written, quantity.number


def _in_unit(part: Expression, numbers: dict[object, int | float]) -> Expression:
    if isinstance(part, Literal) and isinstance(part.value, int | float):
        return Literal(numbers.get(part.value, part.value))
    return part
