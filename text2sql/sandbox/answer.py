"""Validation of a worker's answer."""

from __future__ import annotations

from itertools import chain
from typing import Any

from text2sql.sandbox.failure import FAILURE_KINDS, Failure

__all__ = ["AnswerError", "Answered", "checked"]

Answered = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], bool, float, Failure | None]
_CELLS = frozenset({int, float, str, bytes, type(None)})
_KEYS = frozenset({"columns", "truncated", "elapsed_s", "failure"})
_MOST_COLUMNS = 2000  # SQLite's limit


class AnswerError(ValueError):
    """A worker's message that is not an answer to a query."""


def checked(lists: list[Any], end: dict[str, Any], max_rows: int) -> Answered:
    """Return columns, rows, whether rows were cut off, seconds and failure.

    Raises:
        AnswerError: a part is missing, has another type, or exceeds the request.
    """
    match end:
        case {
            "columns": [*columns],
            "truncated": bool() as truncated,
            "elapsed_s": float() as elapsed_s,
            "failure": failed,
        } if end.keys() == _KEYS and len(columns) <= _MOST_COLUMNS and _all_are(str, columns):
            pass
        case _:
            raise AnswerError("A worker's answer does not have the form of a query's result.")
    failure = _failure(failed)
    if failure is not None:
        return (), (), False, elapsed_s, failure
    if not all(_all_are(list, some) for some in lists) or sum(map(len, lists)) > max_rows:
        raise AnswerError("A worker's answer holds something that is not a row, or too many rows.")
    rows = tuple(map(tuple, chain.from_iterable(lists)))
    if not set(map(len, rows)) <= {len(columns)}:
        raise AnswerError("A worker's answer holds a row that does not fit its columns.")
    if not set(map(type, chain.from_iterable(rows))) <= _CELLS:
        raise AnswerError("A worker's answer holds a value that is not a database cell.")
    return tuple(columns), rows, truncated, elapsed_s, None


def _all_are(kind: type, values: list[Any]) -> bool:
    return set(map(type, values)) <= {kind}


def _failure(found: Any) -> Failure | None:
    if found is None:
        return None
    match found:
        case [str() as kind, str() as message] if kind in FAILURE_KINDS:
            return Failure(kind, message)  # type: ignore[arg-type]
    raise AnswerError("A worker's answer holds a failure of an unknown kind.")
