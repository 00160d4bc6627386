"""Last month, this year and yesterday, over dates near today and over old ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.answering.corrections import corrected
from text2sql.answering.missing import missing
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index
from text2sql.sandbox import run_query

_DAYS = (
    "date('now')", "date('now', '-1 day')", "date('now', 'start of month', '-1 month', '+3 days')",
    "date('now', 'start of year', '-1 year', '+9 days')", "'2019-01-02'", "NULL",
)  # fmt: skip
COUNT = "SELECT count(*) FROM visits"
LAST_MONTH = "strftime('%Y-%m', seen_on) = strftime('%Y-%m', 'now', 'start of month', '-1 month')"
OLD = "SELECT count(*) FROM letters"


@pytest.fixture
def visits(tmp_path: Path) -> Database:
    """Visits of two days each, up to today; letters, the last of them in 2019."""
    path = tmp_path / "visits.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE visits (guest TEXT, seen_on DATE, paid_on DATE)")
        for day in _DAYS:
            connection.execute(f"INSERT INTO visits VALUES ('Ada', {day}, {day})")
        connection.execute("CREATE TABLE letters (sent_on DATE)")
        connection.execute("INSERT INTO letters VALUES ('2019-01-02'), ('2018-05-06')")
    return Database.from_sqlite(path)


def ask(database: Database, question: str, sql: str) -> str:
    return corrected(Candidate(sql, -1.0), question, database.schema, cell_index(database)).sql


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("How many visits were seen last month?", f"{COUNT} WHERE seen_on = 'last'",
         f"{COUNT} WHERE {LAST_MONTH}"),
        ("visits last month", f"{COUNT} WHERE seen_on > 1 AND guest = 'Ada'",
         f"{COUNT} WHERE guest = 'Ada' AND {LAST_MONTH}"),
        ("visits of last month", "SELECT count(*) FROM visits ORDER BY seen_on DESC LIMIT 1",
         f"{COUNT} WHERE {LAST_MONTH}"),
        ("visits of the previous year", f"{COUNT} WHERE seen_on NOT NULL",
         f"{COUNT} WHERE strftime('%Y', seen_on) = "
         "strftime('%Y', 'now', 'start of year', '-1 year')"),
        ("this year's visits", f"{COUNT} WHERE seen_on NOT NULL",
         f"{COUNT} WHERE strftime('%Y', seen_on) = strftime('%Y', 'now')"),
        ("who came yesterday", "SELECT guest FROM visits WHERE seen_on = 'yesterday'",
         "SELECT guest FROM visits WHERE strftime('%Y-%m-%d', seen_on) = "
         "strftime('%Y-%m-%d', 'now', '-1 day')"),
    ],
)  # fmt: skip
def test_a_period_is_counted_from_today(
    visits: Database, question: str, sql: str, expected: str
) -> None:
    assert ask(visits, question, sql) == expected
    assert run_query(visits, expected).error is None


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("visits last month", COUNT),  # seen or paid?
        ("letters of last month", OLD),  # there are none that late
        ("visits", f"{COUNT} WHERE seen_on = 'last'"),
        ("visits last month", f"{COUNT} WHERE seen_on > date('now', '-1 month')"),
    ],
)
def test_a_query_stays_where_the_period_is_none_or_unclear(
    visits: Database, question: str, sql: str
) -> None:
    assert ask(visits, question, sql) == sql


def test_an_answer_that_is_not_limited_to_the_period_says_so(visits: Database) -> None:
    said = "The question asks for last month; the answer is not limited to it, because no date "
    said += "of the database is that late, or because it is unclear which date is meant."
    assert missing("letters of last month", OLD, visits.schema, None) == (said,)
    dated = f"{COUNT} WHERE {LAST_MONTH}"
    assert missing("visits last month", dated, visits.schema, None) == ()
