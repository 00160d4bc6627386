"""A Spider folder with three small databases, and a pocket model to start from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.generators.pocket.conftest import model, pieces, vocabulary
from text2sql.generators.pocket.model import PocketModel
from train.pocket.collection import Collection, read_spider
from train.pocket.corpus import Corpus, read_corpus

__all__ = ["collections_of", "model", "pieces", "vocabulary"]

THINGS = ("singer", "ship", "school")
_NAMES = ("Ada", "Bo", "Cy", "Dot")


@pytest.fixture(scope="session")
def spider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each database has a thing and its town; each question is asked of all of them."""
    folder = tmp_path_factory.mktemp("spider")
    for thing in THINGS:
        path = folder / "database" / thing / f"{thing}.sqlite"
        path.parent.mkdir(parents=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                f"CREATE TABLE {thing} (id INTEGER, name TEXT, age INT, town_id INT)"
            )
            connection.execute("CREATE TABLE town (id INTEGER, title TEXT)")
            rows = [(i, name, 20 + i, 1) for i, name in enumerate(_NAMES)]
            connection.executemany(f"INSERT INTO {thing} VALUES (?, ?, ?, ?)", rows)
            connection.execute("INSERT INTO town VALUES (1, 'Glasgow')")
    (folder / "tables.json").write_text(json.dumps([_tables(thing) for thing in THINGS]))
    entries = [entry for thing in THINGS for entry in _entries(thing)]
    (folder / "train_spider.json").write_text(json.dumps(entries))
    (folder / "train_others.json").write_text("[]")
    return folder


def _tables(thing: str) -> dict[str, object]:
    columns = [
        (-1, "*"),
        (0, "id"),
        (0, "name"),
        (0, "age"),
        (0, "town_id"),
        (1, "id"),
        (1, "title"),
    ]
    return {
        "db_id": thing,
        "table_names": [thing, "town"],
        "table_names_original": [thing, "town"],
        "column_names": [[table, name.replace("_", " ")] for table, name in columns],
        "column_names_original": columns,
        "column_types": ["text", "number", "text", "number", "number", "number", "text"],
        "primary_keys": [1, 5],
        "foreign_keys": [[4, 5]],
    }


def _entries(thing: str) -> Iterator[dict[str, str]]:
    joined = f"SELECT T1.name FROM {thing} AS T1 JOIN town AS T2 ON T1.town_id = T2.id"
    for question, query in {
        f"How many {thing}s are there?": f"SELECT count(*) FROM {thing}",
        f"What is the age of the {thing} named Ada?": f"SELECT age FROM {thing} WHERE name = 'Ada'",
        f"Which {thing}s are in Glasgow?": f"{joined} WHERE T2.title = 'Glasgow'",
        f"What about {thing}s older than 21?": f"SELECT name FROM {thing} WHERE age > 21",
        # outside of the model's language
        f"How many old {thing}s?": f"SELECT count(*) FROM {thing} WHERE rowid > 21",
    }.items():
        yield {"question": question, "query": query, "db_id": thing}


def collections_of(spider: Path) -> list[Collection]:
    """Two databases to train on, one held out."""
    return [read_spider(spider, held_out_share=0.2)]


@pytest.fixture(scope="session")
def corpus(spider: Path) -> Corpus:
    """What is learned from them."""
    return read_corpus(collections_of(spider))


@pytest.fixture
def start(model: PocketModel, vocabulary: Path, tmp_path: Path) -> Path:
    """The folder of a small random model."""
    folder = tmp_path / "start"
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(vocabulary.read_bytes())
    return folder
