"""Orders by birth or age: the oldest have the earliest birth, or the highest age."""

from __future__ import annotations

import re
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, column_of
from text2sql.query.nodes import Call, Expression, Order, Select, Statement
from text2sql.query.scopes import Scope, each_select, in_select

__all__ = ["turned"]

_BIRTHS = re.compile(r"birth|born|\bdob\b|found(ed|ing|ation)|establish|\bbuilt\b|construct|opened")
_OLD = re.compile(r"\b(oldest|eldest|most senior)\b")
_YOUNG = re.compile(r"\b(youngest|newest|most junior)\b")
_ORDER = re.compile(r"\b(oldest|eldest|youngest|newest)\b( first\b| to )")


def turned(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with births and ages in the direction that the question asks for."""
    order = _ORDER.search(context.text)
    old, young = bool(_OLD.search(context.text)), bool(_YOUNG.search(context.text))
    if order is not None:
        old = order[1] in ("oldest", "eldest")
        return each_select(query, context.schema, lambda scope: _ordered(scope, context, old, True))
    if old == young:
        return query
    query = each_select(query, context.schema, lambda scope: _ordered(scope, context, old, False))
    return each_select(query, context.schema, lambda scope: _extremes(scope, context, old))


def _ordered(scope: Scope, context: QuestionContext, old: bool, in_whole: bool) -> Select:
    """Return the SELECT in reverse order, if it has a LIMIT or ``in_whole`` is true."""
    select = scope.select
    if (select.limit is None) != in_whole or len(select.order_by) != 1:
        return select
    term = select.order_by[0].expression
    descending = _descending(term, scope, context, old)
    if descending is None or select.order_by[0].descending == descending:
        return select
    return replace(select, order_by=(Order(term, descending),))


def _extremes(scope: Scope, context: QuestionContext, old: bool) -> Select:
    def turn(node: object) -> object:
        if not isinstance(node, Call) or node.name not in ("max", "min"):
            return node
        descending = _descending(node.arguments[0], scope, context, old)
        if descending is None or len(node.arguments) > 1:
            return node
        return replace(node, name="max" if descending else "min")

    return in_select(scope.select, turn)


def _descending(node: Expression, scope: Scope, context: QuestionContext, old: bool) -> bool | None:
    """Whether the question asks for the largest values; None if that is unknown."""
    place = column_of(node, scope)
    if place is None:
        return None
    column = context.column(place)
    name = f"{column.natural} {column.name}".lower()
    if re.search(r"\bage\b", name):
        return old
    return not old if _BIRTHS.search(name) else None
