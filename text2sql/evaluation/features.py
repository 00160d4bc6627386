"""Features of a gold query that make it hard, to break totals down by."""

from __future__ import annotations

from text2sql.metrics.parts import selects, subqueries
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
    """List the ``FEATURES`` of a query; the joins are those of the SELECT with the most."""
    parts = list(selects(query))
    joins = max(len(part.sources) for part in parts) - 1
    there = {
        ("no join", "1 join", "2 joins", "3+ joins")[min(joins, 3)],
        *(["nested"] if any(list(subqueries(q)) for q in parts) else []),
        *(["set operation"] if any(q.right is not None for q in parts) else []),
        *(["HAVING"] if any(q.having for q in parts) else []),
        *(["LIKE"] if any(c.operator == "like" for q in parts for c in q.where) else []),
        *(["ORDER BY + LIMIT"] if any(q.order_by and q.limit is not None for q in parts) else []),
    }
    return tuple(name for name in FEATURES if name in there)
