"""Feedback entries, their limits, and their export."""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from text2sql.atomic import write_text
from text2sql.errors import DataError

__all__ = ["MAX_ENTRIES", "MAX_LENGTH", "Feedback", "FeedbackStore"]

#: The longest question or query in characters; longer ones are rejected, not cut.
MAX_LENGTH = 10_000
MAX_ENTRIES = 100_000  # so that a public page cannot fill the disk

_Verdict = Literal["right", "wrong", "corrected"]


@dataclass(frozen=True)
class Feedback:
    """A verdict on an answer; for ``corrected``, ``correct_sql`` is the visitor's own query."""

    question: str
    db_id: str
    model: str
    sql: str
    verdict: _Verdict
    correct_sql: str = ""

    @property
    def gold(self) -> str:
        """The query that is right by this verdict; empty if none is known."""
        return {"right": self.sql, "wrong": "", "corrected": self.correct_sql}[self.verdict]


class FeedbackStore(ABC):
    """Feedback at ``path``, created by the first entry. Safe for threads and processes.

    ``lasts`` is False if a restart of the machine empties the disk, as on a Space.
    """

    lasts = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, feedback: Feedback) -> None:
        """Save one entry.

        Raises:
            DataError: a text is too long, there is no room for more, or it cannot be written.
        """
        longest = max(len(feedback.question), len(feedback.sql), len(feedback.correct_sql))
        if longest > MAX_LENGTH:
            raise DataError(
                f"This feedback has a text of {longest:,} characters and the limit is "
                f"{MAX_LENGTH:,}; it was not kept."
            )
        try:
            self._keep({"at": datetime.now(UTC).isoformat(), **asdict(feedback)})
        except (OSError, sqlite3.Error) as error:
            raise DataError(
                f"The feedback could not be kept in {str(self.path)!r} ({error}); "
                "text2sql serve --feedback names another file, or a folder where files cannot "
                "be locked."
            ) from error

    @abstractmethod
    def _keep(self, entry: dict[str, str]) -> None:
        """Write ``entry`` atomically."""

    @abstractmethod
    def entries(self) -> list[Feedback]:
        """Read all feedback, oldest first; empty if nothing was saved yet.

        Raises:
            DataError: the file or folder does not hold feedback.
        """

    def counts(self) -> Counter[str]:
        """The number of entries by verdict."""
        return Counter(feedback.verdict for feedback in self.entries())

    def export(self, file: Path) -> int:
        """Write the questions with known SQL in the format of Spider's ``train.json``.

        The latest verdict on a question counts; if it is "wrong", the question is left out.

        Returns:
            the number of questions written.

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

    def _full(self) -> DataError:
        return DataError(
            f"{str(self.path)!r} is full with {MAX_ENTRIES:,} entries; export it "
            "(text2sql feedback --export) and start another one."
        )

    def _checked(self, name: str, values: Sequence[Any], number: int) -> Feedback:
        texts = all(isinstance(value, str) and len(value) <= MAX_LENGTH for value in values)
        if not texts or values[4] not in get_args(_Verdict) or number > MAX_ENTRIES:
            raise DataError(
                f"Entry {name} of {str(self.path)!r} is no feedback; delete it, or name the "
                "place that text2sql serve --feedback wrote to."
            )
        return Feedback(*values)
