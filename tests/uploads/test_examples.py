"""Questions made from a schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from text2sql.databases import Database
from text2sql.sandbox import run_query
from text2sql.spider import Example
from text2sql.uploads.examples import examples_from_schema
from text2sql.uploads.importing import UploadedFile

SCRIPT = """
CREATE TABLE city (id INTEGER PRIMARY KEY, city_name TEXT);
CREATE TABLE "order" (id INTEGER PRIMARY KEY, city_id INT REFERENCES city(id), total REAL);
INSERT INTO city VALUES (1, 'Oslo'); INSERT INTO "order" VALUES (1, 1, 5), (2, 1, 7);
"""


def test_tables_are_counted_for_their_parents_too_and_numbers_averaged(
    sqlite_file: Callable[[str, str], UploadedFile], folder: Path
) -> None:
    path = sqlite_file("d.db", SCRIPT).path
    database = Database.from_sqlite(path)
    made = examples_from_schema(database)
    assert [(example.question, run_query(path, example.query).rows) for example in made] == [
        ("How many cities are there?", ((1,),)),
        ("How many orders are there?", ((2,),)),
        ("How many orders does each city have?", (("Oslo", 2),)),
        ("What is the average total of orders?", ((6.0,),)),
    ]
    assert made[0] == Example(
        "How many cities are there?", "SELECT count(*) FROM city", database.db_id
    )
