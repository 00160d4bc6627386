"""Questions in people's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from text2sql.linking.synonyms import reworded
from text2sql.schema import Column, Schema, Table

SCHEMA = Schema(
    (
        Table(
            "visit",
            (
                Column("fee", "number", "fee", synonyms=("price", "takings = sum of fee")),
                Column("who", "text", "patient name", synonyms=("client", "sick person")),
            ),
            "visit",
            synonyms=("appointment",),
        ),
    )
)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("What are the takings by client?", "What are the sum of fee by patient name?"),
        ("How many Appointments are there?", "How many visits are there?"),
        ("List all prices", "List all fees"),
        ("Who is a sick person?", "Who is a patient name?"),
        ("Which clientele?", "Which clientele?"),
        ("Which subclient?", "Which subclient?"),
        ('Whose name is "Price"?', 'Whose name is "Price"?'),
        ("How many visits are there?", "How many visits are there?"),
    ],
)
def test_synonyms_become_the_names_or_meanings_they_stand_for(question: str, read: str) -> None:
    assert reworded(question, SCHEMA) == read


def test_a_schema_without_synonyms_changes_nothing() -> None:
    (table,) = SCHEMA.tables
    columns = tuple(replace(column, synonyms=()) for column in table.columns)
    plain = Schema((replace(table, columns=columns, synonyms=()),))
    assert reworded("takings of clients", plain) == "takings of clients"


def test_a_synonym_is_text_and_no_pattern() -> None:
    column = Column("a", "text", "a", synonyms=("c++ (or c", ".*"))
    schema = Schema((Table("t", (column,), "t"),))
    assert reworded("who writes c++ (or c here", schema) == "who writes a here"
