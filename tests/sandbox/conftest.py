"""A database in a folder that must look the same after every test."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

_TABLES = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO singer VALUES (1, 'Zoë'), (2, 'O''Neil'), (3, NULL);
CREATE VIRTUAL TABLE lyrics USING fts5(line);
INSERT INTO lyrics VALUES ('hello world'), ('good bye');
CREATE VIRTUAL TABLE titles USING fts4(title);
INSERT INTO titles VALUES ('hello again'), ('so long');
CREATE VIRTUAL TABLE stages USING rtree(id, low, high);
INSERT INTO stages VALUES (1, 2, 3);
CREATE VIEW trapped AS SELECT load_extension(name) FROM singer;
CREATE VIEW swollen AS SELECT zeroblob(1000000000) FROM singer;
CREATE TABLE odd ("select" TEXT, "два слова" TEXT, "quo""te" TEXT);
INSERT INTO odd VALUES ('a', 'b', 'c');
"""


def digest(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` with the hash of its bytes."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small database with a name that needs escaping; fails the test if a byte changes."""
    path = tmp_path / "music #1 100%?.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_TABLES)
    (tmp_path / "bystander.txt").write_text("untouched", encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # relative paths in an attack land here
    before = digest(tmp_path)
    yield path
    assert digest(tmp_path) == before
