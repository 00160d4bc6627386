import pytest

from tests.metrics.conftest import Official
from text2sql.metrics import hardness
from text2sql.schema import Schema


@pytest.mark.parametrize(
    ("sql", "level"),
    [
        ("SELECT name FROM singer", "easy"),
        ("SELECT name FROM singer WHERE age > 1", "easy"),
        ("SELECT name, age FROM singer WHERE age > 1", "medium"),
        ("SELECT name FROM singer ORDER BY age LIMIT 1", "medium"),
        ("SELECT name FROM singer WHERE age > 1 ORDER BY age LIMIT 1", "hard"),
        ("SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)", "hard"),
        ("SELECT name FROM singer UNION SELECT title FROM song", "hard"),
        ("SELECT name, age FROM singer WHERE id IN (SELECT singer_id FROM song)", "extra"),
        (
            "SELECT name, max(age), min(age) FROM singer WHERE age > 1 AND rank = 1 "
            "GROUP BY country ORDER BY age LIMIT 1",
            "extra",
        ),
        ("SELECT count(*), name FROM singer WHERE name LIKE 'a' OR name LIKE 'b'", "extra"),
    ],
)
def test_a_query_has_the_level_that_spider_gives_it(schema: Schema, sql: str, level: str) -> None:
    assert hardness(sql, schema) == level


def test_a_query_outside_of_the_official_readers_reach_has_a_level_too(schema: Schema) -> None:
    assert hardness("SELECT name FROM singer WHERE age IN (1, 2)", schema) == "easy"


def test_it_agrees_with_the_official_script_on_every_row(official: Official) -> None:
    wrong = [
        row["gold"]
        for row in official.rows
        if hardness(row["gold"], official.schemas[row["db_id"]]) != row["hardness"]
    ]
    assert wrong == []
