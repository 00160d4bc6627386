"""Sqlglot's syntax tree of a SELECT, and the text of its nodes for messages."""

from __future__ import annotations

import math

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from text2sql.errors import QueryError
from text2sql.query.limits import read_tokens, read_trees, shorten

__all__ = [
    "bare",
    "number",
    "shorten",
    "statement",
    "text_of",
]


def statement(sql: str) -> exp.Expr:
    """Parse a text that is a single SELECT.

    Raises:
        QueryError: it is something else, or exceeds the limits of ``text2sql.query.limits``.
    """
    refused = QueryError(f"Expected one SELECT statement, got {shorten(sql)}.")
    tokens = read_tokens(sql)
    # sqlglot warns on stderr about commands that it cannot parse, such as VACUUM
    if not tokens or tokens[0].text.upper() not in ("SELECT", "(", "WITH"):
        raise refused
    statements = read_trees(sql, tokens)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise refused
    if not all(select.expressions for select in statements[0].find_all(exp.Select)):
        raise QueryError(f"{shorten(sql)} contains a SELECT without columns.")
    return statements[0]


def bare(node: exp.Expr) -> exp.Expr:
    """``node`` without parentheses and alias around it."""
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def number(text: str) -> int | float:
    """The value of a number in SQL.

    Raises:
        QueryError: it is too large for a float.
    """
    try:
        value = int(text) if text.isdecimal() else float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise QueryError(f"{shorten(text)} is not a number that SQLite can hold.")
    return value


def text_of(node: exp.Expr) -> str:
    """``node`` as SQL in quotation marks, cut to 80 characters."""
    try:
        return shorten(node.sql("sqlite", unsupported_level=ErrorLevel.IGNORE))
    except (SqlglotError, RecursionError):  # parsed, but not supported
        return repr(f"{node.key.upper()} ...")
