"""Questions about the tests' small database, in a folder of Spider's layout."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from text2sql.databases import Catalog, Database
from text2sql.evaluation import Item
from text2sql.evaluation.run import Prediction
from text2sql.evaluation.scoring import Scorer
from text2sql.generators.base import Candidate, Options
from text2sql.spider import Example

_TABLES_JSON = {
    "db_id": "music",
    "table_names_original": ["singer", "song"],
    "table_names": ["singer", "song"],
    "column_names_original": [
        [-1, "*"],
        [0, "id"],
        [0, "name"],
        [0, "age"],
        [1, "id"],
        [1, "title"],
        [1, "singer_id"],
    ],
    "column_names": [
        [-1, "*"],
        [0, "id"],
        [0, "name"],
        [0, "age"],
        [1, "id"],
        [1, "title"],
        [1, "singer id"],
    ],
    "column_types": ["text", "number", "text", "number", "number", "text", "number"],
    "primary_keys": [1, 4],
    "foreign_keys": [[6, 1]],
}
_ROWS = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, title TEXT, singer_id INTEGER);
INSERT INTO singer VALUES (1, 'Ada', 30), (2, 'Bo', 20), (3, 'Cy', 40);
INSERT INTO song VALUES (1, 'Hey', 1), (2, 'Ho', 1), (3, 'Hum', 3);
"""


@pytest.fixture(scope="session")
def music_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in Spider's layout with one database, ``music``."""
    folder = tmp_path_factory.mktemp("spider")
    (folder / "database" / "music").mkdir(parents=True)
    (folder / "tables.json").write_text(json.dumps([_TABLES_JSON]))
    with closing(sqlite3.connect(folder / "database" / "music" / "music.sqlite")) as connection:
        connection.executescript(_ROWS)
    return folder


@pytest.fixture(scope="session")
def catalog(music_dir: Path) -> Catalog:
    return Catalog.open(music_dir)


GOLDS = (
    "SELECT name FROM singer",
    "SELECT count(*) FROM song",
    "SELECT name FROM singer WHERE age > 25",
    "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id",
)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return [Example(f"Question {n}?", gold, "music") for n, gold in enumerate(GOLDS, start=1)]


@pytest.fixture
def questions(tmp_path: Path, examples: list[Example]) -> Path:
    path = tmp_path / "questions.json"
    asked = [{"question": e.question, "query": e.query, "db_id": e.db_id} for e in examples]
    path.write_text(json.dumps(asked))
    return path


class Parrot:
    """A model that answers question n with query n, and remembers what it was asked."""

    name = "parrot"

    def __init__(self, queries: Sequence[str]) -> None:
        self.queries = queries
        self.asked: list[str] = []

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        self.asked.append(question)
        number = int(question.removeprefix("Question ").rstrip("?"))
        return [Candidate(self.queries[number - 1], -1.0)]


def score_all(
    catalog: Catalog, examples: Sequence[Example], predictions: Sequence[str]
) -> list[Item]:
    scorer = Scorer(catalog)
    return [scorer.item(e, Prediction(p)) for e, p in zip(examples, predictions, strict=True)]


def run_json(
    main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str], *arguments: object
) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
