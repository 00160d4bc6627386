"""Failures of queries: a kind for programs, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["FAILURE_KINDS", "Failure", "FailureKind"]

FailureKind = Literal[
    "empty",  # there is no SQL
    "refused",  # not a single SELECT, or not read-only
    "syntax",
    "missing_table",
    "missing_column",
    "missing_function",
    "too_large",  # the SQL, a value, or the memory that it needs
    "timeout",
    "cancelled",
    "busy",  # no worker was free in time
    "locked",  # another program is writing to the database
    "damaged",
    "unavailable",  # no such file, no permission, or not a database
    "crashed",
    "other",  # in SQLite's own words
]
FAILURE_KINDS: frozenset[str] = frozenset(get_args(FailureKind))


@dataclass(frozen=True)
class Failure:
    """The reason why a query returned no rows; ``message`` is a sentence or SQLite's own text.

    ``retry_after_s`` says when to try again if the kind is ``busy``.
    """

    kind: FailureKind
    message: str
    retry_after_s: int | None = None

    def __str__(self) -> str:
        return self.message
