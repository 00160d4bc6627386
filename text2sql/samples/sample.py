"""A sample database: its declarations, its rows, and questions with gold SQL."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from text2sql.query import quote_identifier

__all__ = ["Question", "Row", "Rows", "Sample"]

Row = tuple[Any, ...]
Rows = Mapping[str, Sequence[Row]]
"""The rows of every table by the table's name, in declaration order of the tables."""


@dataclass(frozen=True)
class Question:
    """A question as a person would ask it, and the SQL that answers it."""

    text: str
    sql: str


@dataclass(frozen=True)
class Sample:
    """One database of our own.

    ``ddl`` is a script of CREATE TABLE statements. ``make_rows`` draws every row from the
    generator it is given and nothing else, so that one seed makes one database. ``english``
    names tables ("parcel") and columns ("parcel.ha") whose identifier does not read well.
    """

    db_id: str
    ddl: str
    make_rows: Callable[[random.Random], Rows]
    questions: tuple[Question, ...]
    english: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path, seed: int) -> None:
        """Write the SQLite file at ``path``, in place of any that is there.

        Raises:
            sqlite3.IntegrityError: a row breaks a declared key.
        """
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        try:
            self._fill(connection, random.Random(f"{self.db_id} {seed}"))
        finally:
            connection.close()

    def _fill(self, connection: sqlite3.Connection, rng: random.Random) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(self.ddl)
        for table, rows in self.make_rows(rng).items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {quote_identifier(table)} VALUES ({marks})", rows)
        connection.commit()
        connection.execute("VACUUM")
