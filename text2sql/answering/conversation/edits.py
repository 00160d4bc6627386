"""Operations that change one SELECT: its conditions, columns, order, LIMIT and groups.

Each function returns a new tree. A table that the query lacks is joined along
foreign keys; if no key leads to it, ``reach`` returns None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from text2sql.linking.joins import connect, join_keys
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Entry,
    Expression,
    Literal,
    Order,
    Select,
    SelectItem,
    Star,
    Statement,
    aggregated,
    columns_of,
    rebuilt,
    walk,
)
from text2sql.query.reading import joined
from text2sql.query.scopes import Scope
from text2sql.schema import ColumnPosition, ForeignKey, Schema

__all__ = [
    "as_select",
    "bare",
    "by_key",
    "computing",
    "conditions",
    "counted",
    "grouped",
    "place_of",
    "places_in",
    "reach",
    "replaced_literal",
    "row_of_extreme",
    "showing",
    "swapped",
    "trimmed",
    "with_conditions",
    "without",
]


def place_of(select: Select, schema: Schema, expression: object) -> ColumnPosition | None:
    """Return the column of the schema that ``expression`` is, or None."""
    if not isinstance(expression, ColumnRef) or expression.outer:
        return None
    return Scope(select, schema).place(expression)


def places_in(select: Select, schema: Schema, node: object) -> list[ColumnPosition]:
    """Return the columns of the schema in ``node``, without those in its subqueries."""
    found = (place_of(select, schema, part) for part in walk(node, inside=False))
    return [place for place in found if place is not None]


def conditions(expression: Expression | None) -> tuple[Expression, ...]:
    """Return the parts that AND joins."""
    if isinstance(expression, Call) and expression.name == "and":
        return expression.arguments
    return () if expression is None else (expression,)


def with_conditions(select: Select, parts: Iterable[Expression]) -> Select:
    """Return ``select`` with exactly these conditions in WHERE."""
    return replace(select, where=joined("and", list(parts)))


def reach(
    select: Select, schema: Schema, place: ColumnPosition, outer: bool = False
) -> tuple[Select, ColumnRef] | None:
    """Return ``select`` with the table of ``place`` in FROM, and the column there.

    Args:
        outer: whether the join with a new table keeps rows without a partner.
    """
    table, column = place
    for source, entry in enumerate(select.sources):
        if entry.table == table and entry.query is None:
            return select, ColumnRef(source, column)
    placed = [entry.table for entry in select.sources if entry.query is None]
    if not placed or len(placed) != len(select.sources):
        return None
    known = [one for one in placed if one is not None]
    tables, joins = connect(schema, [*dict.fromkeys(known), table])
    added = [new for new in tables if new not in known]
    sources = list(select.sources)
    where = {one: sources_of(sources, one) for one in known}
    for new in added:
        pairs = [join for join in joins if tables[join.source] == new]
        if not pairs or any(join.left.table not in where for join in pairs):
            return None
        where[new] = len(sources)
        parts: list[Expression] = []
        for join in pairs:
            other = join.left.table
            left = ColumnRef(where[other], join.left.column)
            parts.append(Call("=", (left, ColumnRef(where[new], join.right.column))))
        kept = outer and _to_one(schema, pairs[0].left.table, new)
        sources.append(Entry(new, join="left" if kept else "inner", on=joined("and", parts)))
    return replace(select, sources=tuple(sources)), ColumnRef(where[table], column)


def sources_of(sources: Sequence[Entry], table: int) -> int:
    """The position of the first source that is ``table``."""
    return next(i for i, entry in enumerate(sources) if entry.table == table)


def _to_one(schema: Schema, table: int, other: int) -> bool:
    """Whether a row of ``table`` has at most one partner in ``other``."""
    keys = join_keys(schema, table, other)
    return bool(keys) and all(
        schema.tables[other].columns[there].primary_key for _, there in keys[0]
    )


def trimmed(select: Select) -> Select:
    """Return ``select`` without its last tables that LEFT JOIN adds and that nothing refers to."""
    while len(select.sources) > 1:
        last = len(select.sources) - 1
        parts = (select.items, select.where, select.group_by, select.having, select.order_by)
        joins = tuple(entry.on for entry in select.sources[:last])
        used = {n.source for n in walk((parts, joins)) if isinstance(n, ColumnRef | Star)}
        if last in used or None in used or select.sources[last].join != "left":
            break
        select = replace(select, sources=select.sources[:last])
    return select


def showing(select: Select, items: Iterable[Expression]) -> Select:
    """Return ``select`` showing ``items``, each once."""
    shown = tuple(SelectItem(expression) for expression in dict.fromkeys(items))
    groups = select.group_by
    if groups:
        plain = [i.expression for i in shown if isinstance(i.expression, ColumnRef)]
        groups = tuple(dict.fromkeys((*groups, *plain)))
    return replace(select, items=shown, group_by=groups)


def counted(select: Select) -> Select:
    """Return a query for the number of rows of ``select``."""
    shown = [item.expression for item in select.items]
    bare = replace(select, order_by=(), limit=None, offset=None)
    if select.group_by or select.limit is not None or (select.distinct and len(shown) > 1):
        inner = replace(select, order_by=select.order_by if select.limit is not None else ())
        return Select((SelectItem(Call("count", (Star(),))),), (Entry(query=inner),))
    if select.distinct and isinstance(shown[0], ColumnRef):
        only = SelectItem(Call("count", (shown[0],), distinct=True))
        return replace(bare, items=(only,), distinct=False)
    return replace(bare, items=(SelectItem(Call("count", (Star(),))),), distinct=False)


def grouped(select: Select, keys: Sequence[Expression]) -> Select:
    """Return the aggregates of ``select`` for each of ``keys``; count(*) if it has none."""
    values = [i.expression for i in select.items if aggregated(i.expression)]
    values = values or [Call("count", (Star(),))]
    items = tuple(SelectItem(expression) for expression in (*keys, *values))
    order = tuple(o for o in select.order_by if aggregated(o.expression))
    limit = select.limit if order else None
    return replace(
        select, items=items, group_by=tuple(keys), distinct=False, order_by=order, limit=limit
    )


def bare(select: Select) -> Select:
    """Return ``select`` without groups, unless HAVING or ORDER BY needs them."""
    if select.having is not None or any(aggregated(o.expression) for o in select.order_by):
        return select
    return replace(select, group_by=())


def computing(select: Select, values: Sequence[Expression]) -> Select:
    """Return ``values`` over all rows of ``select``, without groups, order or limit."""
    items = tuple(SelectItem(value) for value in values)
    return Select(items, select.sources, where=select.where)


def without(select: Select, column: ColumnRef) -> Select | None:
    """Return ``select`` without ``column``; None if it lacks it, or shows nothing else."""
    left = tuple(item for item in select.items if item.expression != column)
    return replace(select, items=left) if left and len(left) < len(select.items) else None


def by_key(select: Select, source: int, key: ForeignKey) -> tuple[Select, int]:
    """Return ``select`` joined along ``key`` of ``source``, and the source of the joined table."""
    pair = Call(
        "=", (ColumnRef(source, key.column), ColumnRef(len(select.sources), key.ref_column))
    )
    for place, entry in enumerate(select.sources):
        known = Call("=", (ColumnRef(source, key.column), ColumnRef(place, key.ref_column)))
        turned = Call("=", known.arguments[::-1])
        if entry.table == key.ref_table and entry.on in (known, turned):
            return select, place
    entry = Entry(key.ref_table, join="left", on=pair)
    return replace(select, sources=(*select.sources, entry)), len(select.sources)


def swapped(select: Select, old: Call, new: Call) -> Select:
    """``select`` with one call in place of another where it is shown, ordered or grouped by."""

    def put(expression: Expression) -> Expression:
        if isinstance(expression, Call) and expression != old:
            return replace(expression, arguments=tuple(map(put, expression.arguments)))
        return new if expression == old else expression

    return replace(
        select,
        items=tuple(SelectItem(put(item.expression)) for item in select.items),
        having=None if select.having is None else put(select.having),
        order_by=tuple(replace(o, expression=put(o.expression)) for o in select.order_by),
    )


def row_of_extreme(select: Select) -> Select | None:
    """Return a query for the row with the single ``max`` or ``min`` that ``select`` shows."""
    only = select.items[0].expression
    if len(select.items) != 1 or select.group_by or not isinstance(only, Call):
        return None
    if only.name not in ("max", "min") or len(only.arguments) != 1:
        return None
    value = only.arguments[0]
    known = Call("is not", (value, Literal(None)))
    base = with_conditions(select, [*conditions(select.where), known])
    return replace(base, order_by=(Order(value, only.name == "max"),), limit=Literal(1))


def replaced_literal(expression: Expression, old: Literal, new: Literal) -> Expression:
    """Return ``expression`` with one value in place of another."""
    return rebuilt(expression, lambda node: new if node == old else node)


def as_select(query: Statement) -> Select:
    """Return ``query`` as one SELECT: a set operation becomes its subquery in FROM."""
    if isinstance(query, Select):
        return query
    width = columns_of(query) or 0
    items = tuple(SelectItem(ColumnRef(0, column)) for column in range(width))
    return Select(items or (SelectItem(Star()),), (Entry(query=query),))
