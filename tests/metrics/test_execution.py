import sqlite3
from collections import Counter
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.conftest import Official
from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.metrics import execution
from text2sql.metrics.execution import Row, runnable, same_rows, without_distinct
from text2sql.sandbox import Limits
from text2sql.schema import Schema


@pytest.mark.parametrize(
    ("gold", "prediction"),
    [
        ("SELECT name, age FROM singer", "SELECT age, name FROM singer"),
        ("SELECT name FROM singer", "SELECT name FROM singer ORDER BY age"),
        ("SELECT DISTINCT country FROM singer", "SELECT country FROM singer"),
        ("SELECT count(DISTINCT country) FROM singer", "SELECT count(country) FROM singer"),
        ("SELECT name FROM singer WHERE age > 90", "SELECT id, age FROM singer WHERE age > 80"),
        ("SELECT name FROM singer ORDER BY id", "SELECT name FROM singer ORDER BY id ASC"),
        ("SELECT id FROM singer WHERE age >= 30", "SELECT id FROM singer WHERE age > = 30"),
        ("SELECT id FROM singer WHERE rank > 1", "SELECT id FROM singer WHERE rank > value "),
    ],
)
def test_the_same_rows_match(database: Database, gold: str, prediction: str) -> None:
    assert execution(gold, prediction, database).match


@pytest.mark.parametrize(
    ("gold", "prediction"),
    [
        ("SELECT name FROM singer", "SELECT DISTINCT id FROM singer"),
        ("SELECT country FROM singer", "SELECT country FROM singer GROUP BY country"),
        ("SELECT name FROM singer ORDER BY id", "SELECT name FROM singer ORDER BY id DESC"),
        ("SELECT name, age FROM singer", "SELECT name FROM singer"),
        ("SELECT id, rank FROM singer", "SELECT id, id FROM singer"),
        ("SELECT name FROM singer", "SELECT nme FROM singer"),
        ("SELECT name FROM singer", ""),
    ],
)
def test_other_rows_do_not_match(database: Database, gold: str, prediction: str) -> None:
    assert not execution(gold, prediction, database).match


def test_two_queries_that_fail_do_not_match(database: Database) -> None:
    assert not execution("SELECT nme FROM singer", "SELECT nam FROM singer", database).match


def test_a_name_is_run_as_it_is_unless_the_official_verdict_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "shares.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE share (market_value INTEGER)")
    sql = "SELECT market_value FROM share"
    assert execution(sql, f"{sql} ", path).match
    assert not execution(sql, f"{sql} ", path, official=True).match


def test_distinct_counts_on_request(database: Database) -> None:
    gold, prediction = "SELECT DISTINCT country FROM singer", "SELECT country FROM singer"
    assert not execution(gold, prediction, database, keep_distinct=True).match


def test_a_failed_prediction_keeps_its_reason(database: Database) -> None:
    verdict = execution("SELECT name FROM singer", "SELECT nme FROM singer", database)
    assert verdict.prediction.error == "no such column: nme"


def test_nothing_matches_a_gold_that_does_not_run_not_even_itself(database: Database) -> None:
    verdict = execution("SELECT nme FROM singer", "SELECT nme FROM singer", database)
    assert (verdict.match, verdict.gold.error) == (False, "no such column: nme")


@pytest.mark.parametrize(
    "prediction",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "DELETE FROM singer",
        "SELECT randomblob(1000000000)",
    ],
)
def test_a_prediction_without_end_or_with_other_plans_is_wrong_and_over_soon(
    database: Database, prediction: str
) -> None:
    verdict = execution(
        "SELECT name FROM singer", prediction, database, limits=Limits(timeout_s=0.3)
    )
    assert not verdict.match
    assert len(verdict.prediction.rows) <= 104
    assert verdict.prediction.elapsed_s < 2


def test_a_changed_file_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    for name in ("a", "b"):
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE IF EXISTS t")
            connection.execute("CREATE TABLE t AS SELECT ? AS name", [name])
        connection.close()
        assert execution("SELECT name FROM t", "SELECT 'b'", path).match is (name == "b")


def test_a_database_without_a_file_is_an_error(schema: Schema) -> None:
    with pytest.raises(DatabaseError, match="There is no database file for 'music'"):
        execution("SELECT 1", "SELECT 1", Database("music", schema))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT DISTINCT name", "SELECT  name"),
        ("SELECT count(distinct name)", "SELECT count( name)"),
        ("SELECT 'distinct', \"distinct\"", "SELECT 'distinct', \"distinct\""),
        ("SELECT distinctly", "SELECT distinctly"),
        ("SELECT 'it''s distinct' -- distinct", "SELECT 'it''s distinct' -- distinct"),
    ],
)
def test_distinct_is_taken_out_where_it_is_a_keyword(sql: str, expected: str) -> None:
    assert without_distinct(sql) == expected


def test_what_the_official_script_mends_is_mended() -> None:
    assert runnable("b ! = 1 AND a > = YEAR ( CURDATE ( ) )") == "b != 1 AND a >= 2020"


_ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[st.sampled_from([None, 0, 1, 2.5, "a", "b"])] * width), min_size=1, max_size=6
    )
)


@given(rows=_ROWS, ordered=st.booleans())
def test_rows_are_the_same_as_themselves(rows: list[Row], ordered: bool) -> None:
    assert same_rows(rows, rows, ordered=ordered)


@given(rows=_ROWS, data=st.data())
def test_columns_may_move_and_rows_too_where_order_does_not_count(
    rows: list[Row], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows[0]))))
    moved = [tuple(row[i] for i in order) for row in rows]
    assert same_rows(rows, moved, ordered=True)
    assert same_rows(rows, data.draw(st.permutations(moved)), ordered=False)


@given(one=_ROWS, two=_ROWS, ordered=st.booleans())
def test_being_the_same_is_symmetric(one: list[Row], two: list[Row], ordered: bool) -> None:
    assert same_rows(one, two, ordered=ordered) is same_rows(two, one, ordered=ordered)


@given(one=_ROWS, two=_ROWS)
def test_it_agrees_with_trying_every_order_of_columns(one: list[Row], two: list[Row]) -> None:
    width = len(one[0])
    tried = len(two[0]) == width and any(
        Counter(one) == Counter(tuple(row[i] for i in order) for row in two)
        for order in permutations(range(width))
    )
    assert same_rows(one, two, ordered=False) is tried


def test_many_equal_columns_are_no_burden() -> None:
    wide = [tuple([i % 3] * 40) for i in range(50)]
    assert same_rows(wide, wide[::-1], ordered=False)


def test_it_agrees_with_the_official_script_on_every_row(official: Official) -> None:
    wrong = []
    for row in official.rows:
        path = official.files[row["db_id"]]
        if execution(row["gold"], row["pred"], path).match != row["execution"]:
            wrong.append(row["pred"])
    assert wrong == []
