import pytest

from text2sql.databases import Database
from text2sql.metrics.mutations import mutants
from text2sql.sandbox import run_query
from text2sql.schema import Schema


@pytest.mark.parametrize(
    ("sql", "mistake"),
    [
        ("SELECT name FROM singer WHERE age > 20", "SELECT name FROM singer WHERE age >= 20"),
        ("SELECT name FROM singer WHERE age > 20", "SELECT name FROM singer WHERE age < 20"),
        ("SELECT name FROM singer WHERE age > 20", "SELECT name FROM singer"),
        ("SELECT name FROM singer WHERE age > 20", "SELECT name FROM singer WHERE age > 21"),
        ("SELECT name FROM singer WHERE age > 20", "SELECT name FROM singer WHERE rank > 20"),
        ("SELECT name FROM singer WHERE age > 20", "SELECT country FROM singer WHERE age > 20"),
        ("SELECT max(age) FROM singer", "SELECT MIN(age) FROM singer"),
        ("SELECT sum(age) FROM singer", "SELECT AVG(age) FROM singer"),
        ("SELECT count(name) FROM singer", "SELECT COUNT(DISTINCT name) FROM singer"),
        ("SELECT count(DISTINCT name) FROM singer", "SELECT COUNT(name) FROM singer"),
        ("SELECT DISTINCT name FROM singer", "SELECT name FROM singer"),
        ("SELECT id FROM singer ORDER BY age", "SELECT id FROM singer ORDER BY age DESC"),
        ("SELECT id FROM singer ORDER BY age DESC", "SELECT id FROM singer ORDER BY age"),
        ("SELECT id FROM singer ORDER BY age LIMIT 1", "SELECT id FROM singer ORDER BY age"),
        (
            "SELECT id FROM singer ORDER BY age LIMIT 1",
            "SELECT id FROM singer ORDER BY age LIMIT 2",
        ),
        (
            "SELECT id FROM singer WHERE age = 1 AND rank = 2",
            "SELECT id FROM singer WHERE age = 1 OR rank = 2",
        ),
        (
            "SELECT id FROM singer WHERE age = 1 AND rank = 2",
            "SELECT id FROM singer WHERE rank = 2",
        ),
        (
            "SELECT id FROM singer WHERE name LIKE '%a%'",
            "SELECT id FROM singer WHERE NOT name LIKE '%a%'",
        ),
        (
            "SELECT id FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
            "SELECT id FROM singer WHERE id IN (SELECT singer_id FROM song)",
        ),
        (
            "SELECT id FROM singer UNION SELECT singer_id FROM song",
            "SELECT id FROM singer INTERSECT SELECT singer_id FROM song",
        ),
        ("SELECT id FROM singer EXCEPT SELECT singer_id FROM song", "SELECT id FROM singer"),
        (
            "SELECT name FROM singer JOIN song ON singer.id = song.singer_id",
            "SELECT name FROM singer LEFT JOIN song ON singer.id = song.singer_id",
        ),
        (
            "SELECT name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id",
            "SELECT name FROM singer AS T1 JOIN song AS T2 ON T1.age = T2.singer_id",
        ),
        (
            "SELECT country FROM singer GROUP BY country HAVING count(*) > 1",
            "SELECT country FROM singer GROUP BY country",
        ),
    ],
)
def test_one_mistake_at_a_time_is_made(schema: Schema, sql: str, mistake: str) -> None:
    assert mistake in mutants(sql, schema)


def test_all_mutants_of_a_small_query(schema: Schema) -> None:
    assert mutants("SELECT max(age) FROM singer LIMIT 0;", schema) == [
        "SELECT MIN(age) FROM singer LIMIT 0",
        "SELECT MAX(age) FROM singer",
        "SELECT MAX(rank) FROM singer LIMIT 0",
        "SELECT MAX(age) FROM singer LIMIT 1",
    ]


def test_columns_are_found_in_the_select_they_belong_to(schema: Schema) -> None:
    sql = "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song WHERE sales > age)"
    assert sql.replace("> age", "> rank") in mutants(sql, schema)
    assert sql.replace("(SELECT singer_id", "(SELECT cover_of") in mutants(sql, schema)


def test_strings_in_double_quotes_are_no_columns(schema: Schema) -> None:
    found = mutants('SELECT id FROM singer WHERE name = "Ada"', schema)
    assert all('"Ada"' in mutant or "WHERE" not in mutant for mutant in found)


def test_mutants_differ_from_the_query_and_from_each_other(schema: Schema) -> None:
    sql = "SELECT count(*), name FROM singer WHERE age > 1 GROUP BY name ORDER BY count(*) LIMIT 3"
    found = mutants(sql, schema)
    assert len(found) == len(set(found)) > 10
    assert sql not in found


def test_most_mutants_run(database: Database) -> None:
    sql = "SELECT name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE sales > 4"
    errors = [m for m in mutants(sql, database.schema) if run_query(database, m).error]
    joined = "SELECT name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id"
    assert errors == ["SELECT name FROM singer AS T1 WHERE sales > 4", joined + " WHERE id > 4"]


@pytest.mark.parametrize("sql", ["", "nonsense", "SELECT FROM WHERE", "(" * 3000])
def test_what_cannot_be_parsed_has_no_mutants(schema: Schema, sql: str) -> None:
    assert mutants(sql, schema) == []
