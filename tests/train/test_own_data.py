"""A user's own questions as JSON lines."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from text2sql.errors import DataError, UnknownDatabase
from text2sql.feedback import open_feedback, owner_feedback
from text2sql.spider import Example
from train.__main__ import main
from train.config import RecipeError, Seq2SeqRecipe
from train.data import Encoder, read_splits
from train.own_data import read_own_data, split_own_data

DDL = "CREATE TABLE song (id INTEGER, title TEXT)"


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "own.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER, price REAL)")
    connection.close()
    return path


@pytest.mark.usefixtures("shop")
def test_a_line_names_a_database_or_declares_its_tables(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"question": "How many?", "sql": "SELECT count(*) FROM sale", "database": "shop.sqlite"},
        "",
        {"question": "Which titles?", "query": "SELECT title FROM song", "ddl": DDL},
        {"question": "How many songs?", "sql": "SELECT count(*) FROM song", "ddl": DDL},
    )  # fmt: skip
    found = read_own_data(path)
    names = [example.db_id for example in found.examples]
    assert names[0] == "shop"
    assert names[1] == names[2]
    assert found.examples[1] == Example("Which titles?", "SELECT title FROM song", names[1])
    assert found.databases["shop"].schema.serialize() == "sale(id, price)"
    assert found.databases[names[1]].schema.serialize() == "song(id, title)"
    assert found.databases[names[1]].path is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "Line 2 of .* is not JSON"),
        ("[" * 100_000, "Line 2 of .* is not JSON"),
        ([1], "Line 2 of .* is not a JSON object"),
        ({"sql": "SELECT 1", "ddl": DDL}, "Line 2 of .* needs a text called 'question'"),
        ({"question": "q", "ddl": DDL}, "Line 2 of .* needs a text called 'sql' or 'query'"),
        ({"question": "q", "sql": "SELECT 1"}, 'Line 2 of .* needs "database", a SQLite file, or'),
        ({"question": "q", "sql": "SELECT 1", "database": "no.db"}, r"Line 2 of .*no\.db"),
        ({"question": "q", "sql": "SELECT 1", "ddl": "hello"}, "Line 2 of .*hello"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: Any, words: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"question": "q", "sql": "SELECT 1", "ddl": DDL}, line)
    with pytest.raises(DataError, match=words):
        read_own_data(path)


def test_one_question_is_too_few(tmp_path: Path) -> None:
    path = write(tmp_path, {"question": "q", "sql": "SELECT 1", "ddl": DDL})
    with pytest.raises(DataError, match="holds 1 questions; training needs two or more"):
        read_own_data(path)


def test_a_tenth_is_held_out_the_same_each_time(tmp_path: Path) -> None:
    lines = [{"question": f"q{n}", "sql": "SELECT 1", "ddl": DDL} for n in range(40)]
    data = read_own_data(write(tmp_path, *lines))
    train, validation = split_own_data(data, 0)
    assert (len(train), len(validation)) == (36, 4)
    assert sorted(e.question for e in (*train, *validation)) == sorted(
        e.question for e in data.examples
    )
    assert split_own_data(data, 0) == (train, validation)
    assert split_own_data(data, 1) != (train, validation)


def test_a_recipe_reads_them(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    lines = [{"question": f"q{n}", "sql": "SELECT title FROM song", "ddl": DDL} for n in range(4)]
    splits = read_splits(replace(recipe, data=str(write(tmp_path, *lines))), None)
    assert (len(splits.train), len(splits.validation), splits.test) == (3, 1, [])
    assert splits.files == (tmp_path / "own.jsonl",)


def test_data_of_another_kind_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"it takes spider, samples or the name of a \.jsonl"):
        Seq2SeqRecipe(data="my.csv")


@pytest.mark.parametrize("arguments", [["--recipe", "pocket"]])
def test_the_pocket_recipe_refuses_own_data(
    arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, {"question": "q", "sql": "SELECT 1", "ddl": DDL})
    assert main([*arguments, "--data", str(path), "--out", str(tmp_path / "run")]) == 2
    assert capsys.readouterr().err == (
        "error: The recipe 'pocket' has no --data; to train the bundled model on your own "
        "questions, use --recipe pocket-corrections.\n"
    )


def bird_folder(folder: Path) -> Path:
    """BIRD's layout: a question file beside a folder of databases with descriptions."""
    place = folder / "train_databases" / "school"
    (place / "database_description").mkdir(parents=True)
    with sqlite3.connect(place / "school.sqlite") as connection:
        connection.execute("CREATE TABLE frpm (id INTEGER, flag INTEGER)")
    connection.close()
    (place / "database_description" / "frpm.csv").write_text(
        "original_column_name,column_name,column_description,data_format,value_description\n"
        "flag,Charter School (Y/N),whether it is a charter school,integer,1 means yes\n"
    )
    items = [
        {"question": "How many charter schools are there?", "evidence": "charter means flag = 1",
         "SQL": "SELECT count(*) FROM frpm WHERE flag = 1", "db_id": "school",
         "difficulty": "simple"},
        {"question": "How many schools are there?", "evidence": "",
         "SQL": "SELECT count(*) FROM frpm", "db_id": "school", "difficulty": "simple"},
    ]  # fmt: skip
    (folder / "train.json").write_text(json.dumps(items))
    return folder / "train.json"


