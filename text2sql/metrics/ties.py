"""Ties under ORDER BY, which can leave a query without a unique answer."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from text2sql.errors import QueryError
from text2sql.query.tree import statement

__all__ = ["tie_breaks"]


def tie_breaks(sql: str | exp.Expr) -> list[str]:
    """Return the query twice, its ties broken by the selected values, ascending and descending.

    If both return the same rows, ties do not matter. Reordering the stored rows would not be
    enough: SQLite returns groups in the order of their keys, whatever the order of the rows. Empty
    if nothing is ordered, or if ``sql`` is unreadable or too large.
    """
    try:
        tree = statement(sql) if isinstance(sql, str) else sql
    except QueryError:
        return []
    if not any(query.args.get("order") for query in tree.find_all(exp.Query)):
        return []
    try:
        return [_broken(tree.copy(), descending=descending) for descending in (False, True)]
    except (RecursionError, SqlglotError):  # parsed, but cannot be written
        return []


def _broken(tree: exp.Expr, *, descending: bool) -> str:
    for query in tree.find_all(exp.Query):
        order = query.args.get("order")
        if order is None:
            continue
        for place in _places(query):
            # SQLite's default order of NULLs, so that it is not written
            number, nulls_first = exp.Literal.number(place), not descending
            order.append(
                "expressions", exp.Ordered(this=number, desc=descending, nulls_first=nulls_first)
            )
    return tree.sql("sqlite", unsupported_level=ErrorLevel.IGNORE)


def _places(query: exp.Query) -> range:
    """The numbers of the result columns; only the first if there is a ``*``."""
    columns = query.selects
    return range(1, 2 if any(column.is_star for column in columns) else len(columns) + 1)
