"""Queries with their ties broken in two ways."""

import pytest

from text2sql.metrics.ties import tie_breaks


@pytest.mark.parametrize(
    ("sql", "least", "greatest"),
    [
        (
            "SELECT name, age FROM singer ORDER BY rank DESC LIMIT 1;",
            "SELECT name, age FROM singer ORDER BY rank DESC, 1 ASC, 2 ASC LIMIT 1",
            "SELECT name, age FROM singer ORDER BY rank DESC, 1 DESC, 2 DESC LIMIT 1",
        ),
        (
            "SELECT * FROM singer ORDER BY rank",
            "SELECT * FROM singer ORDER BY rank, 1 ASC",
            "SELECT * FROM singer ORDER BY rank, 1 DESC",
        ),
        (
            "SELECT name FROM singer WHERE age = (SELECT age FROM singer ORDER BY rank LIMIT 1)",
            "SELECT name FROM singer "
            "WHERE age = (SELECT age FROM singer ORDER BY rank, 1 ASC LIMIT 1)",
            "SELECT name FROM singer "
            "WHERE age = (SELECT age FROM singer ORDER BY rank, 1 DESC LIMIT 1)",
        ),
        (
            "SELECT name FROM singer UNION SELECT title FROM song ORDER BY name LIMIT 3",
            "SELECT name FROM singer UNION SELECT title FROM song ORDER BY name, 1 ASC LIMIT 3",
            "SELECT name FROM singer UNION SELECT title FROM song ORDER BY name, 1 DESC LIMIT 3",
        ),
    ],
)
def test_what_is_selected_breaks_ties_in_both_directions(
    sql: str, least: str, greatest: str
) -> None:
    assert tie_breaks(sql) == [least, greatest]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM singer",
        "SELECT row_number() OVER (ORDER BY age) FROM singer",
        "SELECT FROM WHERE ((",
    ],
)
def test_without_an_order_there_are_no_ties(sql: str) -> None:
    assert tie_breaks(sql) == []
