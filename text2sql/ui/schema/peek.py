"""The row count and the first rows of each table."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from text2sql.databases import Database
from text2sql.query import quote_identifier
from text2sql.sandbox import Limits, run_query

__all__ = ["Peek", "peek"]

FIRST_ROWS = 5
_BUDGET_S = 2.0  # for all tables of a database together, because the page waits


@dataclass(frozen=True)
class Peek:
    """The first rows of a table; ``row_count`` is None if counting failed or took too long."""

    row_count: int | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


def peek(database: Database) -> tuple[Peek, ...]:
    """Return a ``Peek`` for each table of the schema; they are empty without a database file."""
    deadline = time.perf_counter() + _BUDGET_S
    return tuple(_peek(database, table.name, deadline) for table in database.schema.tables)


def _peek(database: Database, table: str, deadline: float) -> Peek:
    left_s = deadline - time.perf_counter()
    if database.path is None or left_s <= 0:
        return Peek()
    name = quote_identifier(table)
    first = run_query(
        database, f"SELECT * FROM {name} LIMIT {FIRST_ROWS}", Limits(timeout_s=left_s)
    )
    if first.error is not None:
        return Peek()
    left_s = max(0.05, deadline - time.perf_counter())
    count = run_query(database, f"SELECT count(*) FROM {name}", Limits(timeout_s=left_s))
    counted = count.rows[0][0] if count.error is None and count.rows else None
    return Peek(counted, first.columns, first.rows)
