"""A small database that the tests of the metrics share."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
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


OFFICIAL = Path(__file__).parent / "official"


@dataclass(frozen=True)
class Official:
    """Published predictions with the official script's verdicts, and their databases."""

    rows: list[dict[str, Any]]
    schemas: dict[str, Schema]
    files: dict[str, Path]


@pytest.fixture(scope="session", params=["a sample", "graphix", "codes_1b"])
def official(request: pytest.FixtureRequest) -> Official:
    """The sample that is part of the tests, and a system's whole verdicts beside Spider."""
    if request.param == "a sample":
        verdicts, tables = OFFICIAL / "verdicts.jsonl", OFFICIAL / "tables.json"
        place = "database/{0}.sqlite"
    else:
        spider = request.getfixturevalue("spider_dir")
        verdicts = spider.parent / "parity" / f"{request.param}.jsonl"
        tables, place = spider / "tables.json", "database/{0}/{0}.sqlite"
        if not verdicts.is_file():
            pytest.skip(f"needs the official verdicts in {verdicts.name} beside the Spider folder")
    entries = json.loads(tables.read_text(encoding="utf-8"))
    names = [entry["db_id"] for entry in entries]
    return Official(
        rows=[json.loads(line) for line in verdicts.read_text(encoding="utf-8").splitlines()],
        schemas={entry["db_id"]: Schema.from_tables_json(entry) for entry in entries},
        files={name: tables.parent / place.format(name) for name in names},
    )
