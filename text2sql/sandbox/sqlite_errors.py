"""SQLite's errors as kinds of failures, each with a sentence.

The kind comes from SQLite's result code, because its messages can quote the query. Only errors in
the statement share one code; they are recognized by how their message starts or ends.
"""

from __future__ import annotations

import re
import sqlite3

__all__ = ["HEAP_BYTES", "StoppedError", "explain", "timeout_sentence", "too_wide_sentence"]

#: The memory that SQLite may allocate, including sorting and temporary tables.
HEAP_BYTES = 256 * 1024**2


class StoppedError(ValueError):
    """A query that was refused or stopped; ``kind`` is a ``FailureKind``."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def explain(
    problem: Exception, refused: str | None, late: bool, timeout_s: float, max_bytes: int
) -> tuple[str, str]:
    """Return the kind of an error and a sentence for the author of the query.

    Args:
        refused: what the authorizer refused, if anything.
        late: whether the query's deadline has passed.
    """
    if refused:
        return "refused", refused
    if isinstance(problem, StoppedError):
        return problem.kind, str(problem)
    if isinstance(problem, UnicodeError):
        message = "A column name is not valid UTF-8; name the columns one by one, each with AS."
        return "other", message
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF  # higher bits only refine the code
    if isinstance(problem, MemoryError) or code == sqlite3.SQLITE_NOMEM:
        return "too_large", _MEMORY
    if code == sqlite3.SQLITE_TOOBIG:
        return "too_large", too_wide_sentence(max_bytes)
    if code == sqlite3.SQLITE_INTERRUPT and late:
        return "timeout", timeout_sentence(timeout_s)
    if code in _CODES:
        kind, sentence = _CODES[code]
        return kind, sentence.format(problem)
    text = str(problem)
    for pattern, (kind, sentence) in _TEXTS.items():
        if re.search(pattern, text):
            return kind, sentence.format(text)
    return "other", text


def timeout_sentence(timeout_s: float) -> str:
    """The message for a query that took too long."""
    return (
        f"Stopped after {timeout_s:g} s, the time limit; "
        "simplify the query, for example with a condition in each JOIN."
    )


def too_wide_sentence(max_bytes: int) -> str:
    """The message for a row that is larger than the limit of all rows."""
    return (
        f"A single value or row is larger than {max_bytes:,} bytes, the limit; "
        "select fewer or shorter columns."
    )


_MEMORY = (
    f"Stopped because the query needs more than {HEAP_BYTES >> 20} MB of memory; "
    "make it read, sort or return less."
)
_LOCKED = ("locked", "Another program is writing to the database; try again in a moment.")
_DAMAGED = ("damaged", "The database file is damaged ({0}); use another copy of it.")
_NOT_OPEN = (
    "unavailable",
    "The database file cannot be opened ({0}); check that it can be read.",
)
_CODES = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FORMAT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: (
        "unavailable",
        "The file is not a SQLite database; choose another one.",
    ),
    sqlite3.SQLITE_CANTOPEN: _NOT_OPEN,
    sqlite3.SQLITE_PERM: _NOT_OPEN,
    sqlite3.SQLITE_IOERR: ("unavailable", "The database file cannot be read ({0}); try again."),
    sqlite3.SQLITE_INTERRUPT: ("timeout", "The query was interrupted; try again."),
    sqlite3.SQLITE_AUTH: ("refused", "This query is not allowed here ({0})."),
}
_NESTED = (
    "too_large",
    "The query is too long or too deeply nested for SQLite ({0}); simplify it.",
)
_TEXTS = {
    "^You can only execute one statement at a time": (
        "refused",
        "Only one statement can run at a time; remove the others.",
    ),
    "^Incorrect number of bindings": (
        "refused",
        "The query has a placeholder such as ? or :name; write the value there.",
    ),
    "^LIKE or GLOB pattern too complex$": (
        "too_large",
        "The LIKE or GLOB pattern is too long; the limit is 1,000 characters.",
    ),
    "^parser stack overflow$|^Recursion limit$": _NESTED,
    "^Expression tree is too large|^too many terms in compound": _NESTED,
    "^too many |^at most 64 tables in a join$": ("too_large", "{0}"),
    "^incomplete input$": (
        "syntax",
        "The SQL ends before it is complete; finish the statement.",
    ),
    "^unsafe use of ": (
        "refused",
        "A view or table of the database uses something that is not allowed here ({0}).",
    ),
    "^table .* may not be modified$": ("refused", "{0}"),
    "^near .*: syntax error$|^unrecognized token: ": ("syntax", "{0}"),
    "^no such table: ": ("missing_table", "{0}"),
    "^no such column: ": ("missing_column", "{0}"),
    "^no such function: ": ("missing_function", "{0}"),
}
