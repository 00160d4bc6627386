"""Analysis of joins: the table whose rows a join returns, and tables that only filter."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.query.nodes import Call, ColumnRef, Expression, Select, Star, conjuncts, walk
from text2sql.query.scopes import Scope
from text2sql.schema import ForeignKey, Schema

__all__ = ["join_conditions", "main_source", "silent_sources", "without_key"]


def main_source(select: Select, schema: Schema) -> int | None:
    """The source whose rows each occur once in the join; None if there is none or it is unknown.

    For example, a pilot has one base: if pilots join airports on it, each row is one pilot.
    """
    if len(select.sources) == 1:
        return 0
    pairs = [_ends(condition, select, schema) for condition in join_conditions(select)]
    if not pairs or any(pair is None for pair in pairs):
        return None
    referred = {pair[1] for pair in pairs if pair}
    heads = [n for n in range(len(select.sources)) if n not in referred]
    connected = len(pairs) == len(select.sources) - 1 == len(referred)
    return heads[0] if connected and len(heads) == 1 else None


def join_conditions(select: Select) -> Iterator[Expression]:
    """The conditions of all joins of a SELECT, separately."""
    for entry in select.sources:
        yield from conjuncts(entry.on)


def without_key(select: Select, schema: Schema) -> Iterator[Expression]:
    """The join conditions that are not keys."""
    for condition in join_conditions(select):
        if _ends(condition, select, schema) is None:
            yield condition


def silent_sources(select: Select) -> list[int]:
    """The sources of a SELECT whose columns it does not use outside joins and subqueries."""
    parts = (select.items, select.where, select.group_by, select.having, select.order_by)
    nodes = [node for part in parts for node in walk(part, inside=False)]
    used = {n.source for n in nodes if isinstance(n, ColumnRef) and not n.outer}
    used |= {n.source for n in nodes if isinstance(n, Star) and n.source is not None}
    return [source for source in range(len(select.sources)) if source not in used]


def _ends(condition: Expression, select: Select, schema: Schema) -> tuple[int, int] | None:
    """The referring and the referred source of a key; None if the condition is not a key."""
    if not isinstance(condition, Call) or condition.name != "=":
        return None
    left, right = condition.arguments
    if (
        not isinstance(left, ColumnRef)
        or not isinstance(right, ColumnRef)
        or left.outer
        or right.outer
    ):
        return None
    scope = Scope(select, schema)
    for near, far in ((left, right), (right, left)):
        here, there = scope.place(near), scope.place(far)
        if here is None or there is None or near.source == far.source:
            continue
        if ForeignKey(*here, *there) in schema.foreign_keys:
            return near.source, far.source
    return None
