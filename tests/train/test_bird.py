"""BIRD's training questions as a folder of databases."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Catalog
from text2sql.errors import DataError
from train.bird import build

_DDL = "CREATE TABLE movie (id INTEGER PRIMARY KEY, title TEXT, lang TEXT, votes REAL);"
_GOLDS = (
    "SELECT T1.id FROM movie AS T1 WHERE T1.title = 'Riff-Raff'",
    "SELECT title FROM movie WHERE lang IN ('en', 'fr') AND title LIKE '%noon%'",
    "SELECT count(*) FROM movie WHERE votes = 7.5 AND id = 5",
    "not SQL",
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "bird"
    folder.mkdir()
    (folder / "schemas.json").write_text(json.dumps({"films": _DDL}))
    meaning = "The 'title' column of the 'movie' table, such as 'High Noon' and 'Alien'."
    (folder / "column_meaning.json").write_text(json.dumps({"films|movie|title": meaning}))
    lines = (
        json.dumps({"db_id": "films", "question": f"Question {n}?", "query": gold})
        for n, gold in enumerate(_GOLDS)
    )
    (folder / "train.jsonl").write_text("\n".join(lines))
    return folder


def _cells(out: Path, column: str) -> set[object]:
    with closing(sqlite3.connect(out / "database" / "films" / "films.sqlite")) as connection:
        return {row[0] for row in connection.execute(f"SELECT {column} FROM movie")}


def test_columns_hold_values_from_golds_and_from_their_descriptions(
    source: Path, tmp_path: Path
) -> None:
    build(source, tmp_path / "out")
    assert _cells(tmp_path / "out", "title") == {"Riff-Raff", "noon", "High Noon", "Alien"}
    assert _cells(tmp_path / "out", "lang") == {"en", "fr"}
    assert {5, 12} <= _cells(tmp_path / "out", "id")
    assert _cells(tmp_path / "out", "votes") == {7.5}


def test_questions_whose_gold_is_known_to_be_wrong_are_left_out(
    source: Path, tmp_path: Path
) -> None:
    entries = (source / "train.jsonl").read_text().splitlines()
    # number 9 is one of them
    (source / "train.jsonl").write_text("\n".join([entries[0]] * 10))
    build(source, tmp_path / "out")
    questions = json.loads((tmp_path / "out" / "questions.json").read_text())
    assert len([q for q in questions if q["source"] == "bird"]) == 9


def test_the_catalog_opens_the_written_databases(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "out")
    schema = Catalog.open(tmp_path / "out").get("films").schema
    assert [c.name for c in schema.tables[0].columns] == ["id", "title", "lang", "votes"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no schemas\.json in"):
        build(tmp_path, tmp_path / "out")
