"""The parts of a query, whichever parser read it."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.metrics.official import OfficialQuery
from text2sql.query import ColumnUnit, Condition, Conditions, Query

__all__ = ["all_conditions", "join_conditions", "selects", "subqueries"]


def join_conditions(query: Query) -> Conditions:
    """The conditions after ON as one flat list, for a query of either parser."""
    if isinstance(query, OfficialQuery):
        return query.on
    items = tuple(
        Condition(ColumnUnit(j.left), j.operator, ColumnUnit(j.right)) for j in query.joins
    )
    return Conditions(items, tuple(j.connector for j in query.joins[1:]))


def all_conditions(query: Query) -> tuple[list[Condition], list[str]]:
    """The conditions after ON, WHERE and HAVING, and the ANDs and ORs inside them."""
    parts = (join_conditions(query), query.where, query.having)
    # the AND between the conditions of two JOINs is not counted by any caller
    return [c for p in parts for c in p], [w for p in parts for w in p.connectors]


def subqueries(query: Query) -> Iterator[Query]:
    """The queries in FROM and in the conditions of one SELECT."""
    yield from (source.query for source in query.sources if source.query is not None)
    for condition in all_conditions(query)[0]:
        yield from (v for v in (condition.right, condition.upper) if isinstance(v, Query))


def selects(query: Query) -> Iterator[Query]:
    """Every SELECT of a query, the first one first."""
    yield query
    for inner in (*subqueries(query), *([query.right] if query.right is not None else [])):
        yield from selects(inner)
