"""Questions that meet their own database and another's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.answering.pipeline import Text2SQL
from text2sql.benchmark.unanswerable.foreign_questions import ask_and_judge, pair_with_databases
from text2sql.databases import Catalog
from text2sql.spider import Example

QUESTIONS = [
    Example("How many ships are there?", "SELECT count(*) FROM ship", "ship"),
    Example("How many singers are there?", "SELECT count(*) FROM singer", "singer"),
    Example("How many empty ones are there?", "SELECT count(*) FROM empty", "empty"),
]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    files = [tmp_path / f"{example.db_id}.sqlite" for example in QUESTIONS]
    for file in files:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(f"CREATE TABLE {file.stem} (name TEXT)")
            if file.stem != "empty":
                connection.execute(f"INSERT INTO {file.stem} VALUES ('Ada')")
    return Catalog.open(sqlite=files)


def test_each_question_meets_its_own_database_and_another(catalog: Catalog) -> None:
    asked = pair_with_databases(QUESTIONS, catalog)
    assert [q for q, _ in asked] == [*QUESTIONS, *QUESTIONS]
    assert [q.db_id == d.db_id for q, d in asked] == [True] * 3 + [False] * 3


def test_with_one_database_there_is_no_other_to_meet(catalog: Catalog) -> None:
    assert [d.db_id for _, d in pair_with_databases(QUESTIONS[:1], catalog)] == ["ship"]


def test_answers_are_judged_where_there_is_something_to_be_right_about(catalog: Catalog) -> None:
    asked = pair_with_databases(QUESTIONS, catalog)
    found = list(ask_and_judge(Text2SQL(Parrot("SELECT 1")), asked))
    assert [(j.db_id, j.own, j.right) for j in found[:3]] == [
        ("ship", True, True),
        ("singer", True, True),
        ("empty", True, None),
    ]
    assert [(j.own, j.right) for j in found[3:]] == [(False, None)] * 3


def test_a_question_that_cannot_be_asked_is_left_out(catalog: Catalog) -> None:
    asked = [(Example("", "SELECT 1", "ship"), catalog.get("ship"))]
    assert list(ask_and_judge(Text2SQL(Parrot("SELECT 1")), asked)) == []
