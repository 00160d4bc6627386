"""One thread in which the model works, however many people ask."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from text2sql.databases import Database
    from text2sql.pipeline import Answer, Text2SQL

__all__ = ["ModelThread"]


class ModelThread:
    """Answers questions one after the other, so that a visitor who stops waiting blocks nobody.

    An answer that nobody waits for any more is still finished, or never begun where it was queued.
    """

    def __init__(self, text2sql: Text2SQL) -> None:
        self._text2sql = text2sql
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    def submit(self, question: str, database: Database) -> Future[Answer]:
        """Start an answer, or queue it behind the one in work."""
        return self._thread.submit(self._text2sql.ask, question, database)
