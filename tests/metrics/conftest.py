"""A small database that the tests of the metrics share."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from text2sql.databases import Database
from text2sql.schema import Schema

_TABLES = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, country TEXT, age INTEGER, rank INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, title TEXT, singer_id INTEGER REFERENCES singer (id),
                   cover_of INTEGER REFERENCES song (id), sales REAL);
"""
_ROWS = """
INSERT INTO singer VALUES (1, 'Ada', 'France', 30, 2), (2, 'Bo', 'France', 20, 1),
                          (3, 'Cy', 'Peru', 40, 1), (4, 'Ada', 'Peru', NULL, 3);
INSERT INTO song VALUES (1, 'Hey', 1, NULL, 10.5), (2, 'Ho', 1, 1, 4.0), (3, 'Hum', 3, 1, 4.0);
"""


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Four singers, three songs; ``song`` refers to ``singer`` and to itself."""
    path = tmp_path_factory.mktemp("music") / "music.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(_TABLES + _ROWS)
    connection.close()
    return Database.from_sqlite(path)


@pytest.fixture(scope="session")
def schema(database: Database) -> Schema:
    return database.schema


@pytest.fixture(scope="session")
def spider_schemas(spider_dir: Path) -> dict[str, Schema]:
    entries = json.loads((spider_dir / "tables.json").read_text(encoding="utf-8"))
    return {entry["db_id"]: Schema.from_tables_json(entry) for entry in entries}


@pytest.fixture(scope="session", params=["graphix", "codes_1b"])
def parity_rows(spider_dir: Path, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """A published system's predictions with the official script's verdict on each."""
    path = spider_dir.parent / "parity" / f"{request.param}.jsonl"
    if not path.is_file():
        pytest.skip(f"needs the official verdicts in {path.name} beside the Spider folder")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
