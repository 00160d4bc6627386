"""sqlglot's syntax tree: taking it apart, and refusing the parts that nobody reads."""

from __future__ import annotations

import math
import re

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from text2sql.errors import QueryError
from text2sql.query.limits import read_tokens, read_trees, shorten

__all__ = [
    "bare",
    "limit_of",
    "number",
    "only",
    "operands",
    "ordered",
    "outside",
    "shorten",
    "statement",
    "text_of",
    "unwrap",
]


def statement(sql: str) -> exp.Expr:
    """The one SELECT that a text is.

    Raises:
        QueryError: it is something else, or outside the limits of ``text2sql.query.limits``.
    """
    refused = QueryError(f"Expected one SELECT statement, got {shorten(sql)}.")
    tokens = read_tokens(sql)
    # sqlglot warns on stderr about commands it knows by name only, such as VACUUM
    if not tokens or tokens[0].text.upper() not in ("SELECT", "(", "WITH"):
        raise refused
    statements = read_trees(sql, tokens)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise refused
    return statements[0]


def unwrap(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Subquery):
        only(node, "this", "alias")
        node = node.this
    return node


def bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def ordered(node: exp.Expr) -> list[tuple[exp.Expr, bool]]:
    """The terms of ORDER BY, each with whether it descends."""
    order = node.args.get("order")
    if order is None:
        return []
    only(order, "expressions")
    for item in order.expressions:
        # SQLite puts NULL first, and last in descending order
        if bool(item.args.get("nulls_first")) is bool(item.args.get("desc")):
            raise outside(item)
    return [(item.this, bool(item.args.get("desc"))) for item in order.expressions]


def limit_of(node: exp.Expr) -> int | None:
    limit = node.args.get("limit")
    if limit is None:
        return None
    only(limit, "expression")
    rows = limit.expression
    if not isinstance(rows, exp.Literal) or not re.fullmatch(r"\d{1,18}", rows.name):
        raise QueryError(f"LIMIT needs a whole number, got {text_of(rows)}.")
    return int(rows.name)


def number(text: str) -> int | float:
    try:
        value = int(text) if text.isdecimal() else float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise QueryError(f"{shorten(text)} is not a number that SQLite can hold.")
    return value


def only(node: exp.Expr, *allowed: str) -> None:
    """Refuse a node that says more than the parts that are read."""
    for name, part in node.args.items():
        if part and name not in allowed:
            raise QueryError(
                f"{name.strip('_').upper()} is outside Spider's fragment: {text_of(node)}."
            )


def outside(node: exp.Expr) -> QueryError:
    return QueryError(f"{text_of(node)} is outside Spider's fragment.")


def text_of(node: exp.Expr) -> str:
    return shorten(node.sql("sqlite", unsupported_level=ErrorLevel.IGNORE))


def operands(node: exp.SetOperation) -> tuple[list[exp.Select], list[type[exp.Expr]]]:
    """The SELECTs that set operators join, and the operators between them, in the order written."""
    selects: list[exp.Select] = []
    operators: list[type[exp.Expr]] = []
    rest: exp.Expr = node
    while isinstance(rest, exp.SetOperation):
        only(rest, "this", "expression", "distinct", *(("order", "limit") if rest is node else ()))
        if not rest.args.get("distinct"):
            raise QueryError("UNION ALL is outside Spider's fragment; use UNION.")
        selects.insert(0, _operand(rest.expression))
        operators.insert(0, type(rest))
        rest = rest.this
        # elsewhere INTERSECT comes first; sqlglot's brackets say that in SQLite it does not
        if isinstance(rest, exp.Subquery) and isinstance(rest.this, exp.SetOperation):
            rest = unwrap(rest)
    return [_operand(rest), *selects], operators


def _operand(node: exp.Expr) -> exp.Select:
    if not isinstance(node, exp.Select):
        raise QueryError(
            f"SQLite has no brackets around a side of a set operation: {text_of(node)}."
        )
    if node.args.get("order") or node.args.get("limit"):
        raise QueryError(
            f"ORDER BY and LIMIT belong behind the last SELECT of a set operation: {text_of(node)}."
        )
    return node
