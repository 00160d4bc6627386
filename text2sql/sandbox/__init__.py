"""Runs SQL that a person or a model wrote, so that it can read one database and do nothing else.

A query runs in a worker process of its own (``worker.py``), never in the caller's, because SQLite
cannot be stopped from inside while it plans a query or computes one function, because its heap
limit is per process, and because a crafted file that crashes it must not take the application
along. Workers are kept and used again: a query on a small database costs well under a millisecond
on top of SQLite itself.

What it covers:

- Writing: the file is opened read-only; an authorizer lets through SELECT, reading the tables of
  this database, and a list of functions; ATTACH is limited to none; sorting stays in memory; and on
  POSIX the process may not write a single byte to any file. WAL databases are read without the
  ``-shm`` and ``-wal`` files that SQLite would otherwise make.
- Time: a deadline inside SQLite, and half a second later the end of the process.
- Memory: 256 MB for SQLite, 1 GiB for the process (on Linux), ``max_bytes`` for the rows.
- Crashes: those of the worker are reported as this query's error. What a worker sends is checked
  JSON, so that one which a query took over can give wrong rows and nothing else.
- Lifetime: a worker ends with the program that started it, also where that was killed, and the
  kernel ends it where it uses two seconds of CPU time more than its query may.
- The environment of the program, which may hold tokens: workers get none of it.
- Others: with ``owner``, one caller holds a part of the workers at most, and nobody waits in vain.
- ``sqlite_master`` can be read: it says no more than the schema that is shown anyway.

What it does not cover:

- Secrets in the database itself: whatever the file holds can be asked for.
- CPU: each running query may keep one core busy until its deadline.
- A person who can make SQLite itself run machine code; the process has the rights of its user
  (but can write no file). Put a container around it where that matters.
- A file that another program writes to in WAL mode at that very moment is read without locks,
  and may give an error.
- R-Tree tables, whose module insists on preparing to write.
"""

from __future__ import annotations

import math
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.errors import DatabaseError
from text2sql.extras import named_extra
from text2sql.sandbox.answer import AnswerError, checked
from text2sql.sandbox.failure import Failure, FailureKind
from text2sql.sandbox.pool import BusyError, Pool
from text2sql.sandbox.sqlite_errors import timeout_sentence
from text2sql.sandbox.statement import NotOneQueryError, only_query

if TYPE_CHECKING:
    import pandas

    from text2sql.databases import Database

__all__ = ["Failure", "FailureKind", "Limits", "QueryResult", "plain_value", "run_query"]

_GRACE_S = 0.5
_WAIT_S = 10.0
_OVERHEAD_BYTES = 10_000_000  # an answer's names and signs, beside its cells
_CORES = os.cpu_count() or 1
# More than cores: a slow query waits for its time limit, and the system lets quick ones through.
_POOL = Pool(size=max(16, 2 * _CORES), share=4, idle=max(4, _CORES))


@dataclass(frozen=True)
class Limits:
    """How long a query may take and how much it may return; bytes are those of Python's objects."""

    timeout_s: float = 5.0
    max_rows: int = 1000
    max_bytes: int = 16_000_000


@dataclass(frozen=True)
class QueryResult:
    """Rows of a query, or why there are none; ``truncated`` where a limit cut them off."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    elapsed_s: float
    failure: Failure | None = None

    @property
    def error(self) -> str | None:
        """The failure's message."""
        return None if self.failure is None else self.failure.message

    def to_dataframe(self) -> pandas.DataFrame:
        """The rows as a data frame of pandas, which the extra ``page`` brings.

        Raises:
            MissingPackage: pandas is not installed.
        """
        with named_extra():
            import pandas
        return pandas.DataFrame(list(self.rows), columns=list(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it: bytes as ``0x...``, infinities as text."""
        return {
            "columns": list(self.columns),
            "rows": [[plain_value(value) for value in row] for row in self.rows],
            "truncated": self.truncated,
            "error": self.error,
            "error_kind": self.failure and self.failure.kind,
            "seconds": round(self.elapsed_s, 6),
        }


def plain_value(value: Any) -> Any:
    """A cell as JSON can hold it."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def run_query(
    database: Database | Path,
    sql: str,
    limits: Limits = Limits(),
    cancel: threading.Event | None = None,
    *,
    owner: str | None = None,
    wait_s: float | None = None,
) -> QueryResult:
    """Run one SELECT and return its rows, or the reason why not as ``failure``.

    Bad SQL, a damaged file or a limit that was hit is a result, never an exception. Setting
    ``cancel`` from another thread ends the query, or the wait for a worker, within a tenth of a
    second. Thread-safe.

    Args:
        owner: for whom the query runs, as a session's key. An owner holds a part of the workers at
            most, and waits ``wait_s`` for one at most (default 10 s); what finds none fails as
            ``busy``, with ``retry_after_s``. Without an owner there is no such limit.

    Raises:
        DatabaseError: ``database`` is only a schema, without a file.
    """
    path = database if isinstance(database, Path) else database.path
    if path is None:
        raise DatabaseError("Only the schema of this database is known; SQL cannot be run on it.")
    started = time.perf_counter()
    try:
        statement = only_query(sql)
        result = _run(str(path.absolute()), statement, limits, cancel, owner, wait_s)
        return result if isinstance(database, Path) else _without_path(result, path, database)
    except NotOneQueryError as problem:
        failure = Failure(problem.kind, str(problem))
    except BusyError as busy:
        failure = Failure("busy", str(busy), busy.retry_after_s)
    except TimeoutError:
        failure = Failure("timeout", timeout_sentence(limits.timeout_s))
    except InterruptedError:
        failure = Failure("cancelled", "Cancelled.")
    return QueryResult((), (), False, time.perf_counter() - started, failure)


def _without_path(result: QueryResult, path: Path, database: Database) -> QueryResult:
    """Who asks a database by its name learns nothing of where it lies."""
    if result.failure is None or str(path) not in result.failure.message:
        return result
    message = result.failure.message
    for spelled in (str(path.absolute()), str(path)):
        message = message.replace(spelled, database.db_id)
    return replace(result, failure=replace(result.failure, message=message))


def _run(
    file: str,
    statement: str,
    limits: Limits,
    cancel: threading.Event | None,
    owner: str | None,
    wait_s: float | None,
) -> QueryResult:
    if wait_s is None:
        wait_s = math.inf if owner is None else _WAIT_S
    started = time.perf_counter()
    with suppress(AnswerError):
        result = _POOL.run(
            (file, statement, limits.timeout_s, limits.max_rows, limits.max_bytes),
            lambda reply: QueryResult(*checked(*reply, limits.max_rows)),
            limits.timeout_s + _GRACE_S,
            _OVERHEAD_BYTES + 2 * limits.max_bytes,
            cancel,
            owner,
            wait_s,
        )
        if result is not None:
            return result
    failure = Failure("crashed", "SQLite crashed on this query or database file; try another one.")
    return QueryResult((), (), False, time.perf_counter() - started, failure)
