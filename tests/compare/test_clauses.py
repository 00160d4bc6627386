"""Differences between queries, clause by clause."""

from __future__ import annotations

import pytest

from text2sql.compare import ClauseDifference, clause_differences
from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.metrics.pair import QueryPair
from text2sql.schema import Schema

NAMES = "SELECT name FROM singer"


def _found(gold: str, found: str, schema: Schema) -> tuple[ClauseDifference, ...]:
    return clause_differences(QueryPair(gold, found, schema))


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
        (
            "WITH old AS (SELECT * FROM singer WHERE age > 30) SELECT upper(name) FROM old",
            "SELECT upper(o.name) FROM (SELECT * FROM singer WHERE age > 30) AS o",
        ),
        (
            "SELECT a.title FROM song a JOIN song b ON a.cover_of = b.id WHERE b.title = 'x'",
            "SELECT mine.title FROM song theirs, song mine WHERE theirs.title = 'x' "
            "AND mine.cover_of = theirs.id",
        ),
        (
            "SELECT title FROM song JOIN singer ON singer.id = singer_id AND age > 3",
            "SELECT title FROM singer JOIN song ON singer_id = singer.id WHERE 3 < age",
        ),
        (
            "SELECT sum(IIF(age > 30, 1, 0)), count(1) FROM singer",
            "SELECT sum(CASE WHEN (age > 30) THEN 1 ELSE 0 END), count(*) FROM singer",
        ),
        (
            "SELECT max(CASE WHEN age > 3 THEN name ELSE NULL END) FROM singer",
            "SELECT max(CASE WHEN age > 3 THEN name END) FROM singer",
        ),
        (
            NAMES + " WHERE age = 1 OR upper(name) = 'A' OR id = 2 ORDER BY 1",
            NAMES + " WHERE id = 2 OR (age = 1 OR upper(name) = 'A') ORDER BY name ASC",
        ),
        (
            "SELECT upper(name) AS big FROM singer GROUP BY upper(name) HAVING upper(name) > 'A'",
            "SELECT upper(name) AS big FROM singer GROUP BY big HAVING big > 'A'",
        ),
        (
            NAMES + " WHERE lower(country) = 'france'",
            NAMES + ' WHERE lower(country) = "france"',
        ),
        (
            "SELECT upper(name) FROM singer WHERE age = (SELECT max(age) FROM singer)",
            "SELECT upper(s.name) FROM singer s WHERE (SELECT max(x.age) FROM singer x) = s.age",
        ),
        (
            "SELECT round((age * 2.0) / id) FROM singer",
            "SELECT round((age * 2.0 / (id))) FROM singer",
        ),
    ],
)
def test_what_says_the_same_has_no_difference(schema: Schema, one: str, other: str) -> None:
    assert _found(one, other, schema) == ()


