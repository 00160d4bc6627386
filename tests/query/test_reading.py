"""SQL of all kinds as a query tree, and the tree as SQL that asks for the same."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.query.singers import SCHEMA
from tests.query.test_round_trip import queries
from text2sql.errors import QueryError
from text2sql.query import parse
from text2sql.query.fragment import fragment
from text2sql.query.nodes import Call, ColumnRef, Literal, Ordinal, Select, SelectItem, Statement
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema

ROOMS = Schema.from_text("room(id, name, price, opened) | stay(room_id, guest, since)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name, price * 1.2 - 3 FROM room",
        "SELECT (price - 1) * (price + 1) / 2 FROM room",
        "SELECT price - (price - 1), -(-3), -price FROM room",
        "SELECT count(DISTINCT name), sum(CASE WHEN price > 3 THEN 1 ELSE 0 END) FROM room",
        "SELECT CAST(price AS REAL) / 3, CAST(price AS INTEGER), CAST(price AS TEXT) FROM room",
        "SELECT name FROM room WHERE (price = 1 OR price = 2) AND NOT (name = 'a' OR price > 3)",
        "SELECT name FROM room WHERE name NOT IN ('a', 'b') AND price NOT BETWEEN 1 AND 2",
        "SELECT name FROM room WHERE opened IS NOT NULL AND name NOT LIKE '%x' ORDER BY price "
        "DESC, name LIMIT 3 OFFSET 2",
        "SELECT T1.name, T2.guest FROM room AS T1 LEFT JOIN stay AS T2 ON T1.id = T2.room_id",
        "SELECT T1.*, T2.name FROM room AS T1 JOIN room AS T2 ON T1.price < T2.price",
        "SELECT avg(c1) FROM (SELECT count(*) AS c1 FROM stay GROUP BY room_id)",
        "SELECT rank() OVER (PARTITION BY name ORDER BY price DESC) FROM room",
        "SELECT (SELECT count(*) FROM room) - (SELECT count(*) FROM stay)",
        "SELECT name FROM room UNION ALL SELECT guest FROM stay ORDER BY name LIMIT 2",
        "SELECT strftime('%Y', opened), substr(name, 1, 3), name || '!' FROM room",
        "SELECT T1.name FROM room AS T1 WHERE EXISTS (SELECT * FROM stay WHERE room_id = T1.id)",
        "SELECT coalesce(name, 'none'), nullif(price, 0), round(price, 2), max(price, 3) FROM room",
        "SELECT name FROM room ORDER BY price NULLS LAST",
    ],
)
def test_what_people_ask_is_written_as_it_was_read(sql: str) -> None:
    assert write(read(sql, ROOMS), ROOMS) == sql


def test_names_are_resolved_whatever_they_go_by() -> None:
    sql = "SELECT r.price * 2 AS double FROM room r WHERE double > 3 ORDER BY double"
    double = Call("*", (ColumnRef(0, 2), Literal(2)))
    tree = read(sql, ROOMS)
    assert isinstance(tree, Select)
    assert tree.items == (SelectItem(double),)
    assert tree.where == Call(">", (double, Literal(3)))
    assert tree.order_by[0].expression == double


def test_a_table_of_with_stands_where_it_is_read() -> None:
    with_ = (
        "WITH dear AS (SELECT id, name FROM room WHERE price > 9), guests(room, n) AS "
        "(SELECT room_id, count(*) FROM stay GROUP BY room_id) "
        "SELECT dear.name, n FROM dear JOIN guests ON guests.room = dear.id"
    )
    inlined = (
        "SELECT a.name, b.n FROM (SELECT id, name FROM room WHERE price > 9) AS a JOIN "
        "(SELECT room_id AS room, count(*) AS n FROM stay GROUP BY room_id) AS b ON b.room = a.id"
    )
    assert read(with_, ROOMS) == read(inlined, ROOMS)


def test_the_order_of_a_set_operation_counts_columns_of_its_result() -> None:
    tree = read("SELECT id, name FROM room UNION SELECT 1, guest FROM stay ORDER BY name", ROOMS)
    assert tree.order_by[0].expression == Ordinal(1)


def test_a_star_shows_its_columns_to_the_query_around_it() -> None:
    tree = read("SELECT price FROM (SELECT * FROM room)", ROOMS)
    assert isinstance(tree, Select)
    assert tree.items == (SelectItem(ColumnRef(0, 2)),)
    assert write(tree, ROOMS) == "SELECT price FROM (SELECT id, name, price, opened FROM room)"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("WITH RECURSIVE n AS (SELECT 1 UNION SELECT x + 1 FROM n) SELECT * FROM n", "RECURSIVE"),
        ("SELECT sum(price) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM room", "frame"),
        ("SELECT rowid FROM room", "ROWID"),
        ("SELECT name FROM room WHERE price IS TRUE", "IS TRUE"),
        ("SELECT load_extension('x') FROM room", "Cannot read"),
        ("SELECT nothing FROM room", "no column 'nothing'"),
        ("SELECT (name, price) IN (SELECT 1, 2) FROM room", "Cannot read"),
        ("SELECT name FROM room NATURAL JOIN stay", "not supported"),
    ],
)
def test_what_the_tree_lacks_is_refused_by_name(sql: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        read(sql, ROOMS)


@given(queries())
def test_the_fragment_is_a_view_of_the_tree(query: Statement) -> None:
    assert fragment(query, SCHEMA) == parse(write(query, SCHEMA), SCHEMA)
