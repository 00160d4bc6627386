"""What a follow-up's query has from the one before, in words, and the query without it."""

from __future__ import annotations

import pytest

from tests.answering.conversation.test_edits import CLINIC, select
from text2sql.answering.conversation.carried import Carried, carried_over


@pytest.mark.parametrize(
    ("before", "after", "carried"),
    [
        pytest.param(
            "SELECT last_name FROM patient WHERE city = 'Lyon' AND sex = 'F'",
            "SELECT last_name FROM patient WHERE city = 'Lyon' AND sex = 'M'",
            [("where the city is “Lyon”", "SELECT last_name FROM patient WHERE sex = 'M'")],
            id="a condition that stays, and not the one that changed",
        ),
        pytest.param(
            "SELECT city, count(*) FROM patient GROUP BY city HAVING count(*) > 3",
            "SELECT city, count(*) FROM patient WHERE sex = 'F' GROUP BY city HAVING count(*) > 3",
            [
                ("if the number of patients is more than 3",
                 "SELECT city, count(*) FROM patient WHERE sex = 'F' GROUP BY city"),
                ("for each city", "SELECT count(*) FROM patient WHERE sex = 'F'"),
            ],
            id="groups and which of them",
        ),
        pytest.param(
            "SELECT last_name FROM doctor ORDER BY hired_on LIMIT 3",
            "SELECT last_name, hired_on FROM doctor ORDER BY hired_on LIMIT 3",
            [("only the first 3", "SELECT last_name, hired_on FROM doctor ORDER BY hired_on")],
            id="a number of rows",
        ),
        pytest.param(
            "SELECT last_name FROM doctor ORDER BY hired_on",
            "SELECT last_name FROM doctor WHERE monthly_salary > 9000 ORDER BY hired_on",
            [("earliest hired on first",
              "SELECT last_name FROM doctor WHERE monthly_salary > 9000")],
            id="an order",
        ),
        pytest.param(
            "SELECT last_name FROM patient WHERE patient_id NOT IN "
            "(SELECT patient_id FROM appointment)",
            "SELECT phone FROM patient WHERE patient_id NOT IN "
            "(SELECT patient_id FROM appointment)",
            [("where the patient id is not among (the patient id of each appointment)",
              "SELECT phone FROM patient")],
            id="a condition with a query in it",
        ),
        pytest.param(
            "SELECT last_name FROM patient WHERE city = 'Lyon'",
            "SELECT count(*) FROM doctor",
            [],
            id="nothing, after a new question",
        ),
    ],
)  # fmt: skip
def test_each_part_is_said_in_words_with_the_query_that_lacks_it(
    before: str, after: str, carried: list[tuple[str, str]]
) -> None:
    found = carried_over(select(after), select(before), CLINIC)
    assert found == tuple(Carried(*one) for one in carried)
