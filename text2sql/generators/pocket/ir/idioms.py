"""Idioms: queries with a keyword of their own, as SQL, and their recognition in SQL.

``overall avg`` is an aggregate over groups; ``best 3 per`` keeps the first rows of each group.
"""

from __future__ import annotations

from dataclasses import replace

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.vocabulary import AGGREGATES
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
    argument: Expression = Star() if aggregate == "count" else ColumnRef(0, 0)
    return Select((SelectItem(Call(aggregate, (argument,))),), (Entry(query=select),))


def find_aggregate_of_groups(query: Select, schema: Schema) -> tuple[str, Select] | None:
    """``SELECT avg(n) FROM (SELECT count(*) AS n FROM ... GROUP BY ...)``: the aggregate over
    groups, and the query of the groups with that column alone."""
    if query != Select(query.items, query.sources):
        return None
    match query:
        case Select((SelectItem(Call(name, (argument,), False)),), (Entry(query=groups),)) if (
            groups
        ):
            inner = spelled_out(groups, schema)
        case _:
            return None
    if not isinstance(inner, Select) or name not in AGGREGATES or not inner.group_by:
        return None
    if inner.limit is not None or inner.offset is not None or inner.distinct:
        return None
    if find_best_of_groups(inner, schema) or find_aggregate_of_groups(inner, schema):
        return None
    match argument:
        case Star():
            column = 0
        case ColumnRef(_, column, 0):
            pass
        case _:
            return None
    return name, replace(inner, items=(inner.items[column],), order_by=())


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
        raise QueryError("The best rows of each group need named columns, not a star.")
    numbered = Select(
        (*select.items, SelectItem(Window(call, per, order), "place")),
        select.sources, select.distinct, select.where, select.group_by, select.having,
    )  # fmt: skip
    condition = Call("<=" if most > 1 else "=", (ColumnRef(0, width), Literal(most)))
    shown = tuple(SelectItem(ColumnRef(0, column)) for column in range(width))
    return Select(shown, (Entry(query=numbered),), where=condition)


def find_best_of_groups(query: Select, schema: Schema) -> tuple[Select, Best] | None:
    """``SELECT ... FROM (SELECT ..., row_number() OVER (PARTITION BY ...) AS n ...) WHERE n <= 3``:
    the inner query without the number, and which rows of each group it keeps."""
    if query != Select(query.items, query.sources, where=query.where):
        return None
    match query:
        case Select(
            sources=(Entry(query=numbered),),
            where=Call("=" | "<=" as sign, (ColumnRef() as place, Literal(int() as most))),
        ) if numbered and (sign == "<=" or most == 1):
            inner = spelled_out(numbered, schema)
        case _:
            return None
    if not isinstance(inner, Select) or inner.order_by or inner.limit is not None or inner.distinct:
        return None
    window = inner.items[place.column].expression
    if not isinstance(window, Window) or not window.partition or not window.order:
        return None
    word = {"row_number": "best", "rank": "best_ties"}.get(window.call.name)
    shown = [item.expression for item in query.items]
    places = [column.column for column in shown if isinstance(column, ColumnRef)]
    if word is None or len(places) < len(shown):
        return None
    items = tuple(inner.items[position] for position in places)
    if any(isinstance(item.expression, Window) for item in items):
        return None
    return replace(inner, items=items), (word, window, most)
