"""The process in which SQL runs: it answers one request at a time over its stdin and stdout.

Started as a script by ``text2sql.sandbox.pool`` and made of the standard library alone, so that
it is up in a few hundredths of a second and holds 15 MB. Everything here can be killed at any
moment without a loss.
"""

from __future__ import annotations

import marshal
import os
import re
import signal
import sqlite3
import struct
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any

__all__ = ["HEAP_BYTES", "read_message", "write_message"]

#: What SQLite itself may allocate; sorting and temporary tables stay in memory and count too.
HEAP_BYTES = 256 * 1024**2
#: What the whole process may map (enforced by Linux).
_PROCESS_BYTES = 1024**3
_OPS_BETWEEN_CHECKS = 2000
_LOCK_WAIT_S = 0.25
_SHORTEST_LENGTH = 1_000_000  # the file's own declarations are texts too
_HEADER = b"SQLite format 3\0"

# Functions that a query may call. An allow-list, because builds of SQLite differ: some carry
# readfile, writefile, edit, fts3_tokenizer or load_extension, and none of those is for reading.
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
# Table-valued functions that only compute. The others (pragma_*, dbstat, sqlite_stmt ...) look
# into the engine, and are refused because they are not tables of the database.
TABLE_FUNCTIONS = frozenset({"json_each", "json_tree", "generate_series"})
_CATALOGUE = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master"})
# PRAGMAs that full-text tables read behind a person's back when they are searched.
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
    """SQLite's authorizer: lets a statement read, and remembers in words what it refused."""

    def __init__(self, tables: frozenset[str]) -> None:
        self.tables = tables
        self.refused: str | None = None

    def __call__(self, action: int, first: Any, second: Any, _db: Any, _inner: Any) -> int:
        refused = self._reason(action, first or "", second)
        if refused is None:
            return sqlite3.SQLITE_OK
        self.refused = self.refused or refused
        return sqlite3.SQLITE_DENY

    def _reason(self, action: int, first: str, second: str | None) -> str | None:
        """Why this is refused; what ``first`` and ``second`` are depends on the action."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return None
        if action == sqlite3.SQLITE_READ:
            # An empty column name: nothing is read, as in a CTE behind count(*).
            allowed = not second or first.lower() in self.tables
            return None if allowed else f"Only tables of the database can be read, not {first!r}."
        if action == sqlite3.SQLITE_FUNCTION:
            allowed = str(second).lower() in FUNCTIONS
            return None if allowed else f"The function {second} is not allowed here."
        if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS and second is None:
            return None
        if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            return None  # how SQLite declares a virtual table; it refuses a person's own itself
        deed = _REFUSED.get(action, "change the database").format(first)
        return f"Only reading is allowed here: a query may not {deed}."


def connect(path: str, max_bytes: int) -> sqlite3.Connection:
    """Open a file for reading, with every limit set but the authorizer and the deadline."""
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


class _UnreadableError(ValueError):
    """The file is not there, or not a database."""


def _read_only(path: Path) -> tuple[str, bool]:
    """The URI that opens a file without leaving a trace, and whether to lock it exclusively.

    Plain ``mode=ro`` creates ``-wal`` and ``-shm`` files beside a WAL database. Without pending
    changes in its ``-wal`` file, ``immutable=1`` avoids that; with them, a VFS that has no locks
    and an exclusive locking mode keep the index of the WAL in memory.

    Done here and not in the caller's process, where closing the file would drop every lock that
    a SQLite connection of that process holds on it (POSIX).
    """
    try:
        if not path.is_file():  # before opening: a pipe would block
            raise _UnreadableError(f"There is no database file at {str(path)!r}; check the path.")
        with path.open("rb") as file:
            header = file.read(20)
    except OSError as error:
        raise _UnreadableError(
            f"The database file {str(path)!r} cannot be read ({error.strerror}); "
            "check its permissions."
        ) from error
    if header and header[:16] != _HEADER:
        raise _UnreadableError(f"{str(path)!r} is not a SQLite database; choose another file.")
    uri = f"{path.as_uri()}?mode=ro"
    if header[18:20] != b"\x02\x02":
        return uri, False
    wal = path.with_name(path.name + "-wal")
    if not wal.is_file() or wal.stat().st_size == 0:
        return f"{uri}&immutable=1", False
    return f"{uri}&vfs={'win32' if os.name == 'nt' else 'unix'}-none", True


def execute(path: str, sql: str, timeout_s: float, max_rows: int, max_bytes: int) -> dict[str, Any]:
    """Run one statement.

    Returns:
        ``columns``, ``rows``, ``truncated``, ``elapsed_s`` and ``failure``, a kind and a message
        (None where it ran).
    """
    started = time.perf_counter()
    guard: Guard | None = None
    stop = _Deadline(timeout_s)
    columns: list[str] = []
    rows: list[tuple[Any, ...]] = []
    truncated, failure = False, None
    try:
        with closing(connect(path, max_bytes)) as connection:
            connection.set_progress_handler(stop, _OPS_BETWEEN_CHECKS)
            names = connection.execute("SELECT name FROM sqlite_master").fetchall()
            tables = {str(name).lower() for (name,) in names}  # SQLite's lower() knows ASCII only
            guard = Guard(_CATALOGUE | TABLE_FUNCTIONS | tables)
            connection.set_authorizer(guard)
            cursor = connection.execute(sql)
            columns = [c[0] for c in cursor.description or ()]
            truncated = _fetch(cursor, rows, max_rows, max_bytes)
    except (sqlite3.Error, sqlite3.Warning, MemoryError, UnicodeError, ValueError) as problem:
        columns, rows, truncated = [], [], False
        failure = _failure(problem, guard, stop, timeout_s, max_bytes)
    return {
        "columns": columns,
        "rows": rows,
        "truncated": truncated,
        "elapsed_s": time.perf_counter() - started,
        "failure": failure,
    }


class _Deadline:
    """Progress handler that interrupts the statement once its time is over."""

    def __init__(self, timeout_s: float) -> None:
        self.at = time.monotonic() + timeout_s

    def __call__(self) -> bool:
        return time.monotonic() > self.at


class _TooWideError(ValueError):
    """The first row alone is over the size limit."""


def _fetch(
    cursor: sqlite3.Cursor, rows: list[tuple[Any, ...]], max_rows: int, max_bytes: int
) -> bool:
    """Fill ``rows`` up to the limits; whether there were more."""
    size = 0
    for row in cursor:
        size += sum(map(sys.getsizeof, row))
        if len(rows) == max_rows:
            return True
        if size > max_bytes:
            if not rows:
                raise _TooWideError
            return True
        rows.append(row)
    return False


def _failure(
    problem: Exception, guard: Guard | None, stop: _Deadline, timeout_s: float, max_bytes: int
) -> tuple[str, str]:
    """What went wrong: its kind, and words for the person who wrote the query."""
    if guard is not None and guard.refused:
        return "refused", guard.refused
    if isinstance(problem, _UnreadableError):
        return "unavailable", str(problem)
    if isinstance(problem, UnicodeError):
        message = "A column name is not valid UTF-8; name the columns one by one, each with AS."
        return "other", message
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF  # the rest says more of the same
    if isinstance(problem, MemoryError) or code == sqlite3.SQLITE_NOMEM:
        return "too_large", _MEMORY
    if isinstance(problem, _TooWideError) or code == sqlite3.SQLITE_TOOBIG:
        return "too_large", _WIDE.format(max_bytes)
    if code == sqlite3.SQLITE_INTERRUPT and stop():
        return "timeout", timeout_sentence(timeout_s)
    if code in _CODES:
        kind, sentence = _CODES[code]
        return kind, sentence.format(problem)
    return _statement_failure(str(problem))


def _statement_failure(text: str) -> tuple[str, str]:
    """The failure of a statement that is wrong, for which SQLite has one code and many texts.

    Each text is known by how it starts or ends, because the rest can quote the statement.
    """
    for pattern, (kind, sentence) in _TEXTS.items():
        if re.search(pattern, text):
            return kind, sentence.format(text)
    return "other", text


_MEMORY = (
    f"Stopped because the query needs more than {HEAP_BYTES >> 20} MB of memory; "
    "let it read, sort or return less."
)
_WIDE = (
    "A single value or row is larger than {:,} bytes, the limit; select fewer or shorter columns."
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
        "A view or table of the database does what is not allowed here ({0}).",
    ),
    "^near .*: syntax error$|^unrecognized token: ": ("syntax", "{0}"),
    "^no such table: ": ("missing_table", "{0}"),
    "^no such column: ": ("missing_column", "{0}"),
    "^no such function: ": ("missing_function", "{0}"),
}


def timeout_sentence(timeout_s: float) -> str:
    """What a person reads when a query took too long."""
    return (
        f"Stopped after {timeout_s:g} s, the time limit; "
        "make the query simpler, for instance with a condition in each JOIN."
    )


# messages


def write_message(stream: IO[bytes], value: Any) -> None:
    """One value of plain Python types, with its length in front."""
    body = marshal.dumps(value)
    stream.write(struct.pack("<Q", len(body)) + body)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """The next value; None where the other side has gone."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (length,) = struct.unpack("<Q", head)
    body = stream.read(length)
    return marshal.loads(body) if len(body) == length else None


def _confine() -> None:
    """Give up what a reader does not need: writing to files, starting processes, memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no process groups
    sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit={HEAP_BYTES}").close()
    if os.name != "posix":
        return
    import resource

    for name, value in (
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 16),
        ("RLIMIT_AS", _PROCESS_BYTES),
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (value, value))


def _main() -> None:
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _confine()
    write_message(answers, "ready")
    while (request := read_message(requests)) is not None:
        write_message(answers, execute(*request))


if __name__ == "__main__":
    _main()
