"""BIRD's metrics, whose expected values were worked out by hand from what its scripts do."""

from __future__ import annotations

import pytest

from text2sql.databases import Database
from text2sql.metrics.bird import Row, bird_match, reward, soft_f1, valid_efficiency
from text2sql.sandbox import Limits

NAMES = "SELECT name FROM singer"
FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


@pytest.mark.parametrize(
    ("gold", "prediction", "match"),
    [
        (NAMES, NAMES + " ORDER BY id DESC", True),
        (NAMES, "SELECT DISTINCT name FROM singer", True),  # rows are a set
        ("SELECT name, age FROM singer", "SELECT age, name FROM singer", False),
        ("SELECT 1", "SELECT 1.0", True),
        ("SELECT 1 WHERE 0", "SELECT name, age FROM singer WHERE 0", True),
        (NAMES, NAMES + ";", True),
        (NAMES, NAMES + "; SELECT 1", False),  # sqlite3 refuses two statements
        (NAMES, NAMES + ";\n```", False),
        (NAMES, "SELECT nope FROM singer", False),
        (NAMES, " ", False),
        ("SELECT nope FROM singer", "SELECT nope FROM singer", False),
    ],
)
def test_execution_accuracy_compares_rows_as_sets(
    database: Database, gold: str, prediction: str, match: bool
) -> None:
    assert bird_match(gold, prediction, database).match is match


def test_a_query_that_never_ends_is_wrong_in_time(database: Database) -> None:
    found = bird_match(NAMES, FOREVER, database, Limits(timeout_s=0.2))
    assert (found.match, found.soft_f1) == (False, 0.0)


@pytest.mark.parametrize(
    ("gold", "found", "f1"),
    [
        ([], [], 1.0),
        ([(1,)], [], 0.0),
        ([], [(1,)], 0.0),
        ([(1, 2)], [(2, 1)], 1.0),  # cells agree in any column
        ([(1, 2)], [(1, 3)], 0.5),
        ([(1,), (2,)], [(1,)], 2 / 3),  # one row of two: precision 1, recall 1/2
        ([(1,), (1,), (2,)], [(1,), (2,)], 1.0),  # repeated rows count once
        ([(1,)], [(1, 2)], 2 / 3),  # a column too many: precision 1/2, recall 1
        ([(1,), (2,)], [(2,), (1,)], 0.0),  # rows are paired in the order returned
    ],
)
def test_soft_f1_counts_cells_row_by_row(gold: list[Row], found: list[Row], f1: float) -> None:
    assert soft_f1(gold, found) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("ratio", "given"),
    [(2.0, 1.25), (1.99, 1.0), (1.0, 1.0), (0.99, 0.75), (0.5, 0.75), (0.25, 0.5), (0.2, 0.25)],
)
def test_a_right_query_is_rewarded_by_its_speed(ratio: float, given: float) -> None:
    assert reward(ratio) == given


def test_efficiency_is_the_root_of_the_reward_of_right_queries(database: Database) -> None:
    slow = f"SELECT count(*) FROM ({FOREVER} LIMIT 300000)"
    assert valid_efficiency(slow, "SELECT 300000", database, repeats=3) == pytest.approx(1.25**0.5)
    assert valid_efficiency("SELECT 300000", slow, database, repeats=3) == 0.5
    assert valid_efficiency("SELECT 1", "SELECT 2", database, repeats=3) == 0.0
