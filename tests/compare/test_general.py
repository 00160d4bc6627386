"""Differences between queries that Spider's fragment cannot say."""

from __future__ import annotations

import pytest

from text2sql.compare.general import general_differences
from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.schema import Schema

NAMES = "SELECT name FROM singer"


@pytest.fixture
def schema(database: Database) -> Schema:
    return database.schema


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT T1.name FROM singer AS T1", "SELECT Name FROM singer"),
        ("SELECT name, age FROM singer", "SELECT age AS years, (name) FROM singer"),
        (
            "SELECT s.name FROM singer s JOIN song ON s.id = song.singer_id",
            "SELECT name FROM song T2 INNER JOIN singer T1 ON T2.singer_id = T1.id",
        ),
        (NAMES + " WHERE age > 1 AND id = 2", NAMES + " WHERE (2 = id) AND singer.age > 1"),
        (
            "SELECT name, count(*) AS n FROM singer GROUP BY name ORDER BY n DESC",
            "SELECT name, count(*) FROM singer GROUP BY name ORDER BY count(*) DESC",
        ),
        (
            "WITH old AS (SELECT * FROM singer WHERE age > 30) SELECT name FROM old",
            "WITH old AS (SELECT * FROM singer AS s WHERE s.age > 30) SELECT name FROM old",
        ),
    ],
)
def test_what_says_the_same_has_no_difference(schema: Schema, one: str, other: str) -> None:
    assert general_differences(one, other, schema) == ()


@pytest.mark.parametrize(
    ("gold", "found", "reasons"),
    [
        (
            "SELECT CAST(sum(CASE WHEN age > 30 THEN 1 ELSE 0 END) AS REAL) / count(*) FROM singer",
            "SELECT count(*) FROM singer WHERE age > 30",
            [
                "SELECT: expected CAST(SUM(CASE WHEN age > 30 THEN 1 ELSE 0 END) AS REAL) / "
                "COUNT(*), got COUNT(*)",
                "WHERE: unexpected age > 30",
            ],
        ),
        (
            NAMES + " WHERE strftime('%Y', country) = '2020'",
            NAMES + " WHERE strftime('%m', country) = '2020'",
            [
                "WHERE: expected STRFTIME('%Y', country) = '2020', "
                "got STRFTIME('%m', country) = '2020'"
            ],
        ),
        (
            "SELECT singer.name FROM singer LEFT JOIN song ON singer.id = song.singer_id",
            "SELECT singer.name FROM singer JOIN song ON singer.id = song.id",
            [
                "FROM: expected LEFT JOIN song, got song",
                "JOIN: expected singer.id = song.singer_id, got singer.id = song.id",
            ],
        ),
        (
            "SELECT avg(n) FROM (SELECT count(*) AS n FROM song GROUP BY singer_id)",
            "SELECT avg(n) FROM (SELECT count(*) AS n FROM song GROUP BY title)",
            ["in the subquery, GROUP BY: expected singer_id, got title"],
        ),
        (
            "SELECT name, rank() OVER (ORDER BY age DESC) FROM singer",
            "SELECT name, rank() OVER (ORDER BY age) FROM singer",
            [
                "SELECT: expected RANK() OVER (ORDER BY age DESC), got RANK() OVER (ORDER BY age)",
            ],
        ),
        (NAMES + " LIMIT 1 OFFSET 2", NAMES + " LIMIT 1", ["OFFSET: missing 2"]),
        (
            NAMES + " ORDER BY age, id",
            NAMES + " ORDER BY id, age",
            ["ORDER BY: expected age, id, got id, age"],
        ),
        (
            NAMES + " UNION ALL " + NAMES,
            NAMES + " UNION " + NAMES,
            [
                "Set operation: expected UNION ALL SELECT name FROM singer, "
                "got UNION SELECT name FROM singer"
            ],
        ),
        (
            NAMES + " EXCEPT " + NAMES + " WHERE age > 30",
            NAMES + " EXCEPT " + NAMES + " WHERE age > 40",
            ["after EXCEPT, WHERE: expected age > 30, got age > 40"],
        ),
        (
            "WITH old AS (SELECT * FROM singer WHERE age > 30) SELECT name FROM old",
            NAMES + " WHERE age > 30",
            [
                "WITH: missing SELECT * FROM singer WHERE age > 30",
                "FROM: expected old, got singer",
                "WHERE: unexpected age > 30",
            ],
        ),
    ],
)
def test_every_clause_that_differs_is_named(
    schema: Schema, gold: str, found: str, reasons: list[str]
) -> None:
    assert [str(difference) for difference in general_differences(gold, found, schema)] == reasons


def test_a_long_part_is_cut(schema: Schema) -> None:
    names = " || ".join(["name"] * 100)
    (difference,) = general_differences(NAMES, f"SELECT {names} FROM singer", schema)
    assert difference.found.endswith("...")
    assert len(difference.found) == 160


@pytest.mark.parametrize("sql", ["", "DELETE FROM singer", "SELECT (" * 600])
def test_what_is_no_query_is_refused(schema: Schema, sql: str) -> None:
    with pytest.raises(QueryError):
        general_differences(NAMES, sql, schema)
