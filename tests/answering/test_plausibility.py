"""What makes no sense is noticed; what people ask is not."""

from __future__ import annotations

import pytest

from text2sql.answering.corrections.plausibility import Plausibility
from text2sql.databases import Database
from text2sql.linking.cell_index import CellIndex
from text2sql.query.reading import read


def _mistakes(sql: str, database: Database) -> int:
    plausibility = Plausibility(database.schema, CellIndex.read(database))
    return plausibility.mistakes(read(sql, database.schema))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT avg(name) FROM stadium",
        "SELECT name FROM stadium ORDER BY sum(city) DESC LIMIT 1",
        "SELECT capacity - capacity FROM stadium",
        "SELECT name FROM stadium WHERE city = 2014",
        "SELECT name FROM stadium WHERE city < 31",
        "SELECT name FROM stadium WHERE name = 'Glasgow'",
        "SELECT name FROM stadium WHERE capacity = 'large'",
        "SELECT name FROM stadium WHERE capacity > 'large'",
        "SELECT city FROM stadium GROUP BY city HAVING count(*) > 'Glasgow'",
        "SELECT name FROM stadium EXCEPT SELECT stadium_id FROM concert",
        "SELECT name FROM stadium WHERE name NOT IN (SELECT stadium_id FROM concert)",
        "SELECT name FROM stadium WHERE stadium_id NOT IN (SELECT stadium_id FROM stadium)",
        "SELECT name FROM stadium WHERE stadium_id IN "
        "(SELECT stadium_id FROM concert WHERE title = 2014)",
        "SELECT count(*) FROM stadium ORDER BY capacity DESC LIMIT 1",
        "SELECT city, max(capacity) FROM stadium",
        "SELECT avg(capacity), avg(capacity) FROM stadium",
        "SELECT name FROM stadium WHERE city = 'Glasgow' INTERSECT "
        "SELECT name FROM stadium WHERE city = 'Glasgow'",
        "SELECT sum(stadium_id) FROM stadium",
        "SELECT name FROM stadium WHERE capacity > (SELECT max(capacity) FROM stadium)",
        "SELECT name FROM stadium WHERE capacity > capacity",
        "SELECT name FROM stadium WHERE capacity BETWEEN 3 AND 3",
        "SELECT name FROM stadium WHERE capacity > 3 OR capacity > 3",
        "SELECT name FROM stadium WHERE city = 'Glasgow' AND city = 'Peterhead'",
        "SELECT name FROM stadium WHERE capacity > 9 AND capacity < 3",
        "SELECT city FROM stadium GROUP BY city HAVING count(*) > name",
        "SELECT 100.0 * sum(city = 2014) / count(*) FROM stadium",
    ],
)
def test_one_mistake_is_counted(sql: str, stadiums: Database) -> None:
    assert _mistakes(sql, stadiums) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT avg(capacity), max(name), count(city) FROM stadium",
        "SELECT name FROM stadium EXCEPT SELECT count(*) FROM concert",
        "SELECT count(*), (SELECT max(capacity) FROM stadium) FROM concert",
        "SELECT avg(capacity), max(capacity) FROM stadium",
        "SELECT name FROM stadium WHERE city = 'Glasgow' AND capacity > 5000",
        "SELECT name FROM stadium WHERE city = 'Atlantis'",
        "SELECT name FROM stadium WHERE city LIKE '%2014%'",
        "SELECT city FROM stadium GROUP BY city HAVING count(*) > 1 AND max(name) > 'A'",
        "SELECT city FROM stadium EXCEPT SELECT name FROM stadium",
        "SELECT name FROM stadium WHERE city = 'Glasgow' INTERSECT "
        "SELECT name FROM stadium WHERE city = 'Ayr'",
        "SELECT city, count(*) FROM stadium GROUP BY city ORDER BY count(*) DESC LIMIT 1",
        "SELECT stadium_id FROM stadium EXCEPT SELECT stadium_id FROM concert",
        "SELECT stadium_id FROM stadium EXCEPT SELECT source_id FROM flight",
        "SELECT name FROM stadium WHERE stadium_id NOT IN (SELECT stadium_id FROM concert)",
        "SELECT name FROM stadium WHERE capacity > (SELECT avg(capacity) FROM stadium)",
        "SELECT T1.name FROM stadium AS T1 JOIN concert AS T2 ON T1.stadium_id = T2.stadium_id "
        "GROUP BY T1.stadium_id HAVING count(*) > 1",
    ],
)
def test_a_query_that_people_ask_has_none(sql: str, stadiums: Database) -> None:
    assert _mistakes(sql, stadiums) == 0


def test_without_cells_only_types_count(stadiums: Database) -> None:
    schema = stadiums.schema
    plausibility = Plausibility(schema, CellIndex())
    judge = lambda sql: plausibility.mistakes(read(sql, schema))  # noqa: E731
    assert judge("SELECT name FROM stadium WHERE name = 'Glasgow'") == 0
    assert judge("SELECT avg(name) FROM stadium") == 1


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("SELECT count(*) FROM stadium", 0),
        (
            "SELECT count(*) FROM stadium AS T1 JOIN concert AS T2 "
            "ON T1.stadium_id = T2.stadium_id WHERE T1.city = 'Ayr'",
            1,
        ),
        (
            "SELECT T1.name FROM stadium AS T1 JOIN concert AS T2 ON T1.stadium_id = T2.stadium_id "
            "WHERE T2.title = 'Hello'",
            0,
        ),
        (
            "SELECT name FROM stadium WHERE stadium_id IN (SELECT T1.stadium_id FROM stadium AS T1 "
            "JOIN concert AS T2 ON T1.stadium_id = T2.stadium_id)",
            1,
        ),
        (
            "SELECT name FROM stadium EXCEPT SELECT T1.name FROM stadium AS T1 JOIN concert AS T2 "
            "ON T1.stadium_id = T2.stadium_id",
            1,
        ),
    ],
)
def test_tables_joined_and_not_used_are_counted(sql: str, count: int, stadiums: Database) -> None:
    plausibility = Plausibility(stadiums.schema, CellIndex())
    query = read(sql, stadiums.schema)
    assert plausibility.silent_tables(query) == count
    assert plausibility.penalty(query) == pytest.approx(0.4 * count)


@pytest.mark.parametrize(
    ("sql", "penalty"),
    [
        ("SELECT name FROM stadium", 0.0),
        ("SELECT avg(name) FROM stadium", 3.0),
        ("SELECT avg(name), avg(city) FROM stadium", 6.0),
    ],
)
def test_each_mistake_costs_the_same(sql: str, penalty: float, stadiums: Database) -> None:
    plausibility = Plausibility(stadiums.schema, CellIndex.read(stadiums))
    assert plausibility.penalty(read(sql, stadiums.schema)) == penalty
