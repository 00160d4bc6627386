"""All columns for a question that names a table and nothing else."""

from __future__ import annotations

import pytest

from text2sql.answering.corrections import corrected
from text2sql.databases import Catalog
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index

AIRLINE = Catalog.open().get("airline")
SOME = "SELECT ticket_id FROM tickets"


def sql_for(question: str, sql: str) -> str:
    return corrected(Candidate(sql, 0.0), question, AIRLINE.schema, cell_index(AIRLINE)).sql


@pytest.mark.parametrize(
    "question",
    [
        "Show all tickets",
        "list all the tickets.",
        "Give me every ticket",
        "Show all tickets records",
    ],
)
def test_a_table_that_is_asked_for_is_shown_with_all_columns(question: str) -> None:
    assert sql_for(question, SOME) == "SELECT * FROM tickets"


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Show all ticket prices", "SELECT price FROM tickets"),
        ("Show all passengers with tickets", "SELECT full_name FROM passengers"),
        ("How many tickets are there?", "SELECT count(*) FROM tickets"),
        ("Show all tickets", "SELECT price FROM tickets WHERE price > 100"),
        ("Show all cabins", "SELECT cabin FROM tickets"),
    ],
)
def test_other_questions_keep_their_columns(question: str, sql: str) -> None:
    assert sql_for(question, sql) == sql
