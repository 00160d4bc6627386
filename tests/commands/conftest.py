"""A small database and a model that needs no weights."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import text2sql.pipeline as pipeline
from text2sql.databases import Database
from text2sql.generators.base import Candidate, Generator, Options


class Parrot:
    """Writes the queries it was given, whatever the question."""

    name = "parrot"

    def __init__(self, *queries: str) -> None:
        self.queries = queries

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        return [Candidate(sql, -0.5 * n) for n, sql in enumerate(self.queries)][: options.beams]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "music.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT);"
            "INSERT INTO singer VALUES (1, 'Zoë'), (2, 'O''Neil'), (3, NULL);"
        )
    return path


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """The model behind every ``--model``; ``queries`` is what it writes."""
    model = Parrot("SELECT nope FROM singer", "SELECT name FROM singer")

    def read(name: str, folder: Path) -> Generator:
        return model

    monkeypatch.setattr(pipeline, "_read_generator", read)
    monkeypatch.setattr(pipeline, "_GENERATORS", {})
    return model
