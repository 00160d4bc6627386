"""Keys that a person corrects."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.errors import SchemaError
from text2sql.linking.key_edits import key_text, parse_key, undeclared_keys, with_chosen_keys
from text2sql.linking.keys import with_keys


@pytest.fixture
def league(tmp_path: Path) -> Database:
    path = tmp_path / "league.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE teams (id INT, name TEXT)")
        connection.execute("CREATE TABLE matches (home_team_id INT, winner INT)")
        connection.executemany("INSERT INTO teams VALUES (?, ?)", [(1, "a"), (2, "b")])
        connection.execute("INSERT INTO matches VALUES (1, 2)")
    return Database.from_sqlite(path)


def texts(database: Database) -> list[str]:
    return [key_text(key, database.schema) for key in undeclared_keys(database)]


def test_a_key_is_removed_and_another_added_and_none_is_guessed_again(league: Database) -> None:
    assert texts(league) == ["matches.home_team_id = teams.id"]
    assert texts(with_chosen_keys(league, [])) == []
    added = parse_key("MATCHES.winner = teams.ID", league.schema)
    chosen = with_chosen_keys(league, [added])
    assert texts(chosen) == ["matches.winner = teams.id"]
    assert with_keys(chosen) is chosen


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("matches.winner", "is not a key; write it as"),
        ("matches.loser = teams.id", "There is no column 'matches.loser'"),
        ("teams.id = teams.id", "cannot refer to itself"),
    ],
)
def test_what_is_no_key_is_refused_in_a_sentence(league: Database, text: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        parse_key(text, league.schema)


def test_keys_are_bounded_in_number(league: Database) -> None:
    key = parse_key("matches.winner = teams.id", league.schema)
    with pytest.raises(SchemaError, match="the limit is 500"):
        with_chosen_keys(league, [key] * 501)
