"""Queries as tokens and back."""

import pytest

from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.generators.pocket.ir import (
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
    from_tokens,
    to_tokens,
)
from text2sql.query.reading import read
from text2sql.query.writing import write


def _round_trip(sql: str, database: Database) -> str:
    tokens = to_tokens(read(sql, database.schema), database.schema)
    return write(from_tokens(tokens, database.schema), database.schema)


def test_a_query_becomes_a_short_list_with_from_first(stadiums: Database) -> None:
    sql = "SELECT name FROM stadium WHERE capacity > 5000 ORDER BY city DESC LIMIT 1"
    assert to_tokens(read(sql, stadiums.schema), stadiums.schema) == [
        "from",
        TableToken(0),
        "select",
        ColumnToken(0, 1),
        "where",
        ColumnToken(0, 3),
        ">",
        ValueToken(5000),
        "order_desc",
        ColumnToken(0, 2),
        "limit",
        ValueToken(1),
        "end",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM stadium",
        "SELECT DISTINCT city FROM stadium",
        "SELECT count(DISTINCT city), avg(capacity) FROM stadium",
        "SELECT max(capacity) - min(capacity) FROM stadium",
        "SELECT sum(capacity * stadium_id) FROM stadium",
        "SELECT name FROM stadium WHERE city LIKE 'G%' OR city LIKE '%d' OR city LIKE '%a%'",
        "SELECT name FROM stadium WHERE city NOT LIKE '%a%' AND capacity BETWEEN 1 AND 9000",
        "SELECT name FROM stadium WHERE name IS NOT NULL AND city IS NULL",
        "SELECT name FROM stadium WHERE stadium_id NOT IN (SELECT stadium_id FROM concert)",
        "SELECT T1.name, count(*) FROM stadium AS T1 JOIN concert AS T2 "
        "ON T1.stadium_id = T2.stadium_id GROUP BY T1.name HAVING count(*) >= 2",
        "SELECT name FROM stadium EXCEPT SELECT title FROM concert WHERE year = 2014",
        "SELECT city FROM stadium WHERE capacity > (SELECT avg(capacity) FROM stadium)",
    ],
)
def test_tokens_lose_nothing_that_spider_asks_for(sql: str, stadiums: Database) -> None:
    assert _round_trip(sql, stadiums) == sql


def test_the_key_is_named_where_two_keys_tie_the_tables(stadiums: Database) -> None:
    sql = (
        "SELECT T1.name FROM stadium AS T1 JOIN flight AS T2 ON T1.stadium_id = T2.target_id "
        "GROUP BY T1.name"
    )
    tokens = to_tokens(read(sql, stadiums.schema), stadiums.schema)
    assert tokens[:4] == ["from", TableToken(0), TableToken(2), ColumnToken(2, 2)]
    assert _round_trip(sql, stadiums) == sql


def test_tables_that_do_not_touch_are_joined_through_the_one_between(stadiums: Database) -> None:
    tokens = ["from", TableToken(1), TableToken(2), "select", ColumnToken(1, 1), "end"]
    assert write(from_tokens(tokens, stadiums.schema), stadiums.schema) == (
        "SELECT T1.title FROM concert AS T1 JOIN stadium AS T2 ON T1.stadium_id = T2.stadium_id "
        "JOIN flight AS T3 ON T2.stadium_id = T3.source_id"
    )


_CONCERTS = "stadium AS T1 JOIN concert AS T2 ON T1.stadium_id = T2.stadium_id"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 100.0 * count(CASE WHEN capacity > 9000 THEN 1 END) / count(*) FROM stadium",
         "percent 0.3 > 9000 )"),
        ("SELECT sum(CASE WHEN city = 'x' THEN capacity ELSE 0 END) FROM stadium",
         "sum_if 0.3 0.2 = x )"),
        ("SELECT avg(CASE WHEN city = 'x' THEN capacity END) FROM stadium",
         "avg_if 0.3 0.2 = x )"),
        ("SELECT 100.0 * max(capacity) / sum(capacity) FROM stadium",
         "percent_of max 0.3 sum 0.3"),
        ("SELECT CAST(max(capacity) AS REAL) / min(capacity) FROM stadium",
         "ratio max 0.3 min 0.3"),
        ("SELECT strftime('%Y', city) FROM stadium", "year 0.2"),
        ("SELECT strftime('%Y-%m', city) FROM stadium", "year_month 0.2"),
        ("SELECT julianday(name) - julianday(city) FROM stadium", "days_between 0.1 0.2"),
        ("SELECT (julianday(name) - julianday(city)) * 1440 FROM stadium",
         "minutes_between 0.1 0.2"),
        ("SELECT upper(substr(name, 1, 3)) || '.' FROM stadium", "concat upper substr 0.1 1 3 ."),
        ("SELECT round((capacity - 10) * 2, 1) FROM stadium", "round_to x - 0.3 10 2 1"),
        ("SELECT CASE WHEN capacity > 9 THEN 'a' ELSE 'b' END FROM stadium",
         "if 0.3 > 9 ) a b"),
        ("SELECT rank() OVER (ORDER BY capacity DESC) FROM stadium",
         "window rank order_desc 0.3 )"),
    ],
)  # fmt: skip
def test_what_is_asked_in_one_breath_is_a_token_or_two(
    sql: str, said: str, stadiums: Database
) -> None:
    tokens = to_tokens(read(sql, stadiums.schema), stadiums.schema)
    assert " ".join(map(_written, tokens)) == f"from 0 select {said} end"
    assert _round_trip(sql, stadiums) == sql


