"""What the page offers to choose from."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.answering.pipeline import RankedCandidate
from text2sql.databases import Catalog, Database
from text2sql.schema import Schema
from text2sql.spider import Example
from text2sql.ui.ask.choices import candidate_choices, database_choices, gold_for, some_examples


def examples(*pairs: tuple[str, str]) -> list[Example]:
    return [Example(question, query, "db") for question, query in pairs]


def files(*names: str) -> list[Database]:
    return [Database(name, Schema.from_text("t(a)"), Path(name), "Files") for name in names]


def test_databases_are_sorted_by_name_and_described_by_their_tables() -> None:
    catalog = Catalog([], files("b", "C", "a"))
    assert database_choices(catalog) == [("a · t", "a"), ("b · t", "b"), ("C · t", "C")]


def test_a_description_has_as_many_tables_as_fit_and_none_of_sqlite_itself() -> None:
    tables = " | ".join(f"holidayTrip_{n}(id)" for n in range(40))
    schema = Schema.from_text(f"sqlite_sequence(name) | {tables}")
    catalog = Catalog([], [Database("trips", schema, Path("trips"), "Files")])
    assert database_choices(catalog) == [
        ("trips · holiday trip 0, holiday trip 1, holiday trip 2, holiday trip 3, …", "trips")
    ]


def test_the_group_is_named_where_there_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog([], files("a", "b"))
    groups = {"Samples": tuple(files("clinic")), "Files": tuple(files("a"))}
    monkeypatch.setattr(catalog, "groups", lambda: groups)
    assert database_choices(catalog) == [
        ("Samples / clinic · t", "clinic"),
        ("Files / a · t", "a"),
    ]


def test_examples_are_spread_and_no_two_ask_for_the_same() -> None:
    many = examples(*((f"Question {n}?", f"SELECT {n // 2}") for n in range(40)))
    assert some_examples(many, 4) == ["Question 0?", "Question 10?", "Question 20?", "Question 30?"]


def test_short_questions_go_first_where_there_are_enough() -> None:
    mixed = examples(("Short?", "a"), ("x" * 90, "b"), ("Brief?", "c"))
    assert some_examples(mixed, 2) == ["Short?", "Brief?"]
    assert some_examples(mixed, 3) == ["Short?", "x" * 90, "Brief?"]


def test_no_examples_are_offered_where_there_are_none() -> None:
    assert some_examples([], 6) == []


def test_the_gold_query_is_found_whatever_the_case_and_spacing() -> None:
    known = examples(("How many  singers?", "SELECT count(*) FROM singer"))
    assert gold_for(" how many singers? ", known) == "SELECT count(*) FROM singer"
    assert gold_for("How many songs?", known) is None


def test_candidates_say_what_became_of_them_and_their_sql() -> None:
    candidates = [
        RankedCandidate("SELECT nope", -1.0, False, "no such column: nope"),
        RankedCandidate("SELECT 1\nFROM t", -1.0, True, agrees=True),
        RankedCandidate("SELECT 3", -100.0, True),
        RankedCandidate("SELECT 2", -100.0, None),
    ]
    assert candidate_choices(candidates) == [
        ("failed · SELECT nope", "SELECT nope"),
        ("same rows as the answer · SELECT 1 FROM t", "SELECT 1\nFROM t"),
        ("other rows · SELECT 3", "SELECT 3"),
        ("not run · SELECT 2", "SELECT 2"),
    ]
