"""Parts of one query put into another, read from SQL and written as SQL."""

from __future__ import annotations

import pytest

from text2sql.answering.conversation.edits import as_select
from text2sql.answering.conversation.grafts import grafts
from text2sql.databases import Catalog
from text2sql.query.nodes import Select
from text2sql.query.reading import read
from text2sql.query.writing import write

CLINIC = Catalog.open().get("clinic").schema
LYON = "SELECT last_name FROM patient WHERE city = 'Lyon'"
WOMEN = "SELECT patient_id FROM patient WHERE sex = 'F'"


def select(sql: str) -> Select:
    return as_select(read(sql, CLINIC))


def grafted(before: str, other: str) -> dict[str, str]:
    return {n: write(q, CLINIC) for n, q in grafts(select(before), select(other), CLINIC)}


def test_conditions_come_beside_those_on_other_columns_and_instead_of_those_on_the_same() -> None:
    assert grafted(LYON, WOMEN)["graft conditions"] == f"{LYON} AND sex = 'F'"
    paris = grafted(LYON, "SELECT phone FROM patient WHERE city = 'Paris'")
    assert paris["graft conditions"] == LYON.replace("Lyon", "Paris")
    assert paris["graft further conditions"] == f"{LYON} AND city = 'Paris'"


@pytest.mark.parametrize(
    ("other", "name", "sql"),
    [
        ("SELECT phone FROM patient", "graft columns", LYON.replace("last_name", "phone")),
        ("SELECT phone FROM patient", "graft further columns",
         LYON.replace("last_name", "last_name, phone")),
        ("SELECT count(*) FROM patient", "graft aggregates",
         LYON.replace("last_name", "count(*)")),
        ("SELECT insurer, count(*) FROM patient GROUP BY insurer", "graft columns",
         "SELECT insurer, count(*) FROM patient WHERE city = 'Lyon' GROUP BY insurer"),
        ("SELECT phone FROM patient ORDER BY birth_date LIMIT 1", "graft order",
         f"{LYON} ORDER BY birth_date LIMIT 1"),
    ],
)  # fmt: skip
def test_what_another_query_shows_or_orders_by_is_put_into_the_one_before(
    other: str, name: str, sql: str
) -> None:
    assert grafted(LYON, other)[name] == sql


def test_a_table_that_the_query_before_lacks_is_joined() -> None:
    other = (
        "SELECT T2.name FROM doctor AS T1 "
        "JOIN department AS T2 ON T1.department_id = T2.department_id"
    )
    assert grafted("SELECT last_name FROM doctor", other)["graft further columns"] == (
        "SELECT T1.last_name, T2.name FROM doctor AS T1 "
        "JOIN department AS T2 ON T1.department_id = T2.department_id"
    )


def test_a_condition_with_a_subquery_is_left_where_it_is() -> None:
    other = "SELECT phone FROM patient WHERE patient_id IN (SELECT patient_id FROM appointment)"
    assert not any("conditions" in name for name in grafted(LYON, other))
