"""The queries that the language says in a word, as SQL and recognized in SQL.

``overall avg`` is the aggregate of what each group has; ``best 3 per`` keeps the first rows of each
group.
"""

from __future__ import annotations

from dataclasses import replace

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.vocabulary import AGGREGATES
from text2sql.query.nodes import (
    Call,
    Column,
    Entry,
    Expression,
    Item,
    Literal,
    Order,
    Select,
    Star,
    Window,
    columns_of,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = [
    "Best",
    "aggregate_of_groups",
    "best_of_groups",
    "find_aggregate_of_groups",
    "find_best_of_groups",
]

Best = tuple[str, Window, int]
"""``best`` or ``best_ties``, the window that numbers the rows, and how many of each group stay."""


def aggregate_of_groups(select: Select, aggregate: str) -> Select:
    """``aggregate`` over the groups of ``select``."""
    if aggregate not in AGGREGATES:
        raise QueryError(f"Expected an aggregate, got {aggregate!r}.")
    argument: Expression = Star() if aggregate == "count" else Column(0, 0)
    return Select((Item(Call(aggregate, (argument,))),), (Entry(query=select),))


def find_aggregate_of_groups(query: Select, schema: Schema) -> tuple[str, Select] | None:
    """``SELECT avg(n) FROM (SELECT count(*) AS n FROM ... GROUP BY ...)``: the aggregate over
    groups, and the query of the groups with that column alone."""
    if len(query.sources) != 1 or len(query.items) != 1 or query != Select(
        query.items, query.sources
    ):  # fmt: skip
        return None
    inner, outside = query.sources[0].query, query.items[0].expression
    inner = spelled_out(inner, schema) if inner is not None else None
    if not isinstance(inner, Select) or not isinstance(outside, Call) or outside.distinct:
        return None
    plain = inner.limit is None and inner.offset is None and not inner.distinct
    if outside.name not in AGGREGATES or not inner.group_by or not plain:
        return None
    argument = outside.arguments[0]
    if isinstance(argument, Star):
        column = Column(0, 0)
    elif isinstance(argument, Column) and not argument.outer:
        column = argument
    else:
        return None
    if find_best_of_groups(inner, schema) or find_aggregate_of_groups(inner, schema):
        return None
    return outside.name, replace(inner, items=(inner.items[column.column],), order_by=())


def best_of_groups(
    select: Select,
    word: str,
    most: int,
    per: tuple[Expression, ...],
    order: tuple[Order, ...],
) -> Select:
    """The first rows of each group of ``select``; ``best_ties`` also keeps rows that tie."""
    call = Call("row_number" if word == "best" else "rank")
    width = columns_of(select)
    if width is None:
        raise QueryError("All columns of the best of each group have no SQL.")
    numbered = Select(
        (*select.items, Item(Window(call, per, order), "place")),
        select.sources, select.distinct, select.where, select.group_by, select.having,
    )  # fmt: skip
    condition = Call("<=" if most > 1 else "=", (Column(0, width), Literal(most)))
    shown = tuple(Item(Column(0, column)) for column in range(width))
    return Select(shown, (Entry(query=numbered),), where=condition)


def find_best_of_groups(query: Select, schema: Schema) -> tuple[Select, Best] | None:
    """``SELECT ... FROM (SELECT ..., row_number() OVER (PARTITION BY ...) AS n ...) WHERE n <= 3``:
    the inner query without the number, and which rows of each group it keeps."""
    if len(query.sources) != 1 or query.where is None:
        return None
    inner, most = query.sources[0].query, query.where
    inner = spelled_out(inner, schema) if inner is not None else None
    bare = replace(query, where=None)
    if bare != Select(query.items, query.sources) or not isinstance(inner, Select):
        return None
    if not isinstance(most, Call) or not all(isinstance(i.expression, Column) for i in query.items):
        return None
    left, right = (most.arguments[0], most.arguments[-1])
    if not isinstance(left, Column) or not isinstance(right, Literal):
        return None
    kept = right.value if most.name == "<=" or right.value == 1 else None
    number = inner.items[left.column].expression
    if not isinstance(kept, int) or most.name not in ("=", "<=") or not isinstance(number, Window):
        return None
    word = {"row_number": "best", "rank": "best_ties"}.get(number.call.name)
    if word is None or not number.partition or not number.order:
        return None
    if inner.order_by or inner.limit is not None or inner.distinct:
        return None
    places = [i.expression.column for i in query.items if isinstance(i.expression, Column)]
    items = tuple(inner.items[p] for p in places)
    if any(isinstance(item.expression, Window) for item in items):
        return None
    return replace(inner, items=items), (word, number, kept)
