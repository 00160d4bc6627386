"""The columns that a query uses, and its subqueries."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.query.model import STAR, Arithmetic, ColumnRef, ColumnUnit, Query, Value

__all__ = ["inner_queries", "own_columns", "used_columns"]


def own_columns(query: Query, joins: bool = True) -> Iterator[ColumnRef]:
    """The columns that one SELECT uses, and ``STAR``, without those of its subqueries.

    Args:
        joins: whether to include its join conditions.
    """
    for join in query.joins if joins else ():
        yield from (join.left, join.right)
    units: list[Value | None] = [*query.select, *query.group_by]
    units += [item.unit for item in query.order_by]
    for condition in (*query.where, *query.having):
        units += [condition.left, condition.right, condition.upper]
    for unit in units:
        if isinstance(unit, Arithmetic):
            yield from (unit.left.column, unit.right.column)
        elif isinstance(unit, ColumnUnit):
            yield unit.column


def inner_queries(query: Query) -> list[Query]:
    """The queries in FROM and in conditions, and the one after a set operator."""
    values = [v for c in (*query.where, *query.having) for v in (c.right, c.upper)]
    inside = (*values, *(source.query for source in query.sources), query.right)
    return [value for value in inside if isinstance(value, Query)]


def used_columns(query: Query) -> set[tuple[int, int]]:
    """Positions of the tables and columns that ``query`` and its subqueries use outside joins."""
    own = {(ref.table, ref.column) for ref in own_columns(query, joins=False) if ref != STAR}
    return own.union(*map(used_columns, inner_queries(query)))