def test_bird_layout_brings_evidence_and_what_is_said_of_columns(tmp_path: Path) -> None:
    found = read_own_data(bird_folder(tmp_path))
    assert found.examples[0].evidence == "charter means flag = 1"
    school = found.databases["school"]
    assert school.path == tmp_path / "train_databases" / "school" / "school.sqlite"
    assert school.schema.serialize(descriptions=True) == (
        "frpm(id, flag (whether it is a charter school 1 means yes))"
    )
    assert school.schema.tables[0].columns[1].natural == "flag"


def test_evidence_and_descriptions_are_in_the_input_of_a_text_model(tmp_path: Path) -> None:
    recipe = Seq2SeqRecipe(data=str(bird_folder(tmp_path)), schema="described")
    splits = read_splits(recipe, None)
    encoder = Encoder(Words(), recipe, splits.databases)  # type: ignore[arg-type]
    examples = [example for example in (*splits.train, *splits.validation) if example.evidence]
    [features] = encoder.encode(examples, training=True)
    assert Words.text(features["input_ids"]) == (
        "Translate English to SQL: How many charter schools are there? "
        "Hint: charter means flag = 1 | Schemas: "
        "frpm(id, flag (whether it is a charter school 1 means yes))"
    )


class Words:
    """A tokenizer whose tokens are characters."""

    def __call__(self, text: str, **_: Any) -> dict[str, list[int]]:
        return {"input_ids": [ord(character) for character in text]}

    @staticmethod
    def text(ids: Sequence[int]) -> str:
        return "".join(map(chr, ids))


def test_exported_feedback_is_trained_on_as_it_is(tmp_path: Path) -> None:
    store = open_feedback(tmp_path / "said.db")
    for number in (1, 2):
        store.add(owner_feedback(f"How many {number}?", "clinic", "SELECT count(*) FROM doctor"))
    store.export(tmp_path / "more.json")
    found = read_own_data(tmp_path / "more.json")
    assert [example.db_id for example in found.examples] == ["clinic", "clinic"]
    assert found.databases["clinic"].schema.tables[0].name == "department"


def test_bird_without_cells_is_read_as_it_is_published(tmp_path: Path) -> None:
    lines = [
        {"db_id": "school", "question": f"How many {n}?", "evidence": "all", "query": "SELECT 1"}
        for n in (1, 2)
    ]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "schemas.json").write_text(json.dumps({"school": "CREATE TABLE frpm (flag INT)"}))
    said = {"school|frpm|flag": "1 means yes"}
    (tmp_path / "column_meaning.json").write_text(json.dumps(said))
    found = read_own_data(tmp_path / "train.jsonl")
    assert found.examples[0].evidence == "all"
    school = found.databases["school"]
    assert (school.path, school.schema.serialize(True)) == (None, "frpm(flag (1 means yes))")


def test_a_database_that_is_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text(
        json.dumps([{"question": "Q", "query": "SELECT 1", "db_id": "nowhere"}] * 2)
    )
    with pytest.raises(UnknownDatabase, match="There is no database 'nowhere'"):
        read_own_data(tmp_path / "more.json")
