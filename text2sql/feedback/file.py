"""Feedback in a SQLite file, for disks that can lock files."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

from text2sql.errors import DataError
from text2sql.feedback import store
from text2sql.feedback.store import Feedback, FeedbackStore

__all__ = ["FeedbackFile"]

_WAIT_S = 10.0  # for other writers
_TABLE = "feedback"
_READ_S = 20.0


class FeedbackFile(FeedbackStore):
    """A SQLite file of feedback.

    Each entry is one transaction on its own connection; SQLite runs them one after the other.
    """

    def _keep(self, entry: dict[str, str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection:
            self._insert(connection, entry)

    def _insert(self, connection: sqlite3.Connection, entry: dict[str, str]) -> None:
        names, texts = ", ".join(entry), ", ".join(f"{name} TEXT" for name in entry)
        # a transaction that reads before it writes would fail instead of waiting for others
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (id INTEGER PRIMARY KEY, {texts})")
        [(count,)] = connection.execute(f"SELECT count(*) FROM {_TABLE}")
        if count >= store.MAX_ENTRIES:
            raise self._full()
        places = ", ".join("?" * len(entry))
        values = list(entry.values())
        connection.execute(f"INSERT INTO {_TABLE} ({names}) VALUES ({places})", values)
        connection.execute("COMMIT")

    def entries(self) -> list[Feedback]:
        if not self.path.is_file():
            return []
        names = list(Feedback.__dataclass_fields__)
        try:
            with closing(self._open()) as connection:
                _bound(connection)
                rows = connection.execute(f"SELECT {', '.join(names)} FROM {_TABLE} ORDER BY id")
                return [self._checked(f"{n:,}", row, n) for n, row in enumerate(rows, start=1)]
        except sqlite3.Error as error:
            raise DataError(
                f"{str(self.path)!r} holds no feedback ({error}); name the file that "
                "text2sql serve --feedback wrote."
            ) from error

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)


def _bound(connection: sqlite3.Connection) -> None:
    """Limit the time of reading a foreign file, and what its expressions may call."""
    until = time.monotonic() + _READ_S
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
