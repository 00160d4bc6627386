"""The sandbox: SQL from a person or a model can read one database and do nothing else.

A query runs in a separate worker process (``worker.py``), never in the caller's process. There are
three reasons: SQLite cannot be interrupted while it plans a query or computes one function, its
heap limit is per process, and a crafted file that crashes it must not end the application. Workers
are reused, so a query on a small database takes well under a millisecond more than in SQLite alone.

What it covers:

- Writing: the file is opened read-only. An authorizer allows SELECT, reading the tables of this
  database, and a list of functions. ATTACH is disabled, sorting stays in memory, and on POSIX the
  process cannot write to any file. WAL databases are read without the ``-shm`` and ``-wal`` files
  that SQLite would otherwise create.
- Time: SQLite has a deadline; half a second later the process is ended.
- Memory: 256 MB for SQLite, 1 GiB for the process (on Linux), ``max_bytes`` for the rows.
- Crashes: a crash of the worker is reported as the query's error. A worker's answer is validated
  JSON, so a worker that a query took over can return wrong rows and nothing else.
- Lifetime: a worker ends with the program that started it, even if that is killed. The kernel ends
  a worker that uses two seconds of CPU time more than its query may.
- Secrets of the environment: workers do not get the program's environment, which may hold tokens.
- Fairness: an ``owner`` can only use a part of the workers, and waits for a limited time.
- ``sqlite_master`` can be read, because the schema is visible anyway.

What it does not cover:

- Secrets in the database itself: everything in the file can be queried.
- CPU: each running query may keep one core busy until its deadline.
- An exploit that makes SQLite run machine code: the process has its user's rights, except writing
  files. Use a container if that matters.
- A WAL database that another program is writing: it is read without locks, and may give an error.
- R-Tree tables: their module requires write access.
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
_OVERHEAD_BYTES = 10_000_000  # an answer's column names and JSON syntax
_CORES = os.cpu_count() or 1
# More than cores: slow queries run until their time limit, while quick ones must get through.
_POOL = Pool(size=max(16, 2 * _CORES), share=4, idle=max(4, _CORES))


@dataclass(frozen=True)
class Limits:
    """The limits of a query's time and result; bytes are the size of Python objects."""

    timeout_s: float = 5.0
    max_rows: int = 1000
    max_bytes: int = 16_000_000


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query, or its failure; ``truncated`` if a limit cut the rows off."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    elapsed_s: float
    failure: Failure | None = None

    @property
    def error(self) -> str | None:
        """The failure's message, None if the query ran."""
        return None if self.failure is None else self.failure.message

    def to_dataframe(self) -> pandas.DataFrame:
        """Convert the rows to a pandas data frame (pandas comes with the extra ``page``).

        Raises:
            MissingPackage: pandas is not installed.
        """
        with named_extra():
            import pandas
        return pandas.DataFrame(list(self.rows), columns=list(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-serializable values: bytes as ``0x...``, infinities as text."""
        return {
            "columns": list(self.columns),
            "rows": [[plain_value(value) for value in row] for row in self.rows],
            "truncated": self.truncated,
            "error": self.error,
            "error_kind": self.failure and self.failure.kind,
            "seconds": round(self.elapsed_s, 6),
        }


def plain_value(value: Any) -> Any:
    """A cell as a JSON-serializable value."""
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
    """Run one SELECT and return its rows, or the reason of its failure.

    Bad SQL, a damaged file and an exceeded limit are results, never exceptions. Setting ``cancel``
    from another thread ends the query, or the wait for a worker, within a tenth of a second.
    Thread-safe.

    Args:
        owner: the key of the user or session. An owner can only use a part of the workers, and
            waits at most ``wait_s`` for one (default: 10 s); then the query fails as ``busy`` with
            ``retry_after_s``. After a second of CPU time, its query lets all others go first.
            Without an owner there are no such limits.

    Raises:
        DatabaseError: ``database`` is only a schema, without a file.
    """
    path = database if isinstance(database, Path) else database.path
    if path is None:
        raise DatabaseError("Only the schema of this database is known, so SQL cannot run on it.")
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
    """Remove the file's path from messages, which must not reveal it to users."""
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
    gives_way = owner is not None  # a verdict must not depend on what else this machine does
    started = time.perf_counter()
    with suppress(AnswerError):
        result = _POOL.run(
            (file, statement, limits.timeout_s, limits.max_rows, limits.max_bytes, gives_way),
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
