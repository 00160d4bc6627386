"""Spider's levels of difficulty: easy, medium, hard, extra."""

from __future__ import annotations

from typing import Literal as Choice

from text2sql.metrics.official import read_gold
from text2sql.metrics.parts import all_conditions
from text2sql.query import ColumnUnit, Query
from text2sql.schema import Schema

__all__ = ["LEVELS", "Hardness", "hardness"]

Hardness = Choice["easy", "medium", "hard", "extra"]

LEVELS: tuple[Hardness, ...] = ("easy", "medium", "hard", "extra")


def hardness(query: str | Query, schema: Schema) -> Hardness:
    """Classify a query by the rules of Spider's official script.

    Raises:
        QueryError: the query cannot be read.
    """
    if isinstance(query, str):
        query = read_gold(query, schema)
    clauses, nested, others = _clause_count(query), _nested_count(query), _other_count(query)
    if nested:
        return "hard" if nested == 1 and clauses <= 1 and others == 0 else "extra"
    if clauses <= 1 and others == 0:
        return "easy"
    if (clauses <= 1 and others <= 2) or (clauses <= 2 and others < 2):
        return "medium"
    if (clauses <= 2 and others > 2) or (clauses == 3 and others <= 2):
        return "hard"
    return "extra"


def _clause_count(query: Query) -> int:
    conditions, connectors = all_conditions(query)
    clauses = (query.where, query.group_by, query.order_by, query.limit is not None)
    joined = max(0, len(query.sources) - 1)
    likes = sum(c.operator == "like" for c in conditions)
    return sum(map(bool, clauses)) + joined + connectors.count("or") + likes


def _nested_count(query: Query) -> int:
    conditions, _ = all_conditions(query)
    values = [value for c in conditions for value in (c.right, c.upper)]
    return sum(isinstance(v, Query) for v in values) + (query.right is not None)


def _other_count(query: Query) -> int:
    counts = (
        _aggregate_count(query),
        len(query.select),
        len(query.where.items),
        len(query.group_by),
    )
    return sum(count > 1 for count in counts)


def _aggregate_count(query: Query) -> int:
    """Aggregates, and what the official script counts as one: a NOT, an AND or OR in HAVING."""
    ordered: list[ColumnUnit] = []
    for item in query.order_by:
        unit = item.unit
        ordered += [unit] if isinstance(unit, ColumnUnit) else [unit.left, unit.right]
    units = [*query.select, *query.group_by, *ordered]
    negated = sum(c.negated for c in query.where.items + query.having.items)
    return sum(u.aggregate is not None for u in units) + negated + len(query.having.connectors)
