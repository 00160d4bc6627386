"""Questions with their SQL from the person who runs this machine, as examples for everybody on it.

``text2sql feedback --question`` adds them. What visitors of the page say is not among them: it
helps nobody but themselves before the owner trains on it.
"""

from __future__ import annotations

import threading

from text2sql.errors import DataError
from text2sql.feedback.store import Feedback, FeedbackStore
from text2sql.spider import Example

__all__ = ["OWNER", "OwnerExamples", "owner_feedback"]

#: The model of the owner's entries; a model that answers on the page has its digest in its name.
OWNER = "owner"


def owner_feedback(question: str, db_id: str, sql: str) -> Feedback:
    """The entry for a question that the owner answered with ``sql``."""
    return Feedback(question, db_id, OWNER, "", "corrected", sql)


class OwnerExamples:
    """The owner's examples in a store, read again when it has changed. Thread-safe."""

    def __init__(self, store: FeedbackStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._state: int | None = None
        self._examples: tuple[Example, ...] = ()

    def of(self, db_id: str) -> tuple[Example, ...]:
        """Return the examples over a database, the latest last; none if they cannot be read."""
        with self._lock:
            state = self._changed_ns()
            if state != self._state:
                self._state, self._examples = state, self._read()
            found = (example for example in self._examples if example.db_id == db_id)
            return tuple({example.question: example for example in found}.values())

    def _changed_ns(self) -> int | None:
        try:
            return self._store.path.stat().st_mtime_ns
        except OSError:  # nothing was saved yet
            return None

    def _read(self) -> tuple[Example, ...]:
        try:
            entries = self._store.entries()
        except DataError:  # which the owner sees when running text2sql feedback
            return ()
        own = (entry for entry in entries if entry.model == OWNER and entry.gold)
        return tuple(Example(entry.question, entry.gold, entry.db_id) for entry in own)
