"""The parts of a query as a set: what a change of it adds, and what it takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from text2sql.answering.conversation.edits import conditions, place_of
from text2sql.query.nodes import ColumnRef, Expression, Literal, Select, aggregated, rebuilt, walk
from text2sql.schema import Schema

__all__ = ["KINDS", "Part", "parts_of", "values_of"]

Part: TypeAlias = "tuple[str, str]"
"""The kind of a part and its text, which is the same whatever the tables are called."""

#: The kinds of parts.
KINDS = ("where", "show", "compute", "group", "having", "order", "limit", "distinct", "table")


def values_of(select: Select) -> frozenset[str]:
    """Return the texts and numbers in ``select`` and its subqueries, in lower case."""
    values = {node.value for node in walk(select) if isinstance(node, Literal)}
    return frozenset(str(value).lower() for value in values if value is not None)


def parts_of(select: Select, schema: Schema) -> frozenset[Part]:
    """Return the parts of ``select``, without those of its subqueries' own."""
    return frozenset(_parts(select, schema))


def _parts(select: Select, schema: Schema) -> Iterator[Part]:
    def text(expression: Expression) -> str:
        return repr(rebuilt(expression, named))

    def named(node: object) -> object:
        if isinstance(node, Literal) and isinstance(node.value, str):
            return Literal(node.value.lower())
        place = place_of(select, schema, node)
        return ColumnRef(*place) if place is not None else node

    for part in conditions(select.where):
        yield "where", text(part)
    for item in select.items:
        yield ("compute" if aggregated(item.expression) else "show"), text(item.expression)
    for key in select.group_by:
        yield "group", text(key)
    if select.having is not None:
        yield "having", text(select.having)
    for order in select.order_by:
        yield "order", f"{text(order.expression)} {order.descending}"
    if select.limit is not None:
        yield "limit", text(select.limit)
    if select.distinct:
        yield "distinct", ""
    for entry in select.sources:
        yield "table", str(entry.table)
