"""The data set sql-create-context as examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from text2sql.errors import DataError, SchemaError
from text2sql.spider import Example
from train.sql_create_context import read_mix, schema_of

HEADS = {
    "question": "How many heads are older than 56?",
    "context": "CREATE TABLE head (age INTEGER, name VARCHAR); CREATE TABLE dept (id INTEGER)",
    "answer": "SELECT COUNT(*) FROM head WHERE age > 56",
}


@pytest.fixture
def source(tmp_path: Path) -> Any:
    def write(items: Any) -> str:
        path = tmp_path / "mix.json"
        path.write_text(json.dumps(items))
        return str(path)

    return write


def test_create_table_becomes_the_format_of_the_prompt() -> None:
    assert schema_of(HEADS["context"]).serialize() == "head(age, name) | dept(id)"


@pytest.mark.parametrize("text", ["", "SELECT 1", "CREATE TABLE", "CREATE TABLE t"])
def test_a_text_that_declares_no_table_is_refused(text: str) -> None:
    with pytest.raises(SchemaError, match=r"CREATE TABLE|declares no table"):
        schema_of(text)


def test_an_item_becomes_an_example_with_a_schema_of_its_own(source: Any) -> None:
    mix = read_mix(source([HEADS]), [])
    assert mix.examples == [Example(HEADS["question"], HEADS["answer"], "mix-1")]
    assert mix.databases["mix-1"].schema.serialize() == "head(age, name) | dept(id)"
    assert mix.databases["mix-1"].path is None


def test_evaluation_questions_are_not_trained_on(source: Any) -> None:
    other = {**HEADS, "question": "Which departments are there?"}
    broken = {**HEADS, "question": "Which?", "context": "CREATE INDEX i"}
    held_out = [Example("how many heads are older than 56 ?", "SELECT 1", "department")]
    mix = read_mix(source([HEADS, other, broken]), held_out)
    assert [e.question for e in mix.examples] == ["Which departments are there?"]
    assert mix.note.endswith(
        "1 examples; left out 1 whose question is in the validation file and 1 whose tables "
        "cannot be read."
    )


def test_a_limit_is_kept(source: Any) -> None:
    assert len(read_mix(source([HEADS] * 5), [], limit=2).examples) == 2


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({}, "must hold a JSON list"),
        (["x"], "Item 1 of .* is not an object"),
        ([{**HEADS, "answer": ""}], "Item 1 of .* lacks question, context or answer"),
    ],
)
def test_a_file_in_another_form_is_refused(items: Any, words: str, source: Any) -> None:
    with pytest.raises(DataError, match=words):
        read_mix(source(items), [])


def test_the_error_for_a_data_set_that_cannot_be_loaded_names_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def offline(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr("datasets.load_dataset", offline)
    with pytest.raises(DataError, match=r"name a JSON file of it with --set mix=FILE"):
        read_mix("b-mc2/sql-create-context", [])
