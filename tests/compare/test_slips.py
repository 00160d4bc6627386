"""Slips that the clauses of two queries do not show."""

from __future__ import annotations

import pytest

from text2sql.compare.slips import not_sql, slips
from text2sql.query.tree import statement

RATIO = "SELECT CAST(sum(a) AS REAL) / count(*) FROM t"
DROPPED = "It divides whole numbers, which drops the fraction."


@pytest.mark.parametrize(
    "found",
    [
        "SELECT count(a) / count(*) FROM t",
        "SELECT round(sum(CASE WHEN a > 1 THEN 1 ELSE 0 END) * 100 / count(*), 2) FROM t",
        "SELECT sum(IIF(a > 1, 1, 0)) / 7 FROM t",
        "SELECT (SELECT count(*) FROM t) / (SELECT count(*) - 1 FROM u) FROM t",
    ],
)
def test_a_quotient_of_whole_numbers_is_said_to_drop_the_fraction(found: str) -> None:
    assert list(slips(statement(RATIO), statement(found))) == [DROPPED]


@pytest.mark.parametrize(
    ("gold", "found"),
    [
        (RATIO, "SELECT sum(a) / count(*) FROM t"),  # the cells may be fractions
        (RATIO, "SELECT count(a) * 1.0 / count(*) FROM t"),
        (RATIO, "SELECT CAST(count(a) AS FLOAT) / count(*) FROM t"),
        (RATIO, "SELECT count(a) FROM t"),
        ("SELECT count(a) / count(*) FROM t", "SELECT count(b) / count(*) FROM t"),
        ("SELECT a FROM t", "SELECT count(a) / count(*) FROM t"),
    ],
)
def test_another_quotient_is_not(gold: str, found: str) -> None:
    assert list(slips(statement(gold), statement(found))) == []


def test_texts_in_another_letter_case_are_named() -> None:
    gold, found = "a = 'Paris' AND b = 'x' AND c = 'A'", "a = 'paris' AND b = 'y' AND c = 'A'"
    queries = (statement(f"SELECT a FROM t WHERE {text}") for text in (gold, found))
    assert list(slips(*queries)) == ["It writes 'paris' where the gold query has 'Paris'."]


@pytest.mark.parametrize(
    ("prediction", "error", "said"),
    [
        ("  ```sql SELECT 1", "", "it starts with a Markdown fence (```)"),
        ("SELECT 1 ```", 'unrecognized token: "```"', "it holds a Markdown fence (```)"),
        ("SELECT 1 ```", "no such column: a", ""),
        (
            "Here it is: ```sql SELECT 1```",
            "Only reading is allowed here: a query starts with SELECT or WITH, not HERE.",
            "it starts with a text before a Markdown fence (```)",
        ),
        (
            "SELECT a\\_b",
            'unrecognized token: "\\"',
            "it has \\_ where SQL has _, as Markdown writes it",
        ),
        (
            "SELECT 'Women\\'s Soccer'",
            'near "s": syntax error',
            "it has \\' in a text, where SQL doubles the apostrophe",
        ),
        ("SELECT '\\_'", "no such column: a", ""),
        ("SELECT 1", "no such table: t", ""),
    ],
)
def test_what_is_no_sql_is_named_where_it_is_why_a_query_fails(
    prediction: str, error: str, said: str
) -> None:
    assert not_sql(prediction, error) == said
