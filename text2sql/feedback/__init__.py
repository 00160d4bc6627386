"""Visitors' feedback on answers, saved in a file or folder and exported for training."""

from __future__ import annotations

from pathlib import Path

from text2sql.cache import cache_folder
from text2sql.feedback.file import FeedbackFile
from text2sql.feedback.folder import FeedbackFolder
from text2sql.feedback.owner import OWNER, OwnerExamples, owner_feedback
from text2sql.feedback.store import MAX_LENGTH, Feedback, FeedbackStore

__all__ = [
    "MAX_LENGTH",
    "OWNER",
    "Feedback",
    "FeedbackFile",
    "FeedbackFolder",
    "FeedbackStore",
    "OwnerExamples",
    "default_feedback_file",
    "open_feedback",
    "owner_feedback",
]


def default_feedback_file() -> Path:
    """``feedback.db`` in the cache folder."""
    return cache_folder() / "feedback.db"


def open_feedback(path: Path | None = None) -> FeedbackStore:
    """Open the feedback at ``path``, which is created by the first entry.

    A folder, or a new name without an ending such as ``said``, holds one file per entry. A name
    such as ``said.db`` is a SQLite file. The default is ``default_feedback_file()``.
    """
    path = path or default_feedback_file()
    if path.is_dir() or not (path.suffix or path.is_file()):
        return FeedbackFolder(path)
    return FeedbackFile(path)
