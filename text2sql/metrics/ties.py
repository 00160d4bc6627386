"""Ties under ORDER BY: where they decide what a query returns, it has no one answer."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from text2sql.errors import QueryError
from text2sql.query.tree import statement

__all__ = ["tie_breaks"]


def tie_breaks(sql: str) -> list[str]:
    """The query twice, its ties broken by what it selects: the least first, and the greatest first.

    Where the two return the same, ties do not matter. Other orders of the rows would not show it:
    SQLite returns groups in the order of their keys, wherever their rows lie. Empty where nothing
    is ordered, or ``sql`` cannot be read within limits.
    """
    try:
        tree = statement(sql)
    except QueryError:
        return []
    if not any(query.args.get("order") for query in tree.find_all(exp.Query)):
        return []
    try:
        return [_broken(tree.copy(), descending=descending) for descending in (False, True)]
    except (RecursionError, SqlglotError):  # read, but not to be written
        return []


def _broken(tree: exp.Expr, *, descending: bool) -> str:
    for query in tree.find_all(exp.Query):
        order = query.args.get("order")
        if order is None:
            continue
        for place in _places(query):
            # NULLs as SQLite has them, so that they are not written out
            number, nulls_first = exp.Literal.number(place), not descending
            order.append(
                "expressions", exp.Ordered(this=number, desc=descending, nulls_first=nulls_first)
            )
    return tree.sql("sqlite", unsupported_level=ErrorLevel.IGNORE)


def _places(query: exp.Query) -> range:
    """The result columns by number; only the first is known where there is a star."""
    columns = query.selects
    return range(1, 2 if any(column.is_star for column in columns) else len(columns) + 1)
