"""Files as visitors bring them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.uploads.importing import UploadedFile


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[[str, str | bytes], UploadedFile]:
    """A file with some content, called by a name that its path does not have."""

    def make(name: str, content: str | bytes) -> UploadedFile:
        path = tmp_path / f"arrived-{len(list(tmp_path.iterdir()))}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return UploadedFile(name, path)

    return make


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Callable[[str, str], UploadedFile]:
    """A SQLite file that a script made."""

    def make(name: str, script: str) -> UploadedFile:
        path = tmp_path / f"arrived-{len(list(tmp_path.iterdir()))}.bin"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(script)
        return UploadedFile(name, path)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where databases land."""
    made = tmp_path / "landed"
    made.mkdir()
    return made
