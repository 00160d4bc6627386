"""What a question asks for and its answer lacks."""

from __future__ import annotations

import pytest

from text2sql.answering.missing import lower_confidence, missing
from text2sql.sandbox import Failure, QueryResult
from text2sql.schema import Schema

SHOP = Schema.from_text("orders(id, day, amount, customer) | colours(id, name)")
ROW, NOTHING = QueryResult(("n",), ((1,),), False, 0.0), QueryResult(("n",), (), False, 0.0)


@pytest.mark.parametrize(
    ("question", "sql", "sentence"),
    [
        ("What percentage of orders is large?", "SELECT count(*) FROM orders",
         "The question asks for a percentage; the answer is a count."),
        ("the share: what share of orders is large?", "SELECT sum(amount) FROM orders",
         "The question asks for a percentage; the answer is a sum."),
        ("median amount", "SELECT avg(amount) FROM orders",
         "The question asks for a median; the answer is an average."),
        ("average amount", "SELECT amount FROM orders",
         "The question asks for an average; the answer is without one."),
        ("the ratio of big to small", "SELECT count(*) FROM orders",
         "The question asks for a ratio; the answer is a count."),
        ("orders by month", "SELECT customer, count(*) FROM orders GROUP BY customer",
         "The question asks for groups by month; the answer is not grouped that way."),
        ("daily amounts", "SELECT amount FROM orders",
         "The question asks for groups by day; the answer is not grouped that way."),
        ("top 3 customers of each colour", "SELECT customer FROM orders ORDER BY amount LIMIT 3",
         "The question asks for the top 3 of each group; the answer has the top 3 overall."),
        ("orders above 250", "SELECT id FROM orders",
         "The question mentions 250; the answer does not use it."),
        ("orders and colours", "SELECT * FROM orders JOIN colours",
         "No key connects colours to the other tables; the query combines each of its rows with "
         "every row of theirs."),
        ("blue orders", "SELECT * FROM orders, colours WHERE colours.id = 'blue'",
         "No key connects colours to the other tables; the query combines each of its rows with "
         "every row of theirs."),
    ],
)  # fmt: skip
def test_what_the_answer_lacks_is_named(question: str, sql: str, sentence: str) -> None:
    assert missing(question, sql, SHOP, ROW) == (sentence,)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("What percentage is large?", "SELECT 100.0 * sum(amount > 9) / count(*) FROM orders"),
        ("orders by month", "SELECT strftime('%m', day), count(*) FROM orders GROUP BY 1"),
        ("orders of at least 5", "SELECT id FROM orders WHERE amount > 4"),
        ("longer than 2 hours", "SELECT id FROM orders WHERE amount > 120"),
        ("orders of 2024", "SELECT id FROM orders WHERE day LIKE '2024-05%'"),
        ("average amount", "SELECT avg(amount) FROM orders"),
        ("both", "SELECT 1 FROM orders JOIN colours ON orders.customer = colours.id"),
        ("in WHERE", "SELECT 1 FROM orders, colours WHERE orders.customer = colours.id"),
    ],
)
def test_an_answer_that_has_it_lacks_nothing(question: str, sql: str) -> None:
    assert missing(question, sql, SHOP, ROW) == ()


def test_a_database_without_dates_says_so() -> None:
    assert missing("orders by month", "SELECT count(*) FROM colours", SHOP, ROW, False) == (
        "The question asks for groups by month; this database has no dates.",
    )


def test_a_table_that_the_file_does_not_have_is_named() -> None:
    absent = QueryResult((), (), False, 0.0, Failure("other", "no such table: colours"))
    assert missing("all colours", "SELECT * FROM colours", SHOP, absent) == (
        "The schema lists the table colours, but the database file does not contain it.",
    )


def test_what_is_missing_and_what_is_empty_lower_the_confidence() -> None:
    assert lower_confidence(0.8, (), ROW) == 0.8
    assert lower_confidence(0.8, ("It lacks something.",), ROW) == pytest.approx(0.16)
    assert lower_confidence(0.8, (), NOTHING) == pytest.approx(0.2)
    assert lower_confidence(0.8, ("No key ties a to b.",), ROW) == pytest.approx(0.08)
    assert lower_confidence(None, (), ROW) is None
