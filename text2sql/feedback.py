"""What visitors say of answers: kept in a SQLite file, exported as questions to train on."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from text2sql.atomic import write_text
from text2sql.cache import cache_folder
from text2sql.errors import DataError

__all__ = ["MAX_LENGTH", "Feedback", "FeedbackFile", "default_feedback_file"]

#: Characters of a question or a query that are kept; longer ones are refused, not cut.
MAX_LENGTH = 10_000
_MAX_ENTRIES = 100_000  # a page that many can write to must not fill the disk
_WAIT_S = 10.0  # for others who are writing
_TABLE = "feedback"
_READ_S = 20.0


def default_feedback_file() -> Path:
    """``feedback.db`` in the cache folder."""
    return cache_folder() / "feedback.db"


_Verdict = Literal["right", "wrong", "corrected"]


@dataclass(frozen=True)
class Feedback:
    """A verdict on an answer; ``correct_sql`` is a person's own query, for ``corrected``."""

    question: str
    db_id: str
    model: str
    sql: str
    verdict: _Verdict
    correct_sql: str = ""

    @property
    def gold(self) -> str:
        """The query that is right by this verdict; empty where none is known."""
        return {"right": self.sql, "wrong": "", "corrected": self.correct_sql}[self.verdict]


class FeedbackFile:
    """A SQLite file of feedback, made with the first entry. Safe for many threads and processes.

    Each entry is one transaction of a connection of its own; SQLite lets one in after the other.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, feedback: Feedback) -> None:
        """Keep one more.

        Raises:
            DataError: a text is too long, the file is full, or it cannot be written.
        """
        longest = max(len(feedback.question), len(feedback.sql), len(feedback.correct_sql))
        if longest > MAX_LENGTH:
            raise DataError(
                f"This feedback has a text of {longest:,} characters and the limit is "
                f"{MAX_LENGTH:,}; it was not kept."
            )
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(feedback)}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection:
                self._insert(connection, entry)
        except (OSError, sqlite3.Error) as error:
            raise DataError(
                f"The feedback could not be kept in {str(self.path)!r} ({error}); "
                "text2sql serve --feedback names another file."
            ) from error

    def _insert(self, connection: sqlite3.Connection, entry: dict[str, str]) -> None:
        names, texts = ", ".join(entry), ", ".join(f"{name} TEXT" for name in entry)
        # a transaction that reads before it writes would not wait for others, but fail
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (id INTEGER PRIMARY KEY, {texts})")
        [(count,)] = connection.execute(f"SELECT count(*) FROM {_TABLE}")
        if count >= _MAX_ENTRIES:
            raise DataError(
                f"{str(self.path)!r} is full with {_MAX_ENTRIES:,} entries; export it "
                "(text2sql feedback --export) and start another one."
            )
        places = ", ".join("?" * len(entry))
        values = list(entry.values())
        connection.execute(f"INSERT INTO {_TABLE} ({names}) VALUES ({places})", values)
        connection.execute("COMMIT")

    def entries(self) -> list[Feedback]:
        """All feedback, oldest first; none where there is no file yet.

        Raises:
            DataError: the file is not one of feedback.
        """
        if not self.path.is_file():
            return []
        names = list(Feedback.__dataclass_fields__)
        try:
            with closing(self._open()) as connection:
                _bound(connection)
                rows = connection.execute(f"SELECT {', '.join(names)} FROM {_TABLE} ORDER BY id")
                return [self._checked(number, row) for number, row in enumerate(rows, start=1)]
        except sqlite3.Error as error:
            raise DataError(
                f"{str(self.path)!r} holds no feedback ({error}); name the file that "
                "text2sql serve --feedback wrote."
            ) from error

    def _checked(self, number: int, row: tuple[Any, ...]) -> Feedback:
        texts = all(isinstance(value, str) and len(value) <= MAX_LENGTH for value in row)
        if not texts or row[4] not in get_args(_Verdict) or number > _MAX_ENTRIES:
            raise DataError(
                f"Entry {number:,} of {str(self.path)!r} is no feedback; delete it, or name the "
                "file that text2sql serve --feedback wrote."
            )
        return Feedback(*row)

    def counts(self) -> Counter[str]:
        """How many entries there are of each verdict."""
        return Counter(feedback.verdict for feedback in self.entries())

    def export(self, file: Path) -> int:
        """Write the questions whose SQL is known in the form of Spider's ``train.json``.

        The last word on a question counts; one that was judged wrong in the end is left out.

        Returns:
            how many were written.

        Raises:
            DataError: the feedback cannot be read, or ``file`` not written (a ``SaveError``).
        """
        last = {(f.question, f.db_id): f.gold for f in self.entries()}
        items = [
            {"db_id": db_id, "question": question, "query": gold}
            for (question, db_id), gold in last.items()
            if gold
        ]
        text = json.dumps(items, ensure_ascii=False, indent=1) + "\n"
        write_text(file, text, errors="replace")
        return len(items)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)


def _bound(connection: sqlite3.Connection) -> None:
    """A file that somebody else made cannot take for ever to be read, nor reach functions."""
    until = time.monotonic() + _READ_S
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
