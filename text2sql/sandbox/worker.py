"""The process in which SQL runs: it answers one request at a time over its stdin and stdout.

``text2sql.sandbox.pool`` starts it. It only uses the standard library, so it starts within a few
hundredths of a second and needs 15 MB. It can be killed at any moment without a loss.
"""

from __future__ import annotations

import functools
import math
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from text2sql.sandbox.confinement import confine, limit_cpu, requests
from text2sql.sandbox.frames import write_frame
from text2sql.sandbox.sqlite_errors import HEAP_BYTES, StoppedError, explain, too_wide_sentence

__all__ = ["execute", "main"]

Row = tuple[Any, ...]

#: The address space of the whole process (enforced on Linux).
_PROCESS_BYTES = 1024**3
#: The page and its model go first if all cores are busy. With 5, four endless queries left the page
#: less than half a core: too little for a hundred clients.
_NICENESS = 10
#: A visitor's query that has used this much CPU time lets everything else go first, other queries
#: too. The process cannot take that back, so the pool replaces it afterwards.
_QUICK_S = 1.0
_SLOW_NICENESS = 19
_OPS_BETWEEN_CHECKS = 2000
_ROWS_AT_ONCE = 1000
_LOCK_WAIT_S = 0.25
_SHORTEST_LENGTH = 1_000_000  # the file's own declarations are also texts
_HEADER = b"SQLite format 3\0"

# Functions that a query may call. An allow-list, because builds of SQLite differ: some include
# readfile, writefile, edit, fts3_tokenizer or load_extension, which must never be called.
_FUNCTION_NAMES = """
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling char coalesce concat
    concat_ws cos cosh count cume_dist current_date current_time current_timestamp date datetime
    degrees dense_rank exp first_value floor format glob group_concat hex highlight if ifnull
    iif instr json json_array json_array_length json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote
    json_remove json_replace json_set json_type json_valid jsonb jsonb_array jsonb_extract
    jsonb_group_array jsonb_group_object jsonb_object julianday lag last_value lead length like
    likelihood likely ln log log10 log2 lower ltrim match matchinfo max median min mod nth_value
    ntile nullif octet_length offsets percent_rank percentile pi pow power printf quote radians
    random randomblob rank replace round row_number rtrim sign sin sinh snippet soundex
    sqlite_version sqrt strftime string_agg substr substring sum tan tanh time timediff total
    trim trunc typeof unhex unicode unistr unixepoch unlikely upper zeroblob
"""
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
# Table-valued functions that only compute. The others (pragma_*, dbstat, sqlite_stmt ...) expose
# the engine's internals, and are refused because they are not tables of the database.
TABLE_FUNCTIONS = frozenset({"json_each", "json_tree", "generate_series"})
_CATALOGUE = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master"})
# PRAGMAs that full-text tables use internally when they are searched.
_PRAGMAS = frozenset({"data_version", "page_size"})

_REFUSED = {
    sqlite3.SQLITE_INSERT: "insert into {0!r}",
    sqlite3.SQLITE_UPDATE: "update {0!r}",
    sqlite3.SQLITE_DELETE: "delete from {0!r}",
    sqlite3.SQLITE_ATTACH: "attach another file",
    sqlite3.SQLITE_PRAGMA: "use PRAGMA {0}",
    sqlite3.SQLITE_TRANSACTION: "open a transaction",
}