@pytest.mark.parametrize(
    ("gold", "found", "reasons"),
    [
        (
            "SELECT CAST(sum(CASE WHEN age > 30 THEN 1 ELSE 0 END) AS REAL) / count(*) FROM singer",
            "SELECT count(*) FROM singer WHERE age > 30",
            [
                "SELECT: expected CAST(sum(CASE WHEN age > 30 THEN 1 ELSE 0 END) AS REAL) / "
                "count(*), got count(*)",
                "WHERE: unexpected age > 30",
            ],
        ),
        (
            NAMES + " WHERE strftime('%Y', country) = '2020'",
            NAMES + " WHERE strftime('%m', country) = '2020'",
            [
                "WHERE: expected strftime('%Y', country) = '2020', "
                "got strftime('%m', country) = '2020'"
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
                "SELECT: expected rank() OVER (ORDER BY age DESC), got rank() OVER (ORDER BY age)",
            ],
        ),
        (
            "SELECT upper(name) FROM singer WHERE (age = 1 OR age = 2) AND id = 3 OR id = 4",
            "SELECT upper(name) FROM singer WHERE age = 1 OR age = 2 AND id = 3 OR id = 4",
            [
                "WHERE: expected (age = 1 OR age = 2) AND id = 3 OR id = 4, "
                "got age = 1 OR age = 2 AND id = 3 OR id = 4"
            ],
        ),
        (
            "SELECT count(id) FROM (SELECT upper(name) AS id FROM singer JOIN song USING (id))",
            "SELECT count(*) FROM (SELECT id FROM singer JOIN song USING (id))",
            [
                "SELECT: expected count(id), got count(*)",
                "in the subquery, SELECT: expected upper(singer.name), got id",
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
                "FROM: expected (SELECT * FROM singer WHERE age > 30), got singer",
                "WHERE: unexpected age > 30",
            ],
        ),
        (
            "WITH old AS (SELECT id FROM singer WHERE age > 30) SELECT a.id FROM old a, old b",
            "WITH old AS (SELECT id FROM singer WHERE age > 3) SELECT a.id FROM old a, old b",
            [
                "WITH: expected ...WHERE age > 30), got ...WHERE age > 3)",
            ],
        ),
        (
            NAMES + " WHERE upper(country) IS NOT NULL AND id NOT IN (1, 2)",
            NAMES,
            ["WHERE: missing upper(country) IS NOT NULL, id NOT IN (1, 2)"],
        ),
        (
            "SELECT a.title FROM song a JOIN song b ON a.cover_of = b.id",
            "SELECT title FROM song LEFT JOIN singer ON singer.id = singer_id",
            [
                "FROM: expected song#2, got LEFT JOIN singer",
                "JOIN: expected song#2.id = song.cover_of, got singer.id = song.singer_id",
            ],
        ),
        (
            "SELECT avg(CASE WHEN age > 30 AND id = 7 THEN 1.0 ELSE 0.0 END) FROM singer",
            "SELECT avg(CASE WHEN age > 30 AND id = 7 THEN 1.0 ELSE 2.0 END) FROM singer",
            ["SELECT: expected ...THEN 1.0 ELSE 0.0 END), got ...THEN 1.0 ELSE 2.0 END)"],
        ),
        (
            "SELECT `First Name` FROM singer AS s",
            "SELECT MixedCase FROM singer LEFT JOIN song USING (id)",
            [
                'SELECT: expected "First Name", got MixedCase',
                "FROM: unexpected LEFT JOIN song",
                "JOIN: unexpected USING id",
            ],
        ),
        (
            "SELECT upper(name) FROM singer WHERE EXISTS "
            "(SELECT 1 FROM song WHERE singer_id = singer.id)",
            "SELECT upper(name) FROM singer",
            [
                "WHERE: missing EXISTS(SELECT 1 FROM song WHERE singer.id = singer_id)",
            ],
        ),
    ],
)
def test_every_clause_that_differs_is_named(
    schema: Schema, gold: str, found: str, reasons: list[str]
) -> None:
    assert [str(difference) for difference in _found(gold, found, schema)] == reasons


def test_a_long_part_is_cut(schema: Schema) -> None:
    names = " || ".join(["name"] * 100)
    (difference,) = _found(NAMES, f"SELECT {names} FROM singer", schema)
    assert difference.found.endswith("name || name...")
    assert 150 < len(difference.found) <= 160


@pytest.mark.parametrize("sql", ["", "DELETE FROM singer", "SELECT (" * 600])
def test_what_is_no_query_is_refused(schema: Schema, sql: str) -> None:
    with pytest.raises(QueryError):
        _found(NAMES, sql, schema)


JOINED = "SELECT name FROM singer JOIN song ON singer.id = song.singer_id"


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
            ["WHERE: expected age > 1, rank = 1, got age > 1 OR rank = 1"],
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
            ["after UNION, WHERE: expected song.id = 1, got song.id = 2"],
        ),
        (
            "SELECT name FROM singer EXCEPT SELECT title FROM song",
            "SELECT name FROM singer",
            ["Set operation: missing EXCEPT SELECT song.title FROM song"],
        ),
        (
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)",
            "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
            [
                "WHERE: expected singer.id IN (SELECT singer_id FROM song), "
                "got singer.id NOT IN (SELECT singer_id FROM song)"
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
    assert [str(d) for d in _found(gold, found, schema)] == expected


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
    assert _found(gold, found, schema) == ()
