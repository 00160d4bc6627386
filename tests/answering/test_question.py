"""What counts as a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.answering.question import MAX_QUESTION_LENGTH, check_question, is_sql
from text2sql.databases import Catalog
from text2sql.errors import QuestionError
from text2sql.schema import Schema
from text2sql.spider import Example

SCHEMA = Schema.from_text("singer(id, name, country) | song(id, title)")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("  How many\n singers\tare there? ", "How many singers are there?"),
        ("¿Cuántos cantantes hay?", "¿Cuántos cantantes hay?"),
        ("歌手は何人いますか", "歌手は何人いますか"),
        ("Who sings 🎵?", "Who sings 🎵?"),
        ("caf\ud8e9", "caf?"),
        ("how\0many", "how many"),
        ("x" * MAX_QUESTION_LENGTH, "x" * MAX_QUESTION_LENGTH),
    ],
)
def test_a_question_in_any_language_is_put_on_one_line(typed: str, question: str) -> None:
    assert check_question(typed, SCHEMA) == question


@pytest.mark.parametrize("typed", ["", "  \n\t ", "\0", "\u00a0"])
def test_an_empty_question_gets_an_example(typed: str) -> None:
    with pytest.raises(QuestionError) as caught:
        check_question(typed, SCHEMA)
    assert str(caught.value) == (
        "The question is empty; ask something like: How many singers are there?"
    )


def test_a_question_that_is_too_long_names_both_lengths() -> None:
    with pytest.raises(QuestionError) as caught:
        check_question("why " * 2500, SCHEMA)
    assert str(caught.value) == (
        "The question has 9,999 characters, and the limit is 2,000; ask it in fewer words."
    )


def test_sql_in_place_of_a_question_is_named_as_such() -> None:
    with pytest.raises(QuestionError) as caught:
        check_question("SELECT name FROM singer -- all\nWHERE id = 1", SCHEMA)
    assert str(caught.value) == (
        "This is SQL, not a question; run it with text2sql run, or ask in words."
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM singer",
        "select name from singer;",
        ' SELECT T1.name FROM singer AS T1 WHERE T1.country = "China"',
        "select * from singr",
        "SELECT count(*) FROM nothing",
        "SELECT 1",
        "SELECT name AS n FROM singer ORDER BY n",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "INSERT INTO singer VALUES (1)",
        "update singer set name = 1",
        "DELETE FROM singer",
        "DROP TABLE singer",
        "create table x (a)",
        "PRAGMA table_info(singer)",
        "EXPLAIN SELECT 1",
        "VACUUM",
        "ATTACH 'x' AS y",
    ],
)
def test_sql_is_recognised(text: str) -> None:
    assert is_sql(text, SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "Select all singers from France",
        "select all names from singer",
        "Select the names of singers from France",
        "select name and country from singer.",
        "Select singers",
        "With how many songs did they win?",
        "Update me on the singers",
        "Explain who sings most",
        "Create a list of songs",
        "Drop the ones from France and show the others",
        "select max age from singer",
        "select " + "(" * 3000,
    ],
)
def test_english_that_looks_like_sql_is_not(text: str) -> None:
    assert not is_sql(text, SCHEMA)


def test_no_question_of_spider_is_taken_for_sql(spider_dir: Path) -> None:
    catalog = Catalog.open(spider_dir)
    questions = [(e.question, d.schema) for d in catalog for e in catalog.examples(d.db_id)]
    assert len(questions) > 9000
    assert [question for question, schema in questions if is_sql(question, schema)] == []


def test_every_gold_query_of_spider_dev_is_taken_for_sql(
    spider_dir: Path, dev_golds: list[Example]
) -> None:
    catalog = Catalog.open(spider_dir)
    assert [g.query for g in dev_golds if not is_sql(g.query, catalog.get(g.db_id).schema)] == []
