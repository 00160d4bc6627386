"""SQL in English, or nothing."""

import pytest

from text2sql.query.explanation import explanation
from text2sql.schema import Schema

SCHEMA = Schema.from_text("singer(name, age)")


def test_sql_that_can_be_read_is_said() -> None:
    assert explanation("SELECT name FROM singer", SCHEMA) == "The name of each singer."


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT",
        "DELETE FROM singer",
        "SELECT nope FROM singer",
        "SELECT rowid FROM singer",
        "SELECT name FROM singer WHERE name = '" + "x" * 800 + "'",
        "(" * 3000,
    ],
    ids=lambda sql: sql[:40],
)
def test_of_other_sql_nothing_is_said(sql: str) -> None:
    assert explanation(sql, SCHEMA) == ""
