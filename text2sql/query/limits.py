"""Limits on the SQL that sqlglot parses, so that every text is parsed in bounded time.

sqlglot backtracks where SQL is ambiguous. If such places are nested, each doubles the time: 30
joins without ON take about forty minutes, and so do 30 nested types as in
``char(char(char(...)))``.
Therefore backtracking is counted and limited; the queries of Spider and BIRD backtrack over 89
tokens at most. Length and nesting are checked before parsing. Every text within the limits is
parsed in less than half a second (``tests/attacks/test_parses.py``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import SqlglotError, TokenError
from sqlglot.parsers.sqlite import SQLiteParser

from text2sql.errors import QueryError

__all__ = [
    "MAX_CHARACTERS",
    "MAX_NESTING",
    "MAX_TOKENS",
    "check_length",
    "read_tokens",
    "read_trees",
]

MAX_CHARACTERS = 20_000
MAX_TOKENS = 2_000
MAX_NESTING = 30
"""Brackets, CASEs and runs of prefix operators inside each other."""
_MAX_REREAD = 10_000

_SHOWN = 80
_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_PREFIXES = frozenset({TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE})
_count = threading.local()  # ``left``: tokens that may still be read again; ``sql``: the text


def check_length(sql: str) -> None:
    """Refuse a text that is too long to be parsed.

    Raises:
        QueryError: it has more than ``MAX_CHARACTERS``.
    """
    if len(sql) > MAX_CHARACTERS:
        raise QueryError(
            f"{shorten(sql)} is {len(sql):,} characters long; "
            f"SQL of up to {MAX_CHARACTERS:,} can be analysed."
        )


def read_tokens(sql: str) -> list[Token]:
    """The tokens of a text that is not too long.

    Raises:
        QueryError: it is too long, nests too deeply, or leaves a quote open.
    """
    check_length(sql)
    try:
        tokens = SQLite().tokenize(sql)
    except TokenError as error:
        raise QueryError(f"Cannot parse {shorten(sql)}: is a quote left open?") from error
    if len(tokens) > MAX_TOKENS:
        raise QueryError(
            f"{shorten(sql)} has {len(tokens):,} tokens; "
            f"SQL of up to {MAX_TOKENS:,} can be analysed."
        )
    if _nesting(tokens) > MAX_NESTING:
        raise _nested(sql)
    return tokens


def _nesting(tokens: Iterable[Token]) -> int:
    depth = deepest = run = 0
    for token in tokens:
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth = max(0, depth - 1)
        run = run + 1 if kind in _PREFIXES else 0
        deepest = max(deepest, depth + run)
    return deepest


def read_trees(sql: str, tokens: list[Token] | None = None) -> list[exp.Expr]:
    """The syntax tree of each statement in ``sql``, whose ``tokens`` may be known already.

    Raises:
        QueryError: it cannot be parsed within the limits.
    """
    tokens = read_tokens(sql) if tokens is None else tokens
    _count.left, _count.sql = _MAX_REREAD, sql
    try:
        statements = BoundedSQLite().parser().parse(tokens, sql)
    except SqlglotError as error:
        reason = str(error).split("\n")[0]
        raise QueryError(f"Cannot parse {shorten(sql)}: {reason}") from error
    except RecursionError as error:
        raise _nested(sql) from error
    except ValueError as error:  # an integer of thousands of digits
        raise QueryError(f"{shorten(sql)} holds a number that is too long.") from error
    return [statement for statement in statements if statement is not None]


def _nested(sql: str) -> QueryError:
    return QueryError(f"{shorten(sql)} nests too deeply to be read.")


def shorten(sql: str) -> str:
    """``sql`` in quotation marks, cut to 80 characters."""
    return repr(sql if len(sql) <= _SHOWN else sql[: _SHOWN - 3] + "...")


class _Parser(SQLiteParser):
    """A parser that stops after too much backtracking, including that of nested parsers."""

    def _retreat(self, index: int) -> None:
        _count.left -= max(0, self._index - index)
        if _count.left < 0:
            raise QueryError(
                f"{shorten(_count.sql)} takes too long to read; give each JOIN a condition, and "
                "put fewer functions inside each other."
            )
        super()._retreat(index)


class BoundedSQLite(SQLite):
    """sqlglot's dialect of SQLite with limits."""

    Parser = _Parser
