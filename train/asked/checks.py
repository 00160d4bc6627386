"""Faults in a database file of the data set, found by filling it and running every query."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from text2sql.errors import DataError
from train.asked.dataset import AskedDatabase
from train.asked.fill import create

__all__ = ["faults"]

_QUERY_S = 5.0


def faults(database: AskedDatabase) -> list[str]:
    """The faults of ``database``, a sentence for each.

    A query without rows also counts as a fault, although a few such queries are intended.
    """
    try:
        with closing(create(database, ":memory:")) as connection:
            return [*_repeated(database), *_failing(database, connection)]
    except (DataError, sqlite3.Error, KeyError, TypeError, ValueError) as error:
        return [f"The database cannot be filled: {error}"]


def _repeated(database: AskedDatabase) -> Iterator[str]:
    seen: set[str] = set()
    for text in (text for question in database.questions for text in question.texts):
        if text.lower() in seen:
            yield f"Repeated question: {text}"
        seen.add(text.lower())


def _failing(database: AskedDatabase, connection: sqlite3.Connection) -> Iterator[str]:
    for query in (sql for q in database.questions for sql in (q.query, *q.golds)):
        connection.set_progress_handler(partial(_is_late, time.monotonic() + _QUERY_S), 10_000)
        try:
            rows = connection.execute(query).fetchmany(1000)
        except (sqlite3.Error, sqlite3.Warning) as error:
            yield f"{error}: {query}"
            continue
        if all(value is None for row in rows for value in row):
            yield f"No rows: {query}"


def _is_late(ends: float) -> bool:
    return time.monotonic() > ends
