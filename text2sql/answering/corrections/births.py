"""Orders by birth or age: the oldest have the earliest birth, or the highest age."""

from __future__ import annotations

import re
from dataclasses import replace

from text2sql.answering.corrections.asked import Asked, column_of
from text2sql.query.nodes import Call, Expression, Order, Select, Statement
from text2sql.query.scopes import Scope, each_select, in_select

__all__ = ["turned"]

_BIRTHS = re.compile(r"birth|born|\bdob\b|found(ed|ing|ation)|establish|\bbuilt\b|construct|opened")
_OLD = re.compile(r"\b(oldest|eldest|most senior)\b")
_YOUNG = re.compile(r"\b(youngest|newest|most junior)\b")
_ORDER = re.compile(r"\b(oldest|eldest|youngest|newest)\b( first\b| to )")


def turned(query: Statement, asked: Asked) -> Statement:
    """Return ``query`` with births and ages in the direction that the question asks for."""
    order = _ORDER.search(asked.text)
    old, young = bool(_OLD.search(asked.text)), bool(_YOUNG.search(asked.text))
    if order is not None:
        old = order[1] in ("oldest", "eldest")
        return each_select(query, asked.schema, lambda scope: _ordered(scope, asked, old, True))
    if old == young:
        return query
    query = each_select(query, asked.schema, lambda scope: _ordered(scope, asked, old, False))
    return each_select(query, asked.schema, lambda scope: _extremes(scope, asked, old))


def _ordered(scope: Scope, asked: Asked, old: bool, in_whole: bool) -> Select:
    """Return the SELECT in reverse order, if it has a LIMIT or ``in_whole`` is true."""
    select = scope.select
    if (select.limit is None) != in_whole or len(select.order_by) != 1:
        return select
    term = select.order_by[0].expression
    descending = _descending(term, scope, asked, old)
    if descending is None or select.order_by[0].descending == descending:
        return select
    return replace(select, order_by=(Order(term, descending),))


def _extremes(scope: Scope, asked: Asked, old: bool) -> Select:
    def turn(node: object) -> object:
        if not isinstance(node, Call) or node.name not in ("max", "min"):
            return node
        descending = _descending(node.arguments[0], scope, asked, old)
        if descending is None or len(node.arguments) > 1:
            return node
        return replace(node, name="max" if descending else "min")

    return in_select(scope.select, turn)


def _descending(node: Expression, scope: Scope, asked: Asked, old: bool) -> bool | None:
    """Whether the question asks for the largest values; None if that is unknown."""
    place = column_of(node, scope)
    if place is None:
        return None
    column = asked.column(place)
    name = f"{column.natural} {column.name}".lower()
    if re.search(r"\bage\b", name):
        return old
    return not old if _BIRTHS.search(name) else None
