"""Value candidates from questions and cells."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from text2sql.databases import Database
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.values import ValueCandidate, find_candidates
from text2sql.linking.words import _stem, split_words


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
        ("Glasgowian concerts", "Glasgow", "relative"),
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


def test_a_quoted_text_knows_all_its_words(stadiums: Database) -> None:
    assert _find('concerts called "Free Choice" now', stadiums)["Free Choice"].span == (3, 5)


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


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., dict[str | int | float, ValueCandidate]]:
    """The candidates of a question over one table of the given columns."""

    def found(question: str, **columns: Sequence[object]) -> dict[Any, ValueCandidate]:
        path = tmp_path / "asked.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"CREATE TABLE things ({', '.join(columns)})")
            for row in zip(*columns.values(), strict=True):
                connection.execute(f"INSERT INTO things VALUES ({', '.join('?' * len(row))})", row)
        return _find(question, Database.from_sqlite(path))

    return found


Ask = Callable[..., dict[Any, ValueCandidate]]


@pytest.mark.parametrize(
    ("question", "cells", "value"),
    [
        ("customers in the US", ["USA", "France"], "USA"),
        ("customers from the United States", ["US", "FR"], "US"),
        ("American customers", ["United States", "France"], "United States"),
        ("customers in California", ["CA", "NY"], "CA"),
        ("customers in TX", ["Texas", "Ohio"], "Texas"),
        ("people from Ethiopia", ["ETH", "KEN"], "ETH"),
        ("Asian countries", ["Asia", "Europe"], "Asia"),
        ("visits to the newyork office", ["New York", "Oslo"], "New York"),
        ("pieces for foot ball", ["Football", "Chess"], "Football"),
        ("pupils with grade A", ["A", "B"], "A"),
        ("Which paintings are oil?", ["oil on canvas", "pencil on paper"], "oil on canvas"),
        ("Peope from Glasgov", ["Glasgow", "Leeds"], "Glasgow"),
        ("films in English", ["English   ", "French    "], "English   "),
        ("Which are from Asia?", ["Asia", "Asia Minor"], "Asia Minor"),
    ],
)
def test_cells_are_found_by_other_names_of_theirs(
    ask: Ask, question: str, cells: list[str], value: str
) -> None:
    assert value in ask(question, kept=cells)


@pytest.mark.parametrize(
    ("question", "column", "number"),
    [
        ("films longer than two hours", "minutes", 120),
        ("songs over five minutes", "milliseconds", 300000),
        ("prices above 10k", "price", 10000),
        ("salaries of a million and a half", "salary", 1500000),
        ("under half an hour", "share", 0.5),
        ("at least twenty-five guests", "guests", 25),
        ("a dozen eggs", "eggs", 12),
        ("slopes over 40 percent", "slope", 0.4),
        ("fines over £100", "pence", 10000),
        ("a 2-hour film", "minutes", 120),
    ],
)
def test_numbers_are_found_in_the_unit_of_a_column(
    ask: Ask, question: str, column: str, number: float
) -> None:
    assert number in ask(question, **{column: [1, 2]})


def test_a_unit_that_no_column_is_in_is_not_converted(ask: Ask) -> None:
    assert 7200 not in ask("films longer than two hours", minutes=[1])


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("orders of March 2024", {"2024-03-01", "2024-03-31", "2024-03"}),
        ("orders in Q1 2024", {"2024-01-01", "2024-03-31"}),
        ("orders in the second half of 2023", {"2023-07-01", "2023-12-31"}),
        ("born in the nineties", {"1990-01-01", "1999-12-31"}),
        ("on 18/05/2024", {"2024-05-18"}),
        ("after 7 pm", {"19:00", "19:00:00"}),
    ],
)
def test_periods_are_found_as_their_first_and_last_day(
    ask: Ask, question: str, texts: set[str]
) -> None:
    assert texts <= set(ask(question, day=["2024-01-01", "2023-05-05"]))


def test_a_plain_word_is_not_a_title(ask: Ask) -> None:
    titles = ["Money", *(f"Song {number}" for number in range(40))]
    assert ask("Who spent the most money?", title=titles)["Money"].kind == "relative"
    assert ask("Who wrote Money?", title=titles)["Money"].kind == "cell"


def test_what_a_column_holds_is_found_by_the_name_of_the_column(ask: Ask) -> None:
    found = ask("Which are not active?", active=["yes", "no"], other=["so", "la"])
    assert {"yes", "no"} <= set(found)


def test_words_are_stemmed_by_several_threads_at_once() -> None:
    words = [f"{start}{end}" for start in "abcdefgh" for end in ("nationalizations", "ies", "ing")]
    expected = [_stem(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [_stem(word) for word in words], range(200)))
    assert all(stems == expected for stems in found)
