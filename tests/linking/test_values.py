"""Value candidates from questions and cells."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.values import ValueCandidate, find_candidates
from text2sql.linking.words import split_words


def _find(question: str, database: Database) -> dict[str | int | float, ValueCandidate]:
    found = find_candidates(question, split_words(question), CellIndex.read(database))
    return {c.value: c for c in found}


@pytest.mark.parametrize(
    ("question", "value", "kind"),
    [
        ("concerts in hampden park", "Hampden Park", "cell"),
        ("concerts titled home visit", "Home Visits", "cell"),  # by stem
        ("What is at Hampden?", "Hampden Park", "cell_part"),
        ("left-handed concerts", "L", "code"),
        ("stadiums bigger than 12,000", 12000, "number"),
        ("stadiums with at least three concerts", 3, "number_word"),
        ('concerts called "Free Choice"', "Free Choice", "quoted"),
        ("concerts by Justin Brown", "Justin Brown", "capitalised"),
        ("names that start with the letter b", "b", "letter"),
        ("below -7 degrees", -7, "number"),
        ("the 2nd concert", 2, "number"),
    ],
)
def test_values_are_found_as_people_write_them(
    question: str, value: str | int, kind: str, stadiums: Database
) -> None:
    assert _find(question, stadiums)[value].kind == kind


def test_a_cell_knows_its_columns_and_its_words(stadiums: Database) -> None:
    found = _find("who lives in Glasgow now", stadiums)["Glasgow"]
    assert (found.columns, found.span) == ({2}, (3, 4))


def test_one_and_zero_are_always_there_and_unknown_is_last(stadiums: Database) -> None:
    question = "anything"
    found = find_candidates(question, split_words(question), CellIndex.read(stadiums))
    assert [c.value for c in found] == [1, 0, "value"]


def test_a_number_is_one_candidate_however_often_it_stands(stadiums: Database) -> None:
    question = "5 or five or 5.0"
    found = find_candidates(question, split_words(question), CellIndex.read(stadiums))
    assert [c.value for c in found].count(5) == 1


def test_there_are_never_more_than_forty_and_one(stadiums: Database) -> None:
    question = " ".join(f"Name{chr(97 + i // 26)}{chr(97 + i % 26)}, and" for i in range(100))
    found = find_candidates(question, split_words(question), CellIndex.read(stadiums))
    assert len(found) == 41


def _singers(folder: Path, language: str) -> Database:
    path = folder / "singers.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE singer (name TEXT, country TEXT, language TEXT)")
        connection.execute("INSERT INTO singer VALUES ('Ada', 'Netherlands', ?)", [language])
    return Database.from_sqlite(path)


def test_what_is_called_after_a_country_stands_for_it(tmp_path: Path) -> None:
    found = _find("How many Dutch singers are there?", _singers(tmp_path, "English"))
    country = found["Netherlands"]
    assert (country.kind, country.columns, country.span) == ("relative", {1}, (2, 3))


@pytest.mark.parametrize("question", ["North Korean singers", "Show Latin American singers"])
def test_the_north_and_the_south_of_a_country_are_not_the_country(
    question: str, tmp_path: Path
) -> None:
    database = _singers(tmp_path, "English")
    with closing(sqlite3.connect(str(database.path))) as connection, connection:
        connection.execute("INSERT INTO singer VALUES ('Bo', 'South Korea', ''), ('Cy', 'USA', '')")
    assert not {"South Korea", "USA"} & set(_find(question, database))


def test_a_language_of_that_name_is_found_beside_the_country(tmp_path: Path) -> None:
    found = _find("How many sing Dutch songs?", _singers(tmp_path, "Dutch"))
    assert {found["Netherlands"].kind, found["Dutch"].kind} == {"relative", "cell"}


def test_a_database_without_a_file_has_no_cells() -> None:
    assert CellIndex.read(Database.from_schema_text("singer(name, age)")) == CellIndex()
