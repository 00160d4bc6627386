"""Numeric comparison and order of numbers that are stored as text."""

from __future__ import annotations

from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, column_of
from text2sql.linking.words import number_of
from text2sql.query.nodes import Call, ColumnRef, Expression, Literal, Order, Select, Statement
from text2sql.query.scopes import Scope, each_select, in_select

__all__ = ["compared_as_numbers"]

_COMPARED = frozenset(("<", ">", "<=", ">=", "between"))
_EQUAL = frozenset(("=", "!=", "in"))


def compared_as_numbers(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with such texts cast to numbers in comparisons and in ORDER BY."""
    if not context.index.numeric_texts:
        return query
    return each_select(query, context.schema, lambda scope: _compared(scope, context))


def _compared(scope: Scope, context: QuestionContext) -> Select:
    def change(node: object) -> object:
        if isinstance(node, Order):
            return replace(node, expression=_number(node.expression, scope, context))
        if not isinstance(node, Call):
            return node
        numbers = any(_is_number(argument) for argument in node.arguments)
        extreme = node.name in ("max", "min") and len(node.arguments) == 1
        if node.name in _COMPARED or extreme or (node.name in _EQUAL and numbers):
            return _numbers(node, scope, context)
        return node

    return in_select(scope.select, change)


def _numbers(call: Call, scope: Scope, context: QuestionContext) -> Call:
    """Return ``call`` with its columns cast to numbers, and its texts read as numbers."""
    changed = tuple(_number(argument, scope, context) for argument in call.arguments)
    if changed == call.arguments:
        return call
    return replace(call, arguments=tuple(map(_literal, changed)))


def _number(node: Expression, scope: Scope, context: QuestionContext) -> Expression:
    place = column_of(node, scope) if isinstance(node, ColumnRef) else None
    if place is None or context.column(place).type != "text":
        return node
    return (
        Call("cast_real", (node,)) if context.number(place) in context.index.numeric_texts else node
    )


def _literal(node: Expression) -> Expression:
    if isinstance(node, Literal) and isinstance(node.value, str):
        number = number_of(node.value)
        return node if number is None else Literal(number)
    return node


def _is_number(node: Expression) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, int | float)