class Guard:
    """SQLite's authorizer: it allows a statement to read, and records what it refused."""

    def __init__(self, tables: frozenset[str], modules: frozenset[str]) -> None:
        self.tables = tables
        self.modules = modules
        self.refused: str | None = None

    def __call__(self, action: int, first: Any, second: Any, _db: Any, _inner: Any) -> int:
        refused = self._reason(action, first or "", second)
        if refused is None:
            return sqlite3.SQLITE_OK
        self.refused = self.refused or refused
        return sqlite3.SQLITE_DENY

    def _reason(self, action: int, first: str, second: str | None) -> str | None:
        """The reason for a refusal, or None; ``first`` and ``second`` depend on the action."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return None
        if action == sqlite3.SQLITE_READ:
            # Without a column, only the number of rows is read, as in count(*) over a subquery,
            # whose name is not that of a table.
            name = first.lower()
            allowed = name in self.tables or (not second and name not in self.modules)
            return None if allowed else f"Only tables of the database can be read, not {first!r}."
        if action == sqlite3.SQLITE_FUNCTION:
            allowed = str(second).lower() in FUNCTIONS
            return None if allowed else f"The function {second} is not allowed here."
        if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS and second is None:
            return None
        if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            return None  # SQLite declares virtual tables this way, and itself refuses a user's own
        deed = _REFUSED.get(action, "change the database").format(first)
        return f"Only reading is allowed here: a query may not {deed}."


def connect(path: str, max_bytes: int) -> sqlite3.Connection:
    """Open a file for reading, with every limit except the authorizer and the deadline."""
    uri, exclusive = _read_only(Path(path))
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_LOCK_WAIT_S)
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_LENGTH, max(max_bytes, _SHORTEST_LENGTH)),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
    ):
        connection.setlimit(limit, value)
    # trusted_schema: views, defaults and generated columns of the file cannot reach functions
    # and virtual tables with side effects. temp_store: nothing spills to the disk.
    for pragma in (
        "trusted_schema=OFF",
        "cell_size_check=ON",
        "temp_store=MEMORY",
        "query_only=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if exclusive:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def _read_only(path: Path) -> tuple[str, bool]:
    """Return the URI that opens a file without creating others, and whether to lock it.

    Plain ``mode=ro`` creates ``-wal`` and ``-shm`` files beside a WAL database. Without pending
    changes in its ``-wal`` file, ``immutable=1`` avoids that; with them, a VFS that has no locks
    and an exclusive locking mode keep the index of the WAL in memory.

    Done here and not in the caller's process, where closing the file would drop every lock that
    a SQLite connection of that process holds on it (POSIX).
    """
    try:
        if not path.is_file():  # before opening: a pipe would block
            raise StoppedError(
                "unavailable", f"There is no database file at {str(path)!r}; check the path."
            )
        with path.open("rb") as file:
            header = file.read(20)
    except OSError as error:
        raise StoppedError(
            "unavailable",
            f"The database file {str(path)!r} cannot be read ({error.strerror}); "
            "check its permissions.",
        ) from error
    if header and header[:16] != _HEADER:
        message = f"{str(path)!r} is not a SQLite database; choose another file."
        raise StoppedError("unavailable", message)
    uri = f"{path.as_uri()}?mode=ro"
    if header[18:20] != b"\x02\x02":
        return uri, False
    wal = path.with_name(path.name + "-wal")
    if not wal.is_file() or wal.stat().st_size == 0:
        return f"{uri}&immutable=1", False
    return f"{uri}&vfs={'win32' if os.name == 'nt' else 'unix'}-none", True


def execute(
    path: str,
    sql: str,
    timeout_s: float,
    max_rows: int,
    max_bytes: int,
    send: Callable[[list[Row]], object],
    give_way: Callable[[], object],
) -> dict[str, Any]:
    """Run one statement; ``send`` gets batches of rows, which are void after a failure.

    ``give_way`` is called once if the statement needs more than a second of CPU time.

    Returns:
        ``columns``, ``truncated``, ``elapsed_s`` and ``failure`` (a kind and a message, or None if
        it ran).
    """
    started = time.perf_counter()
    guard: Guard | None = None
    stop = _DeadlineHandler(timeout_s, give_way)
    columns: list[str] = []
    truncated, failure = False, None
    try:
        with closing(connect(path, max_bytes)) as connection:
            connection.set_progress_handler(stop, _OPS_BETWEEN_CHECKS)
            names = connection.execute("SELECT name FROM sqlite_master").fetchall()
            tables = {str(name).lower() for (name,) in names}  # SQLite's lower() knows ASCII only
            guard = Guard(_CATALOGUE | TABLE_FUNCTIONS | tables, _modules(connection))
            connection.set_authorizer(guard)
            cursor = connection.execute(sql)
            columns = [c[0] for c in cursor.description or ()]
            truncated = _fetch(cursor, max_rows, max_bytes, send)
    except (sqlite3.Error, sqlite3.Warning, MemoryError, UnicodeError, ValueError) as problem:
        columns, truncated = [], False
        refused = guard.refused if guard else None
        failure = explain(problem, refused, stop(), timeout_s, max_bytes)
    return {
        "columns": columns,
        "truncated": truncated,
        "elapsed_s": time.perf_counter() - started,
        "failure": failure,
    }


def _modules(connection: sqlite3.Connection) -> frozenset[str]:
    """The engine's modules, such as ``dbstat``; some can be used as tables directly."""
    return frozenset(name.lower() for (name,) in connection.execute("PRAGMA module_list"))


class _DeadlineHandler:
    """A progress handler that interrupts the statement at its deadline.

    Before that, it calls ``give_way`` if the statement is slow.
    """

    def __init__(self, timeout_s: float, give_way: Callable[[], object]) -> None:
        self.at = time.monotonic() + timeout_s
        self.slow_at = time.process_time() + _QUICK_S
        self.give_way = give_way

    def __call__(self) -> bool:
        if time.process_time() > self.slow_at:
            self.slow_at = math.inf
            self.give_way()
        return time.monotonic() > self.at


def _fetch(
    cursor: sqlite3.Cursor, max_rows: int, max_bytes: int, send: Callable[[list[Row]], object]
) -> bool:
    """Send rows up to the limits; return whether there were more."""
    size = 0
    rows: list[Row] = []
    truncated = False
    for count, row in enumerate(cursor):
        size += sum(map(sys.getsizeof, row))
        if count == max_rows or size > max_bytes:
            if not count and max_rows:
                raise StoppedError("too_large", too_wide_sentence(max_bytes))
            truncated = True
            break
        rows.append(row)
        if len(rows) == _ROWS_AT_ONCE:
            send(rows)
            rows = []
    if rows:
        send(rows)
    return truncated


def main() -> None:
    """Answer ``[path, sql, timeout_s, max_rows, max_bytes, gives_way]`` until the end.

    An answer is any number of lists of rows, followed by a dictionary with the rest.
    """
    send = functools.partial(write_frame, sys.stdout.buffer)
    coming = requests(sys.stdin.buffer)
    confine(_PROCESS_BYTES)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit={HEAP_BYTES}").close()
    send({"ready": True})
    for path, sql, timeout_s, max_rows, max_bytes, gives_way in coming:
        limit_cpu(timeout_s)
        slow = _give_way if gives_way else _go_on
        send(execute(path, sql, timeout_s, max_rows, max_bytes, send, slow))


def _go_on() -> None:
    """Do nothing."""


def _give_way() -> None:
    if hasattr(os, "nice"):
        os.nice(_SLOW_NICENESS - _NICENESS)
