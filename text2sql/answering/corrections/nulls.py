"""Orders in which NULL would be the first or the lowest value."""

from __future__ import annotations

from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, column_of, known
from text2sql.query.nodes import Select, Statement, conjunction, conjuncts
from text2sql.query.scopes import Scope, each_select

__all__ = ["without_nulls"]


def without_nulls(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` without NULL before a LIMIT, and with NULL last in ascending order."""
    if not context.index.nulls:
        return query
    return each_select(query, context.schema, lambda scope: _without(scope, context))


def _without(scope: Scope, context: QuestionContext) -> Select:
    select = scope.select
    if not select.order_by or select.group_by:
        return select
    first = select.order_by[0]
    place = column_of(first.expression, scope)
    if place is None or first.descending or first.nulls_last is not None:
        return select
    condition = known(first.expression)
    stated = conjuncts(select.where)
    if context.number(place) not in context.index.nulls or condition in stated:
        return select
    if select.limit is not None:
        return replace(select, where=conjunction((*stated, condition)))
    return replace(select, order_by=(replace(first, nulls_last=True), *select.order_by[1:]))
