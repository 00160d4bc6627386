"""What visitors say of answers: kept in a file or a folder, exported as questions to train on."""

from __future__ import annotations

from pathlib import Path

from text2sql.cache import cache_folder
from text2sql.feedback.file import FeedbackFile
from text2sql.feedback.folder import FeedbackFolder
from text2sql.feedback.store import MAX_LENGTH, Feedback, FeedbackStore

__all__ = [
    "MAX_LENGTH",
    "Feedback",
    "FeedbackFile",
    "FeedbackFolder",
    "FeedbackStore",
    "default_feedback_file",
    "open_feedback",
]


def default_feedback_file() -> Path:
    """``feedback.db`` in the cache folder."""
    return cache_folder() / "feedback.db"


def open_feedback(path: Path | None = None) -> FeedbackStore:
    """The feedback at ``path``, which is made with the first entry.

    A folder, or a name without an ending such as ``said``, keeps each entry in a file of its own;
    a name such as ``said.db`` is a SQLite file. Without ``path`` it is the default file.
    """
    path = path or default_feedback_file()
    if path.is_dir() or not (path.suffix or path.is_file()):
        return FeedbackFolder(path)
    return FeedbackFile(path)
