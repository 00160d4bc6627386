"""What a gold query has that makes it hard, for breaking totals down."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.query import Query

__all__ = ["FEATURES", "features"]

FEATURES = (
    "no join",
    "1 join",
    "2 joins",
    "3+ joins",
    "nested",
    "set operation",
    "HAVING",
    "LIKE",
    "ORDER BY + LIMIT",
)


def features(query: Query) -> tuple[str, ...]:
    """Which of ``FEATURES`` a query has; joins are the most that any of its SELECTs has."""
    selects = list(_selects(query))
    joins = max(len(q.sources) for q in selects) - 1
    there = {
        ("no join", "1 join", "2 joins", "3+ joins")[min(joins, 3)],
        *(["nested"] if any(list(_subqueries(q)) for q in selects) else []),
        *(["set operation"] if any(q.right is not None for q in selects) else []),
        *(["HAVING"] if any(q.having for q in selects) else []),
        *(["LIKE"] if any(c.operator == "like" for q in selects for c in q.where) else []),
        *(["ORDER BY + LIMIT"] if any(q.order_by and q.limit is not None for q in selects) else []),
    }
    return tuple(name for name in FEATURES if name in there)


def _selects(query: Query) -> Iterator[Query]:
    """Every SELECT in a query, its own first."""
    yield query
    for inner in (*_subqueries(query), *([query.right] if query.right is not None else [])):
        yield from _selects(inner)


def _subqueries(query: Query) -> Iterator[Query]:
    yield from (s.query for s in query.sources if s.query is not None)
    for condition in (*query.where.items, *query.having.items):
        yield from (v for v in (condition.right, condition.upper) if isinstance(v, Query))
