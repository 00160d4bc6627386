"""Parts of one query put into another: its conditions, columns, groups, order and LIMIT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from text2sql.answering.conversation.edits import (
    computing,
    conditions,
    grouped,
    place_of,
    places_in,
    reach,
    showing,
    with_conditions,
)
from text2sql.query.nodes import (
    ColumnRef,
    Expression,
    Order,
    Select,
    Star,
    Subquery,
    aggregated,
    rebuilt,
    walk,
)
from text2sql.schema import Schema

__all__ = ["grafts"]


def grafts(select: Select, other: Select, schema: Schema) -> Iterator[tuple[str, Select]]:
    """Yield ``select`` with parts of ``other``, each with a name for the parts."""
    held = _held(select, other, schema)
    bases = [("", select), *held]
    for name, base in bases:
        if name:
            yield name, base
        for part, query in _shaped(base, other, schema):
            yield f"{name} {part}".strip(), query


def _held(select: Select, other: Select, schema: Schema) -> list[tuple[str, Select]]:
    """``select`` with the conditions of ``other``: beside its own, or instead of those alike."""
    parts = conditions(other.where)
    moved = _Mover(select, other, schema)
    new = [moved.expression(part) for part in parts]
    known = [part for part in new if part is not None]
    if not known or len(known) < len(parts):
        return []
    base = moved.select
    old = conditions(base.where)
    places = {place for part in known for place in places_in(base, schema, part)}
    kept = [p for p in old if not places & set(places_in(base, schema, p))]
    added = [part for part in known if part not in old]
    found = [("graft conditions", with_conditions(base, [*kept, *known]))]
    if len(kept) < len(old) and added:
        found.append(("graft further conditions", with_conditions(base, [*old, *added])))
    return found


def _shaped(select: Select, other: Select, schema: Schema) -> Iterator[tuple[str, Select]]:
    """Yield ``select`` with what ``other`` shows, groups and orders by."""
    moved = _Mover(select, other, schema)
    items = [moved.expression(item.expression) for item in other.items]
    groups = [moved.expression(key) for key in other.group_by]
    orders = [(moved.expression(o.expression), o.descending) for o in other.order_by]
    having = None if other.having is None else moved.expression(other.having)
    base = moved.select
    shown = [item for item in items if item is not None]
    keys = [key for key in groups if key is not None]
    order = tuple(Order(term, down) for term, down in orders if term is not None)
    whole = len(shown) == len(items) and len(keys) == len(groups) and len(order) == len(orders)
    if not whole or (other.having is not None and having is None):
        return
    if other.order_by or other.limit is not None:
        yield "graft order", replace(base, order_by=order, limit=other.limit, offset=other.offset)
    if keys:
        yield "graft groups", grouped(base, keys)
    full = replace(showing(replace(base, group_by=tuple(keys)), shown), distinct=other.distinct)
    yield "graft columns", full
    if order or having is not None:
        ends = replace(full, order_by=order, limit=other.limit, having=having)
        yield "graft columns and order", ends
    yield from _beside(base, shown)


def _beside(base: Select, shown: Sequence[Expression]) -> Iterator[tuple[str, Select]]:
    if any(isinstance(item, Star) for item in shown):
        return
    values = [item for item in shown if aggregated(item)]
    if values and not base.group_by:
        yield "graft aggregates", computing(base, values)
    old = [item.expression for item in base.items]
    plain = not any(map(aggregated, old))
    if old != [Star()] and (base.group_by or plain == (not values)):
        yield "graft further columns", showing(base, [*old, *shown])


class _Mover:
    """Rewrites expressions of ``other`` for ``select``, which gets the tables that they need."""

    def __init__(self, select: Select, other: Select, schema: Schema) -> None:
        self.select = select
        self.other = other
        self.schema = schema

    def expression(self, expression: Expression) -> Expression | None:
        """Return ``expression`` for ``select``; None if a table cannot be reached."""
        nodes = list(walk(expression))
        if any(isinstance(node, Subquery) or getattr(node, "outer", 0) for node in nodes):
            return None
        moved: dict[ColumnRef, ColumnRef] = {}
        for node in nodes:
            if isinstance(node, ColumnRef):
                place = place_of(self.other, self.schema, node)
                reached = reach(self.select, self.schema, place) if place else None
                if reached is None:
                    return None
                self.select, moved[node] = reached
        if any(isinstance(node, Star) and node.source is not None for node in nodes):
            return None
        return rebuilt(expression, lambda n: moved[n] if isinstance(n, ColumnRef) else n)
