"""Columns that a question names are shown, and numbers are in the unit, year or flag it means."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.answering.corrections import corrected
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index

SCHEMA = """
CREATE TABLE colour (id INTEGER PRIMARY KEY, shade TEXT);
INSERT INTO colour VALUES (1, 'Blue'), (2, 'Brown');
CREATE TABLE cave (cave INTEGER PRIMARY KEY, label TEXT, depth INTEGER);
INSERT INTO cave VALUES (1, 'Alum', 90);
CREATE TABLE hero (
    hero_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, town TEXT, phone TEXT,
    eye_colour_id INTEGER REFERENCES colour(id), hair_colour_id INTEGER REFERENCES colour(id),
    weight_g INTEGER, retired INTEGER, member TEXT, joined TEXT, left_on TEXT);
INSERT INTO hero VALUES
    (1, 'Ada', 'Ash', 'Oslo', '1', 1, 2, 61000, 0, 'Y', '2020-01-05', NULL),
    (2, 'Bo', 'Birch', 'Rome', '2', 2, 1, 72500, 1, 'N', '2021-02-03', '2023-01-01'),
    (3, 'Cy', 'Cedar', 'Rome', '3', 2, 2, 80000, 0, 'Y', '2022-03-04', NULL);
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path: Path = tmp_path_factory.mktemp("heroes") / "heroes.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    return Database.from_sqlite(path)


def meant(database: Database, question: str, sql: str) -> str:
    candidate = Candidate(sql, -1.0)
    return corrected(candidate, question, database.schema, cell_index(database)).sql


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("Who lives in Rome?", "SELECT first_name FROM hero WHERE town = 'Rome'",
         "SELECT first_name, last_name FROM hero WHERE town = 'Rome'"),
        ("name and phone of all heroes", "SELECT last_name, phone FROM hero",
         "SELECT first_name, last_name, phone FROM hero"),
        ("heroes by number of phones", "SELECT first_name, count(*) FROM hero GROUP BY first_name",
         "SELECT first_name, last_name, count(*) FROM hero GROUP BY first_name, last_name"),
        ("town, phone and weight g of every hero", "SELECT town, phone FROM hero",
         "SELECT town, phone, weight_g FROM hero"),
        ("heroes of Oslo with their town and phone",
         "SELECT last_name, first_name, phone FROM hero WHERE weight_g > 9",
         "SELECT last_name, first_name, phone, town FROM hero WHERE weight_g > 9"),
        ("weight in kg of each hero by phone", "SELECT phone, weight_g FROM hero",
         "SELECT phone, weight_g / 1000.0 FROM hero"),
        ("How many kg do they weigh on average?", "SELECT avg(weight_g) FROM hero",
         "SELECT avg(weight_g) / 1000.0 FROM hero"),
        ("phones of those over 70 kg", "SELECT phone FROM hero WHERE weight_g > 70",
         "SELECT phone FROM hero WHERE weight_g > 70000"),
        ("phones of those who joined in 2021", "SELECT phone FROM hero WHERE joined = 2021",
         "SELECT phone FROM hero WHERE CAST(strftime('%Y', joined) AS INTEGER) = 2021"),
        ("phones of those not retired", "SELECT phone FROM hero WHERE retired IS NULL",
         "SELECT phone FROM hero WHERE retired = 0"),
        ("phones of members", "SELECT phone FROM hero WHERE member IS NOT NULL",
         "SELECT phone FROM hero WHERE member = 'Y'"),
        ("How many have blue hair?",
         "SELECT count(*) FROM hero AS T1 JOIN colour AS T2 ON T1.eye_colour_id = T2.id "
         "WHERE T2.shade = 'Blue'",
         "SELECT count(*) FROM hero AS T1 JOIN colour AS T2 ON T1.hair_colour_id = T2.id "
         "WHERE T2.shade = 'Blue'"),
    ],
)  # fmt: skip
def test_a_query_is_corrected_to_what_the_question_says(
    database: Database, question: str, sql: str, expected: str
) -> None:
    assert meant(database, question, sql) == expected


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("first names of heroes in Rome", "SELECT first_name FROM hero WHERE town = 'Rome'"),
        ("heroes by surname", "SELECT last_name FROM hero ORDER BY last_name"),
        ("phone and town of heroes whose town is Rome",
         "SELECT phone FROM hero WHERE town = 'Rome'"),  # the town is the same in every row
        ("heroes with phone and member", "SELECT phone FROM hero WHERE member = 'Y'"),
        ("phone of heroes with a weight g above 70",
         "SELECT phone FROM hero WHERE weight_g > 70"),
        ("deepest caves with depth", "SELECT label, depth FROM cave ORDER BY depth DESC LIMIT 3"),
        ("retirement rate", "SELECT avg(retired) FROM hero WHERE retired IS NOT NULL"),
        ("phones ordered by town and phone", "SELECT phone FROM hero ORDER BY town, phone"),
        ("How many phones and towns are there?", "SELECT count(phone) FROM hero"),
        ("weight g of each phone in March", "SELECT phone, weight_g FROM hero"),
        ("phones of those over 70 grams", "SELECT phone FROM hero WHERE weight_g > 70"),
        ("phones since the fifth", "SELECT phone FROM hero WHERE joined >= '2021-02-03'"),
        ("phones of those who have not left", "SELECT phone FROM hero WHERE left_on IS NULL"),
        ("How many have blue eye or hair colour?",
         "SELECT count(*) FROM hero AS T1 JOIN colour AS T2 ON T1.eye_colour_id = T2.id "
         "WHERE T2.shade = 'Blue'"),
    ],
)  # fmt: skip
def test_a_query_stays_as_it_is_if_the_question_says_nothing_else(
    database: Database, question: str, sql: str
) -> None:
    assert meant(database, question, sql) == sql


def test_a_search_for_null_is_unlikely_where_every_row_has_a_value(database: Database) -> None:
    filled, empty = (
        corrected(
            Candidate(f"SELECT phone FROM hero WHERE {column} IS NULL", -1.0),
            "phones without it", database.schema, cell_index(database),
        ).penalty
        for column in ("town", "left_on")
    )  # fmt: skip
    assert (filled, empty) == (3.0, 0.0)
