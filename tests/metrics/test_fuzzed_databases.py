import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from text2sql.databases import Database
from text2sql.metrics.fuzzed_databases import DatabaseFuzzer
from text2sql.metrics.random_rows import STYLES, Hints
from text2sql.schema import Column, ForeignKey, Schema, Table


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def fuzzed(database: Database, tmp_path: Path) -> Path:
    assert database.path is not None
    path = tmp_path / "fuzzed.sqlite"
    DatabaseFuzzer(database.path).write(path, "seed", STYLES[3], Hints())
    return path


def test_a_fuzzed_database_has_the_schema_and_other_rows(database: Database, fuzzed: Path) -> None:
    assert Schema.from_sqlite(fuzzed) == database.schema
    assert len(_rows(fuzzed, "SELECT * FROM singer")) > 4


def test_declared_keys_hold(fuzzed: Path) -> None:
    assert _rows(fuzzed, "PRAGMA foreign_key_check") == []
    assert _rows(fuzzed, "PRAGMA integrity_check") == [("ok",)]


def test_it_is_small(fuzzed: Path) -> None:
    assert fuzzed.stat().st_size < 10_000


def test_the_same_seed_gives_the_same_content(database: Database, tmp_path: Path) -> None:
    assert database.path is not None
    contents = []
    for name in ("a", "b"):
        path = tmp_path / name
        DatabaseFuzzer(database.path).write(path, "seed", STYLES[0], Hints())
        with closing(sqlite3.connect(path)) as connection:
            contents.append(list(connection.iterdump()))
    assert contents[0] == contents[1]


def test_a_twin_has_the_same_rows_the_other_way_round(
    database: Database, fuzzed: Path, tmp_path: Path
) -> None:
    assert database.path is not None
    twin = tmp_path / "twin.sqlite"
    DatabaseFuzzer(database.path).write_reordered(fuzzed, twin)
    for table in ("singer", "song"):
        rows = _rows(fuzzed, f"SELECT * FROM {table}")
        assert _rows(twin, f"SELECT * FROM {table}") == rows[::-1]


def test_keys_that_only_the_schema_knows_of_are_respected(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "d.sqlite")) as connection:
        connection.executescript(
            "CREATE TABLE Parent (Id INT, x TEXT); CREATE TABLE child (parent_id INT);"
            "INSERT INTO Parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1), (2)"
        )
    schema = Schema(
        (
            Table("parent", (Column("id", primary_key=True), Column("x"))),
            Table("child", (Column("parent_id"),)),
        ),
        (ForeignKey(1, 0, 0, 0),),
    )
    DatabaseFuzzer(tmp_path / "d.sqlite", schema).write(tmp_path / "n", "0", STYLES[7], Hints())
    ids = [row[0] for row in _rows(tmp_path / "n", "SELECT id FROM parent")]
    assert len(ids) == len(set(ids)) > 2
    assert {row[0] for row in _rows(tmp_path / "n", "SELECT * FROM child")} <= set(ids)


def test_views_odd_names_and_unique_columns_are_no_obstacle(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "d.sqlite")) as connection:
        connection.executescript(
            'CREATE TABLE "order" ("select" TEXT UNIQUE NOT NULL, "a b" REAL CHECK ("a b" > 0),'
            ' twice AS ("a b" * 2));'
            "INSERT INTO \"order\" VALUES ('x', 1.5), ('y', 2.5);"
            'CREATE VIEW v AS SELECT "select" FROM "order";'
            'CREATE TRIGGER t AFTER INSERT ON "order" BEGIN SELECT 1; END;'
            'CREATE INDEX i ON "order" ("a b")'
        )
    fuzzer = DatabaseFuzzer(tmp_path / "d.sqlite")
    fuzzer.write(tmp_path / "n", "0", STYLES[0], Hints())
    fuzzer.write_reordered(tmp_path / "n", tmp_path / "twin")
    assert len(_rows(tmp_path / "n", "SELECT * FROM v")) > 2
    assert len(_rows(tmp_path / "twin", "SELECT * FROM v")) > 2


def test_a_column_is_found_by_its_names(database: Database) -> None:
    assert database.path is not None
    fuzzer = DatabaseFuzzer(database.path)
    assert fuzzer.place("SONG", "Title") == (1, 1)
    assert fuzzer.place("song", "nope") is None
    assert fuzzer.place("nope", "title") is None
