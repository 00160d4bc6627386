"""Rows without a value are neither the first of an order nor the lowest."""

from __future__ import annotations

from dataclasses import replace

from text2sql.answering.corrections.asked import Asked, both, column_of, conditions, known
from text2sql.query.nodes import Select, Statement
from text2sql.query.scopes import Scope, each_select

__all__ = ["without_unknowns"]


def without_unknowns(query: Statement, asked: Asked) -> Statement:
    """``query`` with NULL left out before a LIMIT, and put last in other ascending orders."""
    if not asked.index.nulls:
        return query
    return each_select(query, asked.schema, lambda scope: _without(scope, asked))


def _without(scope: Scope, asked: Asked) -> Select:
    select = scope.select
    if not select.order_by or select.group_by:
        return select
    first = select.order_by[0]
    place = column_of(first.expression, scope)
    if place is None or first.descending or first.nulls_last is not None:
        return select
    condition = known(first.expression)
    stated = conditions(select.where)
    if asked.number(place) not in asked.index.nulls or condition in stated:
        return select
    if select.limit is not None:
        return replace(select, where=both(*stated, condition))
    return replace(select, order_by=(replace(first, nulls_last=True), *select.order_by[1:]))
