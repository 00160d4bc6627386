"""The SQL that visitors gave for their questions, as examples for their own next questions."""

from __future__ import annotations

import time
from collections.abc import Callable

from text2sql.byte_cache import ByteCache
from text2sql.spider import Example

__all__ = ["Corrections"]

_MOST = 50  # of a visitor, the latest ones
_MOST_BYTES = 16_000_000  # of all visitors together; those used longest ago are dropped first
_Examples = tuple[Example, ...]


class Corrections:
    """The examples of each visitor, which no other visitor gets. Thread-safe.

    They are forgotten ``idle_s`` after their last use.
    """

    def __init__(self, idle_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self.idle_s = idle_s
        self._now = now
        self._kept: ByteCache[str, tuple[float, _Examples]] = ByteCache(_MOST_BYTES, _size)

    def add(self, visitor: str, example: Example) -> None:
        """Keep ``example`` for a visitor, in place of an earlier one for the same question."""
        others = self._without(visitor, example.question, example.db_id)
        self._kept.put(visitor, (self._now(), (*others, example)[-_MOST:]), visitor)

    def take_back(self, visitor: str, question: str, db_id: str) -> None:
        """Forget the example for a question."""
        others = self._without(visitor, question, db_id)
        self._kept.put(visitor, (self._now(), others), visitor)

    def of(self, visitor: str, db_id: str) -> _Examples:
        """Return a visitor's examples over a database, the latest last."""
        return tuple(example for example in self._all(visitor) if example.db_id == db_id)

    def forget(self, visitor: str) -> None:
        """Forget the examples of a visitor."""
        self._kept.drop(visitor)

    def _without(self, visitor: str, question: str, db_id: str) -> _Examples:
        same = (question, db_id)
        return tuple(e for e in self._all(visitor) if (e.question, e.db_id) != same)

    def _all(self, visitor: str) -> _Examples:
        used, examples = self._kept.peek(visitor) or (0.0, ())
        if examples and self._now() - used > self.idle_s:
            self.forget(visitor)
            return ()
        if examples:
            self._kept.put(visitor, (self._now(), examples), visitor)
        return examples


def _size(value: tuple[float, _Examples]) -> int:
    return sum(200 + 4 * (len(e.question) + len(e.query)) for e in value[1])
