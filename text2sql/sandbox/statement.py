"""Extraction of the single SELECT from a text."""

from __future__ import annotations

import re

from text2sql.sandbox.failure import FailureKind

__all__ = ["MAX_SQL_LENGTH", "NotOneQueryError", "only_query"]

#: Characters; the longest query of Spider has 577.
MAX_SQL_LENGTH = 100_000

_PIECE = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<end>;)
      | (?P<space>\s+)
      | (?P<code>'[^']*(?:'|\Z) | "[^"]*(?:"|\Z) | `[^`]*(?:`|\Z) | \[[^\]]*(?:\]|\Z)
                | [^\s;'"`\[/-]+ | .)""",
    re.DOTALL | re.VERBOSE,
)


class NotOneQueryError(ValueError):
    """A text that is not a single SELECT; the message explains this to its author."""

    def __init__(self, message: str, kind: FailureKind = "refused") -> None:
        super().__init__(message)
        self.kind: FailureKind = kind


def only_query(sql: str) -> str:
    """Extract the single SELECT or WITH statement in ``sql``.

    Comments and semicolons around it are removed; a second statement is an error, however well
    hidden. SQLite checks this again; the check here gives a better message.

    Raises:
        NotOneQueryError: there is no such statement, or more than one.
    """
    _check_characters(sql)
    statements = _statements(sql)
    if not statements:
        raise NotOneQueryError("There is no SQL to run; write a SELECT statement.", "empty")
    if len(statements) > 1:
        raise NotOneQueryError("Only one statement can run at a time; remove the others.")
    start, end = statements[0]
    word = re.match(r"\w+|.", sql[start:])
    if word is None or word[0].upper() not in ("SELECT", "WITH"):
        first = word[0].upper() if word else ""
        raise NotOneQueryError(
            f"Only reading is allowed here: a query starts with SELECT or WITH, not {first[:30]}."
        )
    return sql[start:end]


def _check_characters(sql: str) -> None:
    if len(sql) > MAX_SQL_LENGTH:
        raise NotOneQueryError(
            f"The SQL is {len(sql):,} characters long; the limit is {MAX_SQL_LENGTH:,}.",
            "too_large",
        )
    for position, character in enumerate(sql):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise NotOneQueryError(
                f"The SQL holds {character!r} at position {position + 1}, "
                "which is not text; remove it."
            )


def _statements(sql: str) -> list[tuple[int, int]]:
    """The start and end of each statement, without surrounding comments and spaces."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    end = 0
    for piece in _PIECE.finditer(sql):
        if piece.lastgroup == "code":
            start = piece.start() if start is None else start
            end = piece.end()
        elif piece.lastgroup == "end" and start is not None:
            found.append((start, end))
            start = None
    return found if start is None else [*found, (start, end)]
