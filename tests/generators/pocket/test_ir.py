"""Queries as tokens and back."""

import pytest

from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.generators.pocket.ir import (
    ColumnToken,
    TableToken,
    ValueToken,
    from_tokens,
    to_tokens,
)
from text2sql.query import parse, render


def _round_trip(sql: str, database: Database) -> str:
    tokens = to_tokens(parse(sql, database.schema), database.schema)
    return render(from_tokens(tokens, database.schema), database.schema)


def test_a_query_becomes_a_short_list_with_from_first(stadiums: Database) -> None:
    sql = "SELECT name FROM stadium WHERE capacity > 5000 ORDER BY city DESC LIMIT 1"
    assert to_tokens(parse(sql, stadiums.schema), stadiums.schema) == [
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
        "SELECT name FROM stadium WHERE city IS NULL AND name IS NOT NULL",
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
    tokens = to_tokens(parse(sql, stadiums.schema), stadiums.schema)
    assert tokens[:4] == ["from", TableToken(0), TableToken(2), ColumnToken(2, 2)]
    assert _round_trip(sql, stadiums) == sql


def test_tables_that_do_not_touch_are_joined_through_the_one_between(stadiums: Database) -> None:
    tokens = ["from", TableToken(1), TableToken(2), "select", ColumnToken(1, 1), "end"]
    assert render(from_tokens(tokens, stadiums.schema), stadiums.schema) == (
        "SELECT T1.title FROM concert AS T1 JOIN stadium AS T2 ON T1.stadium_id = T2.stadium_id "
        "JOIN flight AS T3 ON T2.stadium_id = T3.source_id"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM (SELECT city FROM stadium)",
        "SELECT T1.name FROM stadium AS T1 JOIN stadium AS T2 ON T1.city = T2.city",
        "SELECT name FROM stadium WHERE city IN ('Glasgow', 'Peterhead')",
        "SELECT name FROM stadium WHERE NOT capacity = 3",
    ],
)
def test_what_the_language_leaves_out_is_refused(sql: str, stadiums: Database) -> None:
    with pytest.raises(QueryError, match="has no tokens"):
        to_tokens(parse(sql, stadiums.schema), stadiums.schema)


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
