"""Cells drawn as a database's file says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.train.asked.conftest import content
from text2sql.errors import DataError
from train.asked.dataset import AskedDatabase
from train.asked.fill import create


def _changed(spec: list[Any], column: str = "name") -> AskedDatabase:
    changed = content()
    changed["fill"]["singer"]["columns"][column] = spec
    return AskedDatabase(changed)


def test_the_same_file_gives_the_same_rows(choir: AskedDatabase) -> None:
    one, other = (list(create(choir, ":memory:").iterdump()) for _ in range(2))
    assert one == other


def test_a_reference_is_a_value_of_a_table_filled_earlier(choir: AskedDatabase) -> None:
    rows = create(choir, ":memory:").execute('SELECT DISTINCT singer FROM "sung at" ORDER BY 1')
    assert rows.fetchall() == [(1,), (2,), (3,)]


def test_a_date_after_another_of_its_row_comes_after_it(choir: AskedDatabase) -> None:
    query = "SELECT count(*), min(julianday(left_on) - julianday(joined)) >= 1 FROM singer"
    connection = create(choir, ":memory:")
    assert connection.execute(f"{query} WHERE left_on IS NOT NULL").fetchone()[1] == 1


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (["unique", ["Ada"]], "'name' has 1 values"),
        (["random"], "has the unknown spec 'random'"),
        (["__class__"], "has the unknown spec '__class__'"),
    ],
)
def test_an_invalid_spec_is_named(spec: list[Any], fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        create(_changed(spec), ":memory:")


def test_a_plan_that_does_not_fit_its_table_names_the_column() -> None:
    with pytest.raises(DataError, match="differ in \\['voice'\\]"):
        create(_changed(["serial"], "voice"), ":memory:")
