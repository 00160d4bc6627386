import pytest

from text2sql.compare import clause_differences
from text2sql.query import parse
from text2sql.schema import Schema

JOINED = "SELECT name FROM singer JOIN song ON singer.id = song.singer_id"


def _differences(gold: str, found: str, schema: Schema) -> list[str]:
    return [str(d) for d in clause_differences(parse(gold, schema), parse(found, schema), schema)]


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ("SELECT name FROM singer", "SELECT age FROM singer", ["SELECT: expected name, got age"]),
        ("SELECT name, age FROM singer", "SELECT age FROM singer", ["SELECT: missing name"]),
        (
            "SELECT name FROM singer",
            "SELECT name, max(age) FROM singer",
            ["SELECT: unexpected max(age)"],
        ),
        (
            "SELECT DISTINCT name FROM singer",
            "SELECT name FROM singer",
            ["DISTINCT: missing DISTINCT"],
        ),
        (
            "SELECT name FROM singer WHERE age > 20",
            "SELECT name FROM singer WHERE age >= 20",
            ["WHERE: expected age > 20, got age >= 20"],
        ),
        (
            "SELECT name FROM singer WHERE country = 'it''s' AND age BETWEEN 1 AND 2",
            "SELECT name FROM singer WHERE country NOT IN ('x', 'y') AND age IS NOT NULL",
            [
                "WHERE: expected country = 'it''s', age BETWEEN 1 AND 2, "
                "got country NOT IN ('x', 'y'), age IS NOT NULL"
            ],
        ),
        (
            "SELECT name FROM singer WHERE age > 1 AND rank = 1",
            "SELECT name FROM singer WHERE age > 1 OR rank = 1",
            ["WHERE: expected age > 1 AND rank = 1, got age > 1 OR rank = 1"],
        ),
        (
            JOINED,
            "SELECT name FROM singer JOIN song ON singer.rank = song.singer_id",
            ["JOIN: expected singer.id = song.singer_id, got singer.rank = song.singer_id"],
        ),
        (
            JOINED,
            "SELECT name FROM singer",
            ["FROM: missing song", "JOIN: missing singer.id = song.singer_id"],
        ),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) > 1",
            "SELECT country FROM singer GROUP BY name",
            ["GROUP BY: expected country, got name", "HAVING: missing count(*) > 1"],
        ),
        (
            "SELECT name FROM singer ORDER BY age DESC, name LIMIT 1",
            "SELECT name FROM singer ORDER BY age LIMIT 3",
            ["ORDER BY: expected age DESC, name, got age", "LIMIT: expected 1, got 3"],
        ),
        (
            "SELECT name FROM singer UNION SELECT title FROM song WHERE id = 1",
            "SELECT name FROM singer UNION SELECT title FROM song WHERE id = 2",
            ["after UNION, WHERE: expected id = 1, got id = 2"],
        ),
        (
            "SELECT name FROM singer EXCEPT SELECT title FROM song",
            "SELECT name FROM singer",
            ["Set operation: missing EXCEPT SELECT title FROM song"],
        ),
        (
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)",
            "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
            [
                "WHERE: expected id IN (SELECT singer_id FROM song), "
                "got id NOT IN (SELECT singer_id FROM song)"
            ],
        ),
        (
            "SELECT count(*) FROM (SELECT DISTINCT age - id FROM singer ORDER BY age LIMIT 2)",
            "SELECT count(*) FROM song",
            [
                "FROM: expected (SELECT DISTINCT age - id FROM singer ORDER BY age LIMIT 2),"
                " got song"
            ],
        ),
    ],
)
def test_each_difference_is_said_by_its_clause(
    schema: Schema, gold: str, found: str, expected: list[str]
) -> None:
    assert _differences(gold, found, schema) == expected


@pytest.mark.parametrize(
    ("gold", "found"),
    [
        ("SELECT name, age FROM singer", "SELECT age, name FROM singer"),
        (JOINED, "SELECT name FROM song AS a JOIN singer AS b ON a.singer_id = b.id"),
        (
            "SELECT id FROM singer WHERE age > 1 AND rank = 1",
            "SELECT id FROM singer WHERE rank = 1 AND age > 1",
        ),
    ],
)
def test_order_is_no_difference(schema: Schema, gold: str, found: str) -> None:
    assert _differences(gold, found, schema) == []
