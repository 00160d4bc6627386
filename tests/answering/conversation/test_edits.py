"""Changes of one SELECT, read from SQL and written as SQL."""

from __future__ import annotations

import pytest

from text2sql.answering.conversation.edits import (
    as_select,
    counted,
    grouped,
    reach,
    row_of_extreme,
    showing,
    trimmed,
    with_conditions,
)
from text2sql.databases import Catalog
from text2sql.query.nodes import Call, ColumnRef, Literal, Select
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema

CLINIC = Catalog.open().get("clinic").schema


def select(sql: str) -> Select:
    return as_select(read(sql, CLINIC))


def place(table: str, column: str, schema: Schema = CLINIC) -> tuple[int, int]:
    found = schema.find_table(table)
    assert found is not None
    there = schema.find_column(found, column)
    assert there is not None
    return found, there


def test_a_table_that_is_missing_is_joined_by_its_key() -> None:
    reached = reach(select("SELECT last_name FROM doctor"), CLINIC, place("department", "name"))
    assert reached is not None
    query, column = reached
    assert write(showing(query, [*[i.expression for i in query.items], column]), CLINIC) == (
        "SELECT T1.last_name, T2.name FROM doctor AS T1 "
        "JOIN department AS T2 ON T1.department_id = T2.department_id"
    )


def test_a_table_that_is_there_is_used_as_it_is() -> None:
    query = select("SELECT T2.name FROM doctor AS T1 JOIN department AS T2 "
                   "ON T1.department_id = T2.department_id")  # fmt: skip
    assert reach(query, CLINIC, place("doctor", "hired_on")) == (query, ColumnRef(0, 4))


def test_a_table_three_keys_away_brings_those_between() -> None:
    reached = reach(select("SELECT last_name FROM patient"), CLINIC, place("medicine", "name"))
    assert reached is not None
    assert write(showing(reached[0], [reached[1]]), CLINIC) == (
        "SELECT T4.name FROM patient AS T1 JOIN appointment AS T2 "
        "ON T1.patient_id = T2.patient_id JOIN prescription AS T3 "
        "ON T2.appointment_id = T3.appointment_id "
        "JOIN medicine AS T4 ON T3.medicine_id = T4.medicine_id"
    )


def test_a_column_that_is_only_shown_takes_no_row_away() -> None:
    query = select("SELECT last_name FROM doctor")
    kept = reach(query, CLINIC, place("department", "name"), outer=True)
    added = reach(query, CLINIC, place("appointment", "fee"), outer=True)
    assert kept is not None
    assert added is not None
    assert [entry.join for entry in kept[0].sources] == ["inner", "left"]
    assert [entry.join for entry in added[0].sources] == ["inner", "inner"]


def test_no_way_leads_into_a_query_in_from() -> None:
    query = select("SELECT count(*) FROM (SELECT city FROM patient LIMIT 3)")
    assert reach(query, CLINIC, place("doctor", "hired_on")) is None


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("SELECT city FROM patient WHERE sex = 'F' ORDER BY city",
         "SELECT count(*) FROM patient WHERE sex = 'F'"),
        ("SELECT DISTINCT city FROM patient", "SELECT count(DISTINCT city) FROM patient"),
        ("SELECT city FROM patient ORDER BY city LIMIT 3",
         "SELECT count(*) FROM (SELECT city FROM patient ORDER BY city LIMIT 3)"),
        ("SELECT city, count(*) FROM patient GROUP BY city",
         "SELECT count(*) FROM (SELECT city, count(*) FROM patient GROUP BY city)"),
        ("SELECT city FROM patient INTERSECT SELECT name FROM department",
         "SELECT count(*) FROM (SELECT city FROM patient INTERSECT SELECT name FROM department)"),
    ],
)  # fmt: skip
def test_what_a_query_returns_is_counted(sql: str, number: str) -> None:
    assert write(counted(select(sql)), CLINIC) == number


@pytest.mark.parametrize(
    ("sql", "groups"),
    [
        ("SELECT last_name FROM patient WHERE sex = 'F' ORDER BY last_name LIMIT 5",
         "SELECT city, count(*) FROM patient WHERE sex = 'F' GROUP BY city"),
        ("SELECT min(birth_date) FROM patient",
         "SELECT city, min(birth_date) FROM patient GROUP BY city"),
        ("SELECT sex, count(*) FROM patient GROUP BY sex ORDER BY count(*) DESC LIMIT 1",
         "SELECT city, count(*) FROM patient GROUP BY city ORDER BY count(*) DESC LIMIT 1"),
    ],
)  # fmt: skip
def test_groups_keep_what_is_computed(sql: str, groups: str) -> None:
    city = ColumnRef(0, place("patient", "city")[1])
    assert write(grouped(select(sql), [city]), CLINIC) == groups


def test_the_greatest_value_becomes_its_row() -> None:
    row = row_of_extreme(select("SELECT max(fee) FROM appointment WHERE minutes > 20"))
    assert row is not None
    assert write(showing(row, [ColumnRef(0, 0)]), CLINIC) == (
        "SELECT appointment_id FROM appointment WHERE minutes > 20 AND fee IS NOT NULL "
        "ORDER BY fee DESC LIMIT 1"
    )
    assert row_of_extreme(select("SELECT sum(fee) FROM appointment")) is None


def test_a_table_joined_for_a_column_goes_with_it() -> None:
    joined = select("SELECT T1.last_name FROM doctor AS T1 LEFT JOIN department AS T2 "
                    "ON T1.department_id = T2.department_id")  # fmt: skip
    assert write(trimmed(joined), CLINIC) == "SELECT last_name FROM doctor"
    used = with_conditions(joined, [Call("=", (ColumnRef(1, 1), Literal("Surgery")))])
    assert trimmed(used) == used
