"""The official script's rewriting of texts, and where ours differs from it on purpose."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.metrics.exact_set import exact_set
from text2sql.metrics.execution import execution
from text2sql.metrics.official_text import (
    fill_placeholders,
    first_statement,
    official_execution_text,
    runnable,
)

#: Names that the official script takes for placeholders.
_TABLES = """
CREATE TABLE stock (id INTEGER PRIMARY KEY, market_value INTEGER, "value" INTEGER, valued TEXT);
INSERT INTO stock VALUES (1, 10, 5, 'a'), (2, 20, 6, 'b'), (3, 20, 7, 'b');
"""


@pytest.fixture(scope="module")
def stocks(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path: Path = tmp_path_factory.mktemp("stocks") / "stocks.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(_TABLES)
    connection.close()
    return Database.from_sqlite(path)


def test_spaced_operators_and_the_current_year_are_mended() -> None:
    assert runnable("b ! = 1 AND a > = YEAR ( CURDATE ( ) )") == "b != 1 AND a >= 2020"


def test_what_stands_in_quotes_is_not_mended() -> None:
    quoted = "SELECT 'a > = b', \"my value here\" -- year(curdate()) > = value \nFROM t"
    assert runnable(quoted) == quoted
    assert fill_placeholders(quoted) == quoted
    assert fill_placeholders("x = ' value ' AND y = value ") == "x = ' value ' AND y = 1 "


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("SELECT 1", "SELECT 1", ""),
        ("SELECT 1;", "SELECT 1;", ""),
        ("SELECT 1; ; -- done\n/* really */;", "SELECT 1; ; -- done\n/* really */;", ""),
        ("SELECT ';' FROM t", "SELECT ';' FROM t", ""),
        ("SELECT 1; SELECT 2", "SELECT 1;", "SELECT 2"),
        ("SELECT 1;\n```", "SELECT 1;", "```"),
        ("SELECT 1; It counts all.", "SELECT 1;", "It counts all."),
        ("SELECT CASE WHEN a THEN 1 END; SELECT 2", "SELECT CASE WHEN a THEN 1 END;", "SELECT 2"),
        ("", "", ""),
        (";", ";", ""),
    ],
)
def test_the_first_statement_is_parted_from_the_rest(text: str, first: str, rest: str) -> None:
    assert first_statement(text) == (first, rest)


def test_only_a_prediction_s_values_are_replaced_and_also_inside_names() -> None:
    sql = "SELECT DISTINCT market_value FROM stock WHERE value > 1; SELECT 2"
    prediction = official_execution_text(sql, gold=False)
    assert prediction == "SELECT  market_1 FROM stock WHERE 1 > 1; "
    assert official_execution_text(sql, gold=True) == (
        "SELECT  market_value FROM stock WHERE value > 1; "
    )
    assert official_execution_text(sql, gold=True, keep_distinct=True) == sql


def test_a_placeholder_is_filled_where_nothing_is_called_so(stocks: Database) -> None:
    asked = "SELECT id FROM stock WHERE value > 5"
    assert fill_placeholders("age > value AND x") == "age > 1 AND x"
    assert fill_placeholders(asked, stocks.schema) == asked


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT market_value FROM stock",
        "SELECT id FROM stock WHERE value > 5",
        "SELECT valued FROM stock",
        "SELECT id FROM stock WHERE valued = 'value'",
    ],
)
def test_only_the_official_verdict_takes_names_for_placeholders(stocks: Database, sql: str) -> None:
    assert execution(sql, sql, stocks).match
    assert exact_set(sql, sql, stocks.schema).match
    assert execution(sql, sql, stocks, official=True).match == (sql == sql.replace("value", "1"))


def test_both_verdicts_take_the_first_statement(stocks: Database) -> None:
    gold = "SELECT DISTINCT id FROM stock"
    for prediction in (gold + "; SELECT 7", gold + ";\n```", gold + "; Here they are."):
        found = execution(gold, prediction, stocks)
        assert found.match
        assert found.left_out
        assert execution(gold, prediction, stocks, official=True).match