def _written(token: Token) -> str:
    if isinstance(token, str):
        return token
    return ".".join(str(part) for part in vars(token).values())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM (SELECT DISTINCT city FROM stadium)",
        "SELECT T1.name, T2.name FROM stadium AS T1 JOIN stadium AS T2 ON T1.city = T2.city",
        "SELECT name FROM stadium WHERE city IN ('Glasgow', 'Peterhead')",
        "SELECT name FROM stadium WHERE (city = 'a' OR city = 'b') AND capacity > 3",
        "SELECT name FROM stadium WHERE NOT (city = 'a' OR capacity > 3)",
        "SELECT name FROM stadium ORDER BY city DESC, capacity LIMIT 3 OFFSET 2",
        "SELECT name FROM stadium ORDER BY capacity DESC LIMIT 1 OFFSET 1",
        f"SELECT T1.*, T2.title FROM {_CONCERTS}",
        "SELECT T1.name, count(T2.title) FROM stadium AS T1 LEFT JOIN concert AS T2 "
        "ON T1.stadium_id = T2.stadium_id GROUP BY T1.name",
        "SELECT avg(c1) FROM (SELECT count(*) AS c1 FROM concert GROUP BY stadium_id)",
        "SELECT name FROM stadium UNION SELECT title FROM concert EXCEPT SELECT city FROM stadium "
        "ORDER BY name LIMIT 3",
        "SELECT (SELECT count(*) FROM stadium) - (SELECT count(*) FROM concert)",
        "SELECT T1.name FROM stadium AS T1 WHERE T1.capacity > "
        "(SELECT avg(capacity) FROM stadium WHERE city = T1.city)",
        "SELECT T1.name FROM stadium AS T1 WHERE NOT EXISTS "
        "(SELECT * FROM concert WHERE stadium_id = T1.stadium_id)",
    ],
)
def test_tokens_lose_nothing_that_people_ask_for(sql: str, stadiums: Database) -> None:
    assert _round_trip(sql, stadiums) == sql


def test_the_best_of_each_group_has_a_token(stadiums: Database) -> None:
    sql = (
        "SELECT city, name FROM (SELECT city, name, row_number() OVER "
        "(PARTITION BY city ORDER BY capacity DESC) AS place FROM stadium) WHERE place <= 2"
    )
    tokens = to_tokens(read(sql, stadiums.schema), stadiums.schema)
    assert "best" in tokens
    assert len(tokens) == 12
    assert _round_trip(sql, stadiums).replace("T1.", "") == sql


def test_the_same_query_is_said_alike_however_its_joins_are_written(stadiums: Database) -> None:
    one = (
        "SELECT T1.name FROM concert AS T2 JOIN stadium AS T1 ON T1.stadium_id = T2.stadium_id "
        "WHERE T1.city = 'a' AND T2.year = 2014",
        "SELECT T2.name FROM concert AS T1 JOIN stadium AS T2 ON T2.stadium_id = T1.stadium_id "
        "WHERE T1.year = 2014 AND T2.city = 'a'",
        "SELECT s.name FROM concert AS c, stadium AS s WHERE c.year = 2014 "
        "AND c.stadium_id = s.stadium_id AND s.city = 'a'",
    )
    said = [to_tokens(read(sql, stadiums.schema), stadiums.schema) for sql in one]
    assert said[1:] == said[:1] * 2


def test_a_join_on_no_key_is_said_with_its_condition(stadiums: Database) -> None:
    sql = "SELECT T1.name FROM stadium AS T1 JOIN concert AS T2 ON T1.name = T2.title"
    assert _round_trip(sql, stadiums) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT T1.name FROM stadium AS T1 JOIN stadium AS T2 JOIN stadium AS T3",
        "SELECT T1.name FROM stadium AS T1 RIGHT JOIN concert AS T2 ON T1.name = T2.title",
    ],
)
def test_what_the_language_leaves_out_is_refused(sql: str, stadiums: Database) -> None:
    with pytest.raises(QueryError, match="has no tokens"):
        to_tokens(read(sql, stadiums.schema), stadiums.schema)


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        ["from", "select"],
        ["from", TableToken(0), "select", "end"],
        ["from", TableToken(0), "select", ColumnToken(1, 0), "end"],
        ["from", TableToken(0), "select", ColumnToken(0, 0), "where", ColumnToken(0, 1)],
        ["from", TableToken(0), "select", "*", "limit", ValueToken("many")],
        ["from", TableToken(0), "select", "*", ")"],
    ],
)
def test_tokens_that_break_off_are_an_error(tokens: list[object], stadiums: Database) -> None:
    with pytest.raises(QueryError):
        from_tokens(tokens, stadiums.schema)  # type: ignore[arg-type]
