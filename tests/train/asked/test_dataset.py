"""The data set as it is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.train.asked.conftest import content
from text2sql.databases import Catalog
from text2sql.errors import DataError
from train.asked.__main__ import main
from train.asked.build import build
from train.asked.checks import faults
from train.asked.dataset import (
    SPIDER_REWORDINGS,
    AskedDatabase,
    read_databases,
    read_packed,
    read_wrong_golds,
    write_packed,
)


def test_the_data_set_is_of_the_size_its_card_says() -> None:
    databases = read_databases()
    texts = [text for d in databases for q in d.questions for text in q.texts]
    assert (len(databases), sum(len(d.questions) for d in databases)) == (342, 14_703)
    assert (len(texts), sum(len(d.unanswerable) for d in databases)) == (26_658, 1_726)


def test_no_wording_of_spider_is_of_a_gold_known_to_be_wrong() -> None:
    wordings = {line["n"] for line in read_packed(SPIDER_REWORDINGS)}
    assert not wordings & read_wrong_golds("spider")


def test_the_built_folder_can_be_read_by_any_command(choir: AskedDatabase, tmp_path: Path) -> None:
    assert build([choir], tmp_path) == (
        "1 databases, 3 questions and 1 that can't be answered are in " + f"{tmp_path}."
    )
    schema = Catalog.open(tmp_path).get("choir").schema
    assert [(t.name, t.natural) for t in schema.tables] == [
        ("singer", "singer"),
        ("sung at", "sung at"),
    ]
    assert len(schema.foreign_keys) == 1
    questions = json.loads((tmp_path / "questions.json").read_text())
    assert [q["question"] for q in questions] == [
        "How many singers?",
        "singers, number",
        "Who sings?",
    ]
    assert questions[2]["golds"] == ["SELECT name FROM singer WHERE id > 0"]


def test_a_sound_database_has_no_faults(choir: AskedDatabase) -> None:
    assert faults(choir) == []


def test_a_query_that_fails_or_returns_nothing_is_a_fault() -> None:
    wrong = content()
    wrong["questions"] += [
        {"question": "Who left?", "query": "SELECT name FROM singers"},
        {"question": "Who is called Zed?", "query": "SELECT name FROM singer WHERE name = 'Zed'"},
        {"question": "who SINGS?", "query": "SELECT name FROM singer"},
    ]
    assert faults(AskedDatabase(wrong)) == [
        "Repeated question: who SINGS?",
        "no such table: singers: SELECT name FROM singers",
        "No rows: SELECT name FROM singer WHERE name = 'Zed'",
    ]


def test_packing_is_the_same_bytes_for_the_same_items(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_packed([content()], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert list(read_packed(tmp_path / "one")) == [content()]


def test_a_file_that_is_not_packed_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain.jsonl").write_text("{}")
    with pytest.raises(DataError, match=r"plain\.jsonl.* is not JSON Lines packed by xz"):
        list(read_packed(tmp_path / "plain.jsonl"))


def test_check_says_how_many_faults_a_file_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "choir.json").write_text(json.dumps(content()))
    assert main(["check", str(tmp_path / "choir.json")]) == 0
    assert capsys.readouterr().out == "1 databases, 2 queries, 0 faults.\n"


def test_a_folder_without_files_is_not_packed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(tmp_path)]) == 2
    assert "no .json files" in capsys.readouterr().err
