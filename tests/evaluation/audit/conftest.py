"""A shop with the oddities that golds trip over: padded cells, numbers kept as text, ties, NULL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Catalog
from text2sql.evaluation.audit import Audit, audit
from text2sql.spider import Example

_SCRIPT = """
CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born INTEGER);
CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT, weight TEXT, price REAL,
                  owner_id INTEGER REFERENCES owner (id));
INSERT INTO owner VALUES (1, 'Ada', 'Leeds ', 1970), (2, 'Bo', 'York', 1985),
                         (3, 'Cy', 'York', NULL);
CREATE TABLE visit (day TEXT);
INSERT INTO visit VALUES ('01.09.1977'), ('7');
INSERT INTO pet VALUES (1, 'Rex', '95', 10.0, 1), (2, 'Tom', '110', 30.0, 1),
                       (3, 'Kit', '20', 30.0, 2);
"""


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases without a file of schemas."""
    folder = tmp_path_factory.mktemp("shops")
    file = folder / "database" / "shop" / "shop.sqlite"
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_SCRIPT)
    return folder


@pytest.fixture
def audited(shop: Path) -> Callable[..., Audit]:
    """Audits golds, each given as a question and its SQL."""

    def run(*golds: tuple[str, str], systems: dict[str, list[str]] | None = None) -> Audit:
        examples = [Example(question, sql, "shop") for question, sql in golds]
        return audit(examples, Catalog.open(shop), systems)

    return run


@pytest.fixture
def questions(shop: Path, tmp_path: Path) -> Path:
    """A file of two questions, of which the second has a gold that no cell fits."""
    golds = [
        {"question": "How many?", "query": "SELECT count(*) FROM pet", "db_id": "shop"},
        {
            "question": "Who lives in <b>Leeds</b>?",
            "query": "SELECT name FROM owner WHERE city = 'Leeds'",
            "db_id": "shop",
        },
    ]
    path = tmp_path / "questions.json"
    path.write_text(json.dumps(golds))
    return path
