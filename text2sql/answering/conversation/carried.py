"""The parts that a query carries over from the one before it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from text2sql.answering.conversation.edits import conditions, trimmed, with_conditions
from text2sql.query.english import phrase
from text2sql.query.english_terms import Terms
from text2sql.query.meanings import folded
from text2sql.query.nodes import Expression, Literal, Select, aggregated
from text2sql.query.scopes import Scope
from text2sql.query.writing import write
from text2sql.schema import Schema
from text2sql.wording import enumerated

__all__ = ["Carried", "carried_over"]


@dataclass(frozen=True)
class Carried:
    """A part that was carried over: ``text`` describes it, ``without`` is the SQL without it."""

    text: str
    without: str


def carried_over(query: Select, previous: Select, schema: Schema) -> tuple[Carried, ...]:
    """Return the parts of ``query`` that come from ``previous`` and that can be left out."""
    return tuple(
        Carried(text, write(trimmed(without), schema))
        for text, without in _parts(query, previous, schema)
    )


def _parts(query: Select, previous: Select, schema: Schema) -> Iterator[tuple[str, Select]]:
    known = set(conditions(previous.where))
    parts = conditions(query.where)
    for part in parts:
        if part in known:
            rest = [other for other in parts if other is not part]
            words = _condition(part, replace(query, where=part, having=None), schema)
            yield f"where {words}", with_conditions(query, rest)
    if query.having is not None and query.having == previous.having:
        words = _condition(query.having, replace(query, where=query.having, having=None), schema)
        yield f"if {words}", replace(query, having=None)
    terms = _terms(query, schema)
    if query.group_by and query.group_by == previous.group_by:
        values = tuple(item for item in query.items if aggregated(item.expression))
        if values and not query.order_by:
            keys = enumerated([terms.group(key) for key in query.group_by])
            yield f"for each {keys}", replace(query, items=values, group_by=(), having=None)
    if query.order_by and query.order_by == previous.order_by and query.limit is None:
        orders = enumerated([terms.order(order) for order in query.order_by], "then")
        yield orders, replace(query, order_by=())
    if query.limit is not None and query.limit == previous.limit:
        number = query.limit.value if isinstance(query.limit, Literal) else None
        first = "only the first one" if number == 1 else f"only the first {number}"
        yield first, replace(query, limit=None, offset=None)


def _terms(query: Select, schema: Schema) -> Terms:
    plain = folded(query)
    assert isinstance(plain, Select)
    return Terms(Scope(plain, schema), lambda inner, outer: phrase(inner, schema, outer))


def _condition(part: Expression, query: Select, schema: Schema) -> str:
    """Return ``part`` in words; it is the whole WHERE of ``query``."""
    terms = _terms(query, schema)
    return terms.condition(terms.select.where or part)
