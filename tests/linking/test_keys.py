"""Keys, guessed from names and values."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.linking import key_cells, keys
from text2sql.linking.keys import with_keys

Make = Callable[..., Database]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*tables: tuple[str, Sequence[tuple[object, ...]]]) -> Database:
        path = tmp_path / "made.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            for declaration, rows in tables:
                connection.execute(f"CREATE TABLE {declaration}")
                name = declaration.split("(")[0]
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)
        return Database.from_sqlite(path)

    return made


def references(database: Database) -> list[str]:
    """The keys of a database with guesses, ``~`` before those that are guessed."""
    schema = with_keys(database).schema
    return [
        f"{'~' * k.guessed}{schema.tables[k.table].name}."
        f"{schema.tables[k.table].columns[k.column].name} "
        f"{schema.tables[k.ref_table].name}.{schema.tables[k.ref_table].columns[k.ref_column].name}"
        for k in schema.foreign_keys
    ]


TEAMS = ("teams(id INT, name TEXT)", [(1, "a"), (2, "b"), (3, "c")])


@pytest.mark.parametrize(
    ("column", "cells", "found"),
    [
        ("team_id", [1, 2, None], True),
        ("home_team_id", [3, 3], True),
        ("TeamID", [1], True),
        ("team", [2, 1, 3], True),
        ("team_id", [1, 4, 5, 6], False),  # most of these teams are not there
        ("points", [1, 2], False),  # the values are there, but it is called otherwise
        ("team", [0, 1, 1, 0], False),  # yes or no
    ],
)
def test_a_guess_needs_a_name_and_values_that_are_all_there(
    make: Make, column: str, cells: list[object], found: bool
) -> None:
    matches = (f"matches(played TEXT, {column} INT)", [("2024", cell) for cell in cells])
    expected = [f"~matches.{column} teams.id"] if found else []
    assert references(make(TEAMS, matches)) == expected


def test_a_column_that_does_not_tell_rows_apart_is_no_key(make: Make) -> None:
    teams = ("teams(id INT, name TEXT)", [(1, "a"), (1, "b")])
    assert references(make(teams, ("matches(team_id INT)", [(1,)]))) == []


def test_a_table_may_refer_to_itself(make: Make) -> None:
    staff = ("staff(staff_no INT, name TEXT, reports_to INT)", [(1, "a", None), (2, "b", 1)])
    assert references(make(staff)) == ["~staff.reports_to staff.staff_no"]


def test_texts_that_are_all_in_a_key_refer_to_it_whatever_they_are_called(make: Make) -> None:
    ports = ("port(unlocode TEXT PRIMARY KEY)", [("DEHAM",), ("NLRTM",), ("SGSIN",), ("CNSHA",)])
    rows = [(1, "DEHAM"), (2, "SGSIN"), (3, "CNSHA")]
    assert references(make(ports, ("voyage(id INT, pol TEXT)", rows))) == [
        "~voyage.pol port.unlocode"
    ]


def test_columns_that_together_are_a_key_are_guessed_together(make: Make) -> None:
    room = ("room(building TEXT, nr INT, PRIMARY KEY (building, nr))", [("A", 1), ("A", 2)])
    lesson = ("lesson(building TEXT, nr INT, topic TEXT)", [("A", 2, "x"), ("A", 2, "y")])
    assert references(make(room, lesson)) == [
        "~lesson.building room.building",
        "~lesson.nr room.nr",
    ]


def test_declared_keys_win_and_tables_that_they_tie_get_no_guesses(make: Make) -> None:
    match = (
        "match(id INTEGER PRIMARY KEY, winner INT REFERENCES teams(id), home_team_id INT)",
        [(1, 1, 2)],
    )
    goal = ("goal(minute INT, match_id INT)", [(9, 1)])
    teams = ("teams(id INTEGER PRIMARY KEY, name TEXT)", [(1, "a"), (2, "b")])
    assert references(make(teams, match, goal)) == [
        "match.winner teams.id",
        "~goal.match_id match.id",
    ]


def test_a_guessed_primary_key_says_so(make: Make) -> None:
    column = with_keys(make(TEAMS)).schema.tables[0].columns[0]
    assert (column.primary_key, column.guessed_key) == (True, True)


def test_guesses_are_made_once_until_the_file_changes(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = make(TEAMS, ("matches(team_id INT)", [(1,)]))
    first = with_keys(database)
    monkeypatch.setattr(key_cells, "run_query", None)
    assert with_keys(database) == first
    assert with_keys(first) is first


def test_what_cannot_be_looked_at_in_time_is_guessed_by_telling_names_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_cells, "_GUESSING_S", 0.0)
    matches = ("matches(team_id INT, winner INT)", [(7, 1)])
    assert references(make(TEAMS, matches)) == ["~matches.team_id teams.id"]


def test_a_view_refers_to_tables_and_none_refers_to_it(make: Make) -> None:
    database = make(TEAMS, ("matches(team_id INT)", [(1,)]))
    assert database.path is not None
    with closing(sqlite3.connect(database.path)) as connection, connection:
        connection.execute(
            "CREATE VIEW wins AS SELECT team_id, count(*) AS n FROM matches GROUP BY 1"
        )
    assert references(Database.from_sqlite(database.path)) == [
        "~matches.team_id teams.id",
        "~wins.team_id teams.id",
    ]


def test_a_guess_that_ran_out_of_time_is_made_anew_after_a_minute(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # most of these teams are not there, which the cells alone can tell
    database = make(TEAMS, ("players(team_id INT)", [(1,), (4,), (5,), (6,)]))
    by_name = ["~players.team_id teams.id"]
    with monkeypatch.context() as busy:
        busy.setattr(key_cells, "_GUESSING_S", 0.0)
        assert references(database) == by_name
    assert references(database) == by_name  # not at once: reading may take seconds
    now = time.monotonic() + 61.0
    monkeypatch.setattr(keys.time, "monotonic", lambda: now)
    assert references(database) == []
