"""Read-only connections to database files for the application's own SQL."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from text2sql.errors import DatabaseError

__all__ = ["connect_read_only"]

_OPS_BETWEEN_CHECKS = 2000
_LOCK_WAIT_S = 0.5


def connect_read_only(path: Path, timeout_s: float | None = None) -> sqlite3.Connection:
    """Open a read-only connection for our own SQL; it creates no other files.

    All statements together may take ``timeout_s``; then they fail with "interrupted". The file's
    views and generated columns cannot call functions with side effects. To read cells of a foreign
    file, or to run SQL from a person or a model, use ``text2sql.sandbox`` instead.

    Raises:
        DatabaseError: the file is missing or cannot be opened.
    """
    if not path.is_file():
        raise DatabaseError(f"There is no database file at {str(path)!r}; check the path.")
    try:
        connection = sqlite3.connect(_read_only_uri(path), uri=True, timeout=_LOCK_WAIT_S)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"The database file {str(path)!r} cannot be opened ({error}); check its permissions."
        ) from error
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    if timeout_s is not None:
        ends = time.monotonic() + timeout_s
        connection.set_progress_handler(lambda: time.monotonic() > ends, _OPS_BETWEEN_CHECKS)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _read_only_uri(path: Path) -> str:
    """The URI to open a file read-only. For a WAL database, ``mode=ro`` alone creates files.

    If its ``-wal`` file has no pending changes, ``immutable=1`` avoids that. Databases with pending
    changes are read by the sandbox, whose process cannot write files.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with path.open("rb") as file:
        wal_mode = file.read(20)[18:] == b"\x02\x02"
    wal = path.with_name(f"{path.name}-wal")
    return f"{uri}&immutable=1" if wal_mode and not (wal.is_file() and wal.stat().st_size) else uri
