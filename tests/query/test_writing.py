"""Writing SQL: the manner of Spider's golds, and the meaning kept."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest

from tests.query.singers import SCHEMA, SINGER, SONG, connect
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Entry,
    Literal,
    Order,
    Ordinal,
    Select,
    SelectItem,
)
from text2sql.query.reading import read
from text2sql.query.writing import write

NAME, AGE, TITLE, SONG_ID = ColumnRef(0, 1), ColumnRef(0, 2), ColumnRef(0, 2), ColumnRef(0, 0)


def _select(table: int, *columns: ColumnRef) -> Select:
    return Select(tuple(map(SelectItem, columns)), (Entry(table),))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select  NAME from SINGER", "SELECT name FROM singer"),
        ("SELECT T1.name FROM singer AS T1", "SELECT name FROM singer"),
        (
            "SELECT singer.name, title FROM singer, song WHERE singer.id = singer_id",
            "SELECT T1.name, T2.title FROM singer AS T1 JOIN song AS T2 WHERE T1.id = T2.singer_id",
        ),
        (
            "SELECT a.name FROM singer a JOIN singer b ON a.boss = b.id AND a.age = b.age",
            "SELECT T1.name FROM singer AS T1 JOIN singer AS T2 "
            "ON T1.boss = T2.id AND T1.age = T2.age",
        ),
        (
            "SELECT name FROM singer JOIN song USING (id)",
            "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.id",
        ),
        (
            'SELECT "order" FROM song WHERE title = "it\'s" AND "order" <> 1',
            "SELECT \"order\" FROM song WHERE title = 'it''s' AND \"order\" != 1",
        ),
        (
            "SELECT id FROM singer WHERE NOT age = 1 AND NOT name IN ('a', 'b') OR NOT age IS NULL",
            "SELECT id FROM singer WHERE NOT age = 1 AND name NOT IN ('a', 'b') OR age IS NOT NULL",
        ),
        (
            "SELECT DISTINCT age, COUNT(*) FROM singer WHERE age NOT BETWEEN 1 AND 2.5 "
            "GROUP BY age HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC, age ASC LIMIT 3;",
            "SELECT DISTINCT age, count(*) FROM singer WHERE age NOT BETWEEN 1 AND 2.5 "
            "GROUP BY age HAVING count(*) > 1 ORDER BY count(*) DESC, age LIMIT 3",
        ),
        (
            "SELECT max(age) - min(age), sum(age * boss) FROM singer",
            "SELECT max(age) - min(age), sum(age * boss) FROM singer",
        ),
        (
            "SELECT count(*) FROM (SELECT DISTINCT name FROM singer) AS t",
            "SELECT count(*) FROM (SELECT DISTINCT name FROM singer)",
        ),
        (
            "SELECT id FROM singer EXCEPT SELECT singer_id FROM song ORDER BY id DESC",
            "SELECT id FROM singer EXCEPT SELECT singer_id FROM song ORDER BY id DESC",
        ),
        (
            "SELECT name FROM singer WHERE NOT EXISTS (SELECT * FROM song)",
            "SELECT name FROM singer WHERE NOT EXISTS (SELECT * FROM song)",
        ),
    ],
)
def test_a_query_is_written_in_the_manner_of_spiders_golds(sql, expected):
    assert write(read(sql, SCHEMA), SCHEMA) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT name FROM singer WHERE age = "
            "(SELECT max(S.age) FROM singer AS S WHERE S.boss = singer.boss)",
            "SELECT T1.name FROM singer AS T1 WHERE T1.age = "
            "(SELECT max(age) FROM singer WHERE boss = T1.boss)",
        ),
        (
            "SELECT T1.name FROM singer AS T1 JOIN song AS T2 WHERE EXISTS (SELECT S1.id FROM song "
            "AS S1 JOIN song AS S2 WHERE S1.id = T2.id AND S2.id IN (SELECT id FROM song))",
            "SELECT T1.name FROM singer AS T1 JOIN song AS T2 WHERE EXISTS (SELECT T3.id FROM song "
            "AS T3 JOIN song AS T4 WHERE T3.id = T2.id AND T4.id IN (SELECT id FROM song))",
        ),
        (
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song WHERE id IN "
            "(SELECT id FROM song WHERE title = singer.name))",
            "SELECT T1.name FROM singer AS T1 WHERE T1.id IN (SELECT singer_id FROM song "
            "WHERE id IN (SELECT id FROM song WHERE title = T1.name))",
        ),
    ],
)
def test_a_subquery_that_looks_outside_goes_on_counting_aliases(sql, expected):
    assert write(read(sql, SCHEMA), SCHEMA) == expected


@pytest.mark.parametrize(
    "value",
    [0, -1, 2.5, -0.001, 1e300, 10**17, 2**63 - 1, "", "O'Hara", 'a "b"', "a\nb", "Ω", "%_", None],
)
def test_a_literal_keeps_its_value(value):
    query = replace(_select(SINGER, NAME), where=Call("=", (NAME, Literal(value))))
    sql = write(query, SCHEMA)
    assert read(sql, SCHEMA) == query
    with closing(connect()) as connection:
        literal = sql.partition(" = ")[2]
        assert connection.execute(f"SELECT {literal}").fetchone() == (value,)


def test_after_a_set_operation_order_by_names_a_column_of_the_first_query():
    order = (Order(Ordinal(1), descending=True),)
    selects = (_select(SINGER, AGE, NAME), _select(SONG, SONG_ID, TITLE))
    query = Compound(selects, ("union",), order)
    sql = "SELECT age, name FROM singer UNION SELECT id, title FROM song ORDER BY name DESC"
    assert write(query, SCHEMA) == sql
    assert repr(read(sql, SCHEMA)) == repr(query)


def test_after_a_set_operation_a_number_stands_for_a_name_that_two_tables_have():
    sql = (
        "SELECT T1.age FROM singer AS T1 JOIN singer AS T2 ON T1.boss = T2.id "
        "UNION SELECT count(*) FROM song ORDER BY 1"
    )
    with closing(connect()) as connection:
        assert connection.execute(sql).fetchall()
        with pytest.raises(sqlite3.OperationalError):
            connection.execute(sql.replace("ORDER BY 1", "ORDER BY age"))
    assert write(read(sql, SCHEMA), SCHEMA) == sql


def test_after_a_set_operation_a_number_stands_for_a_name_that_two_columns_have():
    selects = (_select(SINGER, AGE, AGE), _select(SINGER, NAME, AGE))
    query = Compound(selects, ("union",), (Order(Ordinal(1)),))
    sql = "SELECT age, age FROM singer UNION SELECT name, age FROM singer ORDER BY 2"
    assert write(query, SCHEMA) == sql
    assert repr(read(sql, SCHEMA)) == repr(query)


@pytest.mark.parametrize(
    "sql",
    [
        # what a reader of text may take for something else, with the rows it really gives
        "SELECT name FROM singer WHERE age = (SELECT max(s.age) FROM singer AS s "
        "WHERE s.boss = singer.boss)",
        "SELECT name FROM singer AS T1 WHERE age > (SELECT avg(age) FROM singer AS T2 "
        "WHERE T2.id != T1.id)",
        "SELECT name FROM singer AS T2 WHERE id IN (SELECT T1.singer_id FROM song AS T1 "
        "WHERE T1.name = T2.name)",
        "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE EXISTS "
        "(SELECT T1.id FROM singer AS T1 WHERE T1.boss = T2.singer_id)",
        "SELECT max(age) AS age FROM singer GROUP BY boss ORDER BY age",
        "SELECT boss AS age, count(*) AS n FROM singer GROUP BY age ORDER BY n DESC, 1",
        "SELECT age, id FROM singer UNION SELECT id, age FROM singer ORDER BY age, 2",
        "SELECT id FROM singer UNION SELECT age FROM singer INTERSECT SELECT singer_id FROM song",
        "SELECT id FROM singer EXCEPT SELECT singer_id FROM song UNION SELECT age FROM singer "
        'EXCEPT SELECT id FROM "group" ORDER BY id DESC LIMIT 2',
        'SELECT name FROM singer WHERE "Home Town" = "name"',
        'SELECT name FROM singer WHERE "Home Town" = "Ghent"',
        "SELECT name FROM singer WHERE \"Home Town\" = 'Home Town'",
        'SELECT id FROM "group" WHERE "a""b" = "x" AND "größe" = 2',
        "SELECT name FROM singer WHERE NOT name LIKE 'a%' AND age IS NOT NULL OR boss IS NULL",
        "SELECT name FROM singer WHERE name NOT LIKE 'a%'",
        "SELECT name FROM singer WHERE NOT age = 30 AND id < 4 OR id = 5",
        "SELECT T.name FROM (SELECT name, age FROM singer WHERE age > 20) AS T WHERE age < 41",
        "SELECT count(*) FROM (SELECT * FROM singer JOIN song) WHERE title = 'Sun'",
        "SELECT T2.name, T1.id FROM (SELECT singer_id, id, title AS n FROM song) AS T1 "
        "JOIN singer AS T2 ON T1.singer_id = T2.id",
        "SELECT name FROM singer ORDER BY age DESC, name LIMIT 3",
        "SELECT title FROM singer JOIN song ON singer.id = song.singer_id OR singer.id = song.id",
        "SELECT avg(age), sum(DISTINCT age), count(age), max(age - boss) FROM singer",
        "SELECT age / boss, age * id FROM singer",
    ],
)
def test_the_rows_stay_the_same(sql):
    with closing(connect()) as connection:
        expected = connection.execute(sql).fetchall()
        rows = connection.execute(write(read(sql, SCHEMA), SCHEMA)).fetchall()
    assert expected
    assert rows == expected if "ORDER BY" in sql else Counter(rows) == Counter(expected)
