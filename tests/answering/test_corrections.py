"""Queries corrected as questions mean them, each kind over three small databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.answering.corrections import corrected
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index
from text2sql.sandbox import run_query

#: Table, its column of names, of births, of a number kept as text, a key and a city; one row has
#: no birth.
HOMES = {
    "people": ("people", "name", "birth_date", "height", "person_id", "city"),
    "firms": ("companies", "title", "founded", "staff_count", "company_id", "town"),
    "houses": ("houses", "label", "year_built", "area", "house_id", "place"),
}
ROWS = [
    ("Ada", "1950-03-01", "95 cm", 1, "Oslo"),
    ("Bo", "1980-07-12", "180 cm", 2, "Rome"),
    ("Cy", None, "1010 cm", 3, "Oslo"),
    ("Di", "2001-11-30", "178 cm", 4, "Bonn"),
]


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Database, dict[str, str]]:
    """A database, and what its table and its columns are called."""
    table, name, birth, size, key, city = HOMES[request.param]
    path = tmp_path / f"{request.param}.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"CREATE TABLE {table} ({name} TEXT, {birth} TEXT, {size} TEXT, "
            f"{key} INTEGER PRIMARY KEY, {city} TEXT)"
        )
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", ROWS)
    called = {"t": table, "name": name, "birth": birth, "size": size, "key": key, "city": city}
    return Database.from_sqlite(path), called


def ask(home: tuple[Database, dict[str, str]], question: str, sql: str) -> Candidate:
    database, called = home
    candidate = Candidate(sql.format(**called), -1.0)
    asked = question.format(**called).replace("_", " ")
    return corrected(candidate, asked, database.schema, cell_index(database))


def rows(home: tuple[Database, dict[str, str]], candidate: Candidate) -> list[tuple[object, ...]]:
    result = run_query(home[0], candidate.sql)
    assert result.error is None, result.error
    return list(result.rows)


LATEST = "SELECT {name} FROM {t} ORDER BY {birth} DESC LIMIT 1"
EARLIEST = "SELECT {name} FROM {t} ORDER BY {birth} LIMIT 1"


@pytest.mark.parametrize(
    ("question", "sql", "names"),
    [
        ("Who is the oldest of the {t}?", LATEST, ["Ada"]),
        ("Which of the {t} is oldest?", LATEST, ["Ada"]),
        ("name of the oldest one", LATEST, ["Ada"]),
        ("Show the eldest of all {t}.", LATEST, ["Ada"]),
        ("the most senior among the {t}", LATEST, ["Ada"]),
        ("What are the two oldest {t}?", LATEST.replace("1", "2"), ["Ada", "Bo"]),
        ("oldest three {t}", LATEST.replace("1", "3"), ["Ada", "Bo", "Di"]),
        ("Find the oldest {t} in Oslo", LATEST.replace("ORDER", "WHERE {city} = 'Oslo' ORDER"),
         ["Ada"]),
        ("Who is the oldest?", EARLIEST, ["Ada"]),  # not who has no birth
        ("Who is the youngest of the {t}?", EARLIEST, ["Di"]),
        ("the youngest, please", EARLIEST, ["Di"]),
        ("Which of the {t} is the newest?", EARLIEST, ["Di"]),
        ("two youngest {t}", EARLIEST.replace("1", "2"), ["Di", "Bo"]),
        ("Who is oldest?", "SELECT {name} FROM {t} WHERE {birth} = (SELECT max({birth}) FROM {t})",
         ["Ada"]),
        ("Who is youngest?",
         "SELECT {name} FROM {t} WHERE {birth} = (SELECT min({birth}) FROM {t})", ["Di"]),
        ("Which are the youngest {t}?",
         "SELECT T1.{name} FROM {t} AS T1 WHERE T1.{birth} = (SELECT min({birth}) FROM {t})",
         ["Di"]),
        ("When was the oldest of the {t} made?", "SELECT max({birth}) FROM {t}", ["1950-03-01"]),
        ("When was the youngest made?", "SELECT min({birth}) FROM {t}", ["2001-11-30"]),
        ("{t} from oldest to youngest", "SELECT {name} FROM {t} ORDER BY {birth} DESC",
         ["Ada", "Bo", "Di", "Cy"]),
        ("{t}, youngest first", "SELECT {name} FROM {t} ORDER BY {birth}",
         ["Di", "Bo", "Ada", "Cy"]),
    ],
)  # fmt: skip
def test_the_oldest_have_the_earliest_birth_and_the_youngest_the_latest(
    home: tuple[Database, dict[str, str]], question: str, sql: str, names: list[str]
) -> None:
    assert [row[0] for row in rows(home, ask(home, question, sql))] == names


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Who is the youngest?", LATEST),
        (
            "Order {t} by birth, latest first",
            "SELECT {name} FROM {t} ORDER BY {birth} DESC LIMIT 1",
        ),
        ("From the oldest to the youngest", LATEST),  # both: whoever wrote it knew
        (
            "births of the most senior and the most junior",
            "SELECT min({birth}), max({birth}) FROM {t}",
        ),
        ("Who is the oldest?", "SELECT {name} FROM {t} ORDER BY {key} DESC LIMIT 1"),
    ],
)
def test_what_is_right_or_cannot_be_told_stays_as_it_is(
    home: tuple[Database, dict[str, str]], question: str, sql: str
) -> None:
    assert ask(home, question, sql).sql == sql.format(**home[1])


@pytest.mark.parametrize(
    ("question", "sql", "names"),
    [
        ("tallest", "SELECT {name} FROM {t} ORDER BY {size} DESC LIMIT 1", ["Cy"]),
        ("smallest", "SELECT {name} FROM {t} ORDER BY {size} LIMIT 1", ["Ada"]),
        ("above 179", "SELECT {name} FROM {t} WHERE {size} > 179", ["Bo", "Cy"]),
        ("above 1000", "SELECT {name} FROM {t} WHERE {size} > '1000'", ["Cy"]),
        ("under 100", "SELECT {name} FROM {t} WHERE {size} < 100", ["Ada"]),
        ("at least 180", "SELECT {name} FROM {t} WHERE {size} >= 180", ["Bo", "Cy"]),
        ("from 90 to 179", "SELECT {name} FROM {t} WHERE {size} BETWEEN 90 AND 179", ["Ada", "Di"]),
        ("greatest", "SELECT max({size}) FROM {t}", [1010.0]),
        ("least", "SELECT min({size}) FROM {t}", [95.0]),
    ],
)
def test_numbers_kept_as_text_are_compared_as_numbers(
    home: tuple[Database, dict[str, str]], question: str, sql: str, names: list[object]
) -> None:
    assert [row[0] for row in rows(home, ask(home, question, sql))] == names


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Show all {t}.", 5),
        ("list all the {t}", 5),
        ("Give me every {t}", 5),
        ("display all of our {t}", 5),
        ("Show all {t} of Oslo", 1),
        ("Show all names", 1),
        ("Show all different {t}", 1),
    ],
)
def test_all_of_a_table_is_all_of_its_columns(
    home: tuple[Database, dict[str, str]], question: str, shown: int
) -> None:
    candidate = ask(home, question, "SELECT {name} FROM {t}")
    assert [len(row) for row in rows(home, candidate)][:1] == [shown]


@pytest.mark.parametrize(
    ("question", "sql", "first"),
    [
        ("List the {name}, {city} and {size} of all {t}", "SELECT {name}, {city} FROM {t}",
         ("Ada", "Oslo", "95 cm")),
        ("What are the {name} and {city} of the {t}?", "SELECT {city} FROM {t}", ("Ada", "Oslo")),
        ("Show {name}, {birth}, and {city} for each one", "SELECT T1.{name} FROM {t} AS T1",
         ("Ada", "1950-03-01", "Oslo")),
    ],
)  # fmt: skip
def test_the_columns_of_a_list_are_all_shown(
    home: tuple[Database, dict[str, str]],
    question: str,
    sql: str,
    first: tuple[object, ...],
) -> None:
    assert rows(home, ask(home, question, sql))[0] == first


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("which are later", "{birth} > {birth}"),
        ("which are made before", "{birth} < {birth}"),
        ("more than the most", "{key} > (SELECT max({key}) FROM {t})"),
        ("less than the least", "{key} < (SELECT min({key}) FROM {t})"),
        ("those in a range", "{birth} BETWEEN '1990' AND '1990'"),
        ("those of Oslo", "{city} = 'Oslo' OR {city} = 'Oslo'"),
        ("{t} of Oslo", "{city} != 'Oslo'"),
        ("{t} of Bonn", "{key} NOT IN (SELECT {key} FROM {t} WHERE {city} = 'Bonn')"),
    ],
)
def test_what_makes_no_sense_or_denies_what_is_affirmed_counts_against_a_candidate(
    home: tuple[Database, dict[str, str]], question: str, where: str
) -> None:
    assert ask(home, question, f"SELECT {{name}} FROM {{t}} WHERE {where}").penalty == 3.0


@pytest.mark.parametrize(
    ("question", "where", "names"),
    [
        ("only those from Oslo", "{city} != 'Oslo'", ["Ada", "Cy"]),
        ("only all of Oslo", "{city} <> 'Oslo'", ["Ada", "Cy"]),
        ("just the {t} from Rome", "NOT {city} = 'Rome'", ["Bo"]),
        ("only those that are not from Rome", "{city} != 'Rome'", ["Ada", "Cy", "Di"]),
        ("just a list, Oslo excluded", "{city} != 'Oslo'", ["Bo", "Di"]),
        ("only the names, Oslo left out", "{city} != 'Oslo'", ["Bo", "Di"]),
        ("only those that arent in Oslo", "{city} != 'Oslo'", ["Bo", "Di"]),
        ("those from elsewhere than Oslo", "{city} != 'Oslo'", ["Bo", "Di"]),
        ("only those abroad", "{city} != 'Oslo'", ["Bo", "Di"]),  # Oslo is not what it names
    ],
)
def test_a_value_that_is_affirmed_is_not_denied(
    home: tuple[Database, dict[str, str]], question: str, where: str, names: list[str]
) -> None:
    candidate = ask(home, question, f"SELECT {{name}} FROM {{t}} WHERE {where}")
    assert [row[0] for row in rows(home, candidate)] == names


ONE_OR_TWO = (
    "SELECT {name} FROM {t} WHERE {city} = 'Oslo' INTERSECT SELECT {name} FROM {t} WHERE {city} = "
)


@pytest.mark.parametrize(
    ("question", "sql", "found"),
    [
        ("from Oslo, Rome or Bonn", "SELECT count(*) FROM {t} WHERE {city} IN ('Oslo', 'Bonn')", 4),
        ("in Oslo, Rome, or Bonn", "SELECT count(*) FROM {t} WHERE {city} = 'Bonn'", 4),
        ("Oslo, Rome and Bonn", "SELECT count(*) FROM {t} WHERE {city} = 'Oslo' OR {city} = 'Rome'",
         4),
        ("Oslo and Rome", "SELECT count(*) FROM {t} WHERE {city} = 'Rome'", 1),  # of one of them
        ("not in Rome, Bonn or Oslo", "SELECT count(*) FROM {t} WHERE {city} != 'Oslo'", 0),
        ("neither Bonn nor Rome or Oslo",
         "SELECT count(*) FROM {t} WHERE {city} NOT IN ('Oslo', 'Rome')", 0),
        ("in Oslo or Rome", f"SELECT count(*) FROM ({ONE_OR_TWO} 'Rome')", 3),
        ("How many are in Oslo or Rome?",
         "SELECT {city}, count(*) FROM {t} GROUP BY {city} ORDER BY count(*)", 3),
        ("How many are in Oslo or Rome each?",
         "SELECT count(*) FROM {t} WHERE {city} IN ('Oslo', 'Rome') GROUP BY {city}", 2),
        ("Oslo or Rome", "SELECT count(*) FROM {t} WHERE {name} = 'Ada'", 1),
        ("Ada of Oslo or Rome",
         "SELECT count(*) FROM {t} WHERE {name} = 'Ada' AND {city} = 'Oslo' OR {city} = 'Rome'", 2),
        ("Oslo or Rome", "SELECT count(*) FROM {t} WHERE {city} = 'Oslo' OR {city} = 'Oslo'", 3),
    ],
)  # fmt: skip
def test_no_value_of_a_list_is_left_out(
    home: tuple[Database, dict[str, str]], question: str, sql: str, found: int
) -> None:
    assert rows(home, ask(home, question, sql))[0] == (found,)


def test_a_row_that_is_one_thing_or_another_is_not_both(
    home: tuple[Database, dict[str, str]],
) -> None:
    found = rows(home, ask(home, "{t} in Oslo or Rome", f"{ONE_OR_TWO} 'Rome'"))
    assert found == [("Ada",), ("Bo",), ("Cy",)]


@pytest.mark.parametrize(
    ("question", "sql", "shown"),
    [
        ("What is the greatest {size}?", "SELECT {name} FROM {t} ORDER BY {size} DESC LIMIT 1",
         ("1010 cm",)),
        ("What is the greatest name?", "SELECT {name} FROM {t} ORDER BY {size} DESC LIMIT 1",
         ("Cy",)),
        ("What is the {city} of the greatest?", "SELECT {city} FROM {t} ORDER BY {key} LIMIT 1",
         ("Oslo",)),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_shown_and_not_who_has_it(
    home: tuple[Database, dict[str, str]], question: str, sql: str, shown: tuple[object, ...]
) -> None:
    assert rows(home, ask(home, question, sql)) == [shown]


@pytest.mark.parametrize("aggregate", ["sum({key})", "avg({key})"])
def test_a_sum_of_keys_counts_against_a_candidate(
    home: tuple[Database, dict[str, str]], aggregate: str
) -> None:
    assert ask(home, "how much", f"SELECT {aggregate} FROM {{t}}").penalty == 3.0


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("{t} that are not in Oslo", "{city} != 'Oslo'"),
        ("everything but Oslo", "{city} <> 'Oslo'"),
        ("{t} outside Oslo", "{city} != 'Oslo'"),
        ("those with a birth", "NOT {birth} IS NULL"),
        ("those from Oslo or Rome", "{city} = 'Oslo' OR {city} = 'Rome'"),
        ("from 1 to 3", "{key} BETWEEN 1 AND 3"),
        ("below the most", "{key} < (SELECT max({key}) FROM {t})"),
    ],
)
def test_what_makes_sense_does_not_count_against_a_candidate(
    home: tuple[Database, dict[str, str]], question: str, where: str
) -> None:
    assert ask(home, question, f"SELECT {{name}} FROM {{t}} WHERE {where}").penalty == 0.0
