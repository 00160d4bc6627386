"""Feedback in a folder, for mounted buckets: a file for each entry, written once and then closed.

A bucket that a Space of Hugging Face mounts has no file locks, the last writer of a file wins, and
what was written may not be changed in place (hf-mount's README, "Consistency model"). SQLite says
"database is locked" there (hf-mount's issue 103). New files need none of this.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from text2sql.errors import DataError
from text2sql.feedback import store
from text2sql.feedback.store import Feedback, FeedbackStore

__all__ = ["FeedbackFolder"]

_MAX_BYTES = 1_000_000  # of an entry: four texts of the longest, each character six bytes in JSON


class FeedbackFolder(FeedbackStore):
    """A folder of feedback, in whose names the time comes first."""

    def _keep(self, entry: dict[str, str]) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        if len(self._files()) >= store.MAX_ENTRIES:
            raise self._full()
        time = entry["at"].translate({ord(sign): None for sign in "-:"})
        text = json.dumps(entry, ensure_ascii=False)
        with (self.path / f"{time}-{uuid.uuid4().hex[:8]}.json").open("xb", buffering=0) as file:
            file.write(text.encode("utf-8", "replace"))  # at once: others see all of it or nothing

    def entries(self) -> list[Feedback]:
        found = [(file.name, self._values(file)) for file in self._files()]
        kept = [(name, values) for name, values in found if values is not None]
        return [self._checked(repr(name), values, n) for n, (name, values) in enumerate(kept, 1)]

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("*.json"))

    def _values(self, file: Path) -> list[object] | None:
        """The values of an entry, in the order of ``Feedback``; None for one still being written.

        Raises:
            DataError: the file cannot be read.
        """
        try:
            with file.open("rb") as opened:
                text = opened.read(_MAX_BYTES)
            entry = json.loads(text) if text else None
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{str(file)!r} holds no feedback ({error}); delete it.") from error
        if entry is None:
            return None
        names = list(Feedback.__dataclass_fields__)
        return [entry.get(name) for name in names] if isinstance(entry, dict) else [None] * 6
