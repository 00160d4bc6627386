"""Databases that lack one column that a question needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.benchmark.unanswerable.missing_columns import remove_needed_columns, spare_columns
from text2sql.databases import Catalog
from text2sql.sandbox import run_query
from text2sql.spider import Example


@pytest.fixture
def catalog(music_dir: Path) -> Catalog:
    return Catalog.open(music_dir)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT name FROM singer WHERE age > 25", ["name", "age"]),
        ("SELECT count(*) FROM song", []),
        ("SELECT id FROM singer", []),
        ("SELECT title, singer_id FROM song", ["title"]),
        (
            "SELECT T2.title FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
            "WHERE T1.age = (SELECT max(age) FROM singer)",
            ["age", "title"],
        ),
        ("SELEC", []),
    ],
)
def test_what_may_go_is_used_and_no_key(sql: str, columns: list[str], catalog: Catalog) -> None:
    schema = catalog.get("music").schema
    found = [schema.tables[t].columns[c].name for t, c in spare_columns(sql, schema)]
    assert found == columns


def test_the_copy_has_all_rows_and_all_columns_but_one(catalog: Catalog, tmp_path: Path) -> None:
    asked = [
        Example("How old is Ada?", "SELECT age FROM singer", "music"),
        Example("How many songs are there?", "SELECT count(*) FROM song", "music"),
    ]
    [(question, database)] = remove_needed_columns(asked, catalog, tmp_path)
    assert (question, database.db_id) == (asked[0], "music without singer.age")
    assert run_query(database, "SELECT * FROM singer").rows == ((1, "Ada"), (2, "Bo"), (3, "Cy"))
    assert run_query(database, "SELECT count(*) FROM song").rows == ((3,),)
    assert [column.name for column in database.schema.tables[0].columns] == ["id", "name"]
    assert database.schema.foreign_keys == catalog.get("music").schema.foreign_keys
