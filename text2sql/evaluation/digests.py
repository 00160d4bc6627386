"""Digests of what a number depends on: questions, databases, model files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from text2sql.spider import Example

__all__ = ["files_digest", "folder_digest", "questions_digest"]


def questions_digest(examples: Sequence[Example]) -> str:
    """SHA-256 of questions and golds, whatever else their file holds."""
    text = json.dumps([asdict(example) for example in examples], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def folder_digest(folder: Path) -> str | None:
    """SHA-256 of a folder's files by name and content; None where there is no such folder."""
    if not folder.is_dir():
        return None
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return files_digest((path.relative_to(folder).as_posix(), path) for path in files)


def files_digest(files: Iterable[tuple[str, Path]]) -> str:
    """SHA-256 of named files; a file that is missing counts by its name alone."""
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode() + b"\0")
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
