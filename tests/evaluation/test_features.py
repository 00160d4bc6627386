import pytest

from text2sql.databases import Catalog
from text2sql.evaluation.features import features
from text2sql.metrics.official import read_gold


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT name FROM singer", ("no join",)),
        ("SELECT name FROM singer JOIN song ON singer.id = song.singer_id", ("1 join",)),
        (
            "SELECT T1.name FROM singer AS T1 JOIN song AS T2 JOIN song AS T3 JOIN song AS T4",
            ("3+ joins",),
        ),
        ("SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)", ("no join", "nested")),
        ("SELECT count(*) FROM (SELECT id FROM song)", ("no join", "nested")),
        (
            "SELECT name FROM singer UNION SELECT title FROM song WHERE title LIKE 'a'",
            ("no join", "set operation", "LIKE"),
        ),
        (
            "SELECT name FROM singer GROUP BY name HAVING count(*) > 1 ORDER BY name LIMIT 1",
            ("no join", "HAVING", "ORDER BY + LIMIT"),
        ),
        ("SELECT name FROM singer ORDER BY name", ("no join",)),
        (
            "SELECT name FROM singer WHERE id IN "
            "(SELECT T1.singer_id FROM song AS T1 JOIN song AS T2 JOIN song AS T3)",
            ("2 joins", "nested"),
        ),
    ],
)
def test_a_query_has_the_features_that_any_of_its_parts_has(
    catalog: Catalog, sql: str, expected: tuple[str, ...]
) -> None:
    assert features(read_gold(sql, catalog.get("music").schema)) == expected
