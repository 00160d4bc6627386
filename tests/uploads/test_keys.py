"""Keys, guessed from names and values."""

from __future__ import annotations

from typing import Any

import pytest

from text2sql.uploads.keys import GuessedKey, foreign_keys, primary_key


@pytest.mark.parametrize(
    ("table", "columns", "key"),
    [
        ("customers", {"name": ["a", "b"], "id": [1, 2]}, "id"),
        ("customers", {"region_id": [1, 2], "customer_id": [7, 8]}, "customer_id"),
        ("big_cities", {"name": ["a"], "CityCode": ["x"]}, "CityCode"),
        ("countries", {"code": ["DE", "FR"], "name": ["x", "y"]}, "code"),
        ("sales", {"id": [1, 1]}, None),  # not unique
        ("sales", {"id": [1, None]}, None),
        ("sales", {"amount": [1, 2]}, None),  # unique by chance
        ("sales", {"id": []}, None),
    ],
)
def test_a_primary_key_is_called_like_one_and_tells_rows_apart(
    table: str, columns: dict[str, list[Any]], key: str | None
) -> None:
    assert primary_key(table, columns) == key


def test_a_first_column_that_is_called_like_another_table_is_not_the_key() -> None:
    columns = {"home_team_id": [2, 1], "played": ["a", "b"]}
    assert primary_key("matches", columns, ["teams", "matches"]) is None


TEAMS = {"id": [1, 2, 3], "name": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("column", "cells", "found"),
    [
        ("team_id", [1, 2, None], True),
        ("home_team_id", [3, 3], True),
        ("TeamID", [1], True),
        ("team", [2], True),
        ("team_id", [1, 4], False),  # there is no team 4
        ("team_id", [None, None], False),
        ("points", [1, 2], False),  # the values are there, but it is called otherwise
    ],
)
def test_a_foreign_key_is_called_like_a_table_and_all_its_values_are_there(
    column: str, cells: list[Any], found: bool
) -> None:
    tables = {"teams": TEAMS, "matches": {"id": range(len(cells)), column: cells}}
    keys = [GuessedKey("matches", column, "teams", "id")] if found else []
    assert foreign_keys(tables, {"teams": "id", "matches": "id"}) == keys


def test_a_table_may_refer_to_itself_and_to_a_key_by_its_own_name() -> None:
    tables = {
        "staff": {"staff_no": [1, 2], "parent_id": [None, 1]},
        "shift": {"id": [9], "staff_no": [2]},
    }
    assert foreign_keys(tables, {"staff": "staff_no", "shift": "id"}) == [
        GuessedKey("staff", "parent_id", "staff", "staff_no"),
        GuessedKey("shift", "staff_no", "staff", "staff_no"),
    ]
