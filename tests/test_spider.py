"""Question files and the two halves of a split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from text2sql.errors import DataError
from text2sql.spider import Example, load_examples, split_half

ITEM = {"question": "How many?", "query": "SELECT count(*) FROM t", "db_id": "d"}


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_questions_are_read_and_other_fields_ignored(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.json", [ITEM | {"sql": {}, "question_toks": ["How"]}])
    assert load_examples(path) == [Example("How many?", "SELECT count(*) FROM t", "d")]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps([ITEM]), encoding="utf-8-sig")
    assert len(load_examples(path)) == 1


@pytest.mark.parametrize("query", [{}, {"query": None}, {"query": ""}])
def test_gold_may_be_absent_where_the_caller_allows_it(
    tmp_path: Path, query: dict[str, str | None]
) -> None:
    path = write(tmp_path / "q.json", [{"question": "Who?", "db_id": "d"} | query])
    assert load_examples(path, require_query=False) == [Example("Who?", "", "d")]
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert str(caught.value) == (
        f"Item 1 of {str(path)!r} has no text in its field 'query'; add the gold SQL."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[", "is not valid JSON (Expecting value: line 1 column 2 (char 1)); correct or replace"),
        ("{}", "with question, query and db_id; it holds an object."),
        ("[]", "with question, query and db_id; it holds an empty list."),
        ("[1]", "is a number, not an object with question, query and db_id."),
        (json.dumps([ITEM, {}]), "Item 2 of"),
        (json.dumps([ITEM | {"question": 7}]), "has no text in its field 'question'."),
        (json.dumps([ITEM | {"db_id": " "}]), "has no text in its field 'db_id'."),
        ("[" * 100_000, "is not valid JSON ("),
    ],
)
def test_a_file_of_another_form_is_explained(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "q.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert sentence in str(caught.value)
    assert repr(str(path)) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert str(caught.value) == f"There is no file {str(path)!r}; check the path."


def test_a_folder_is_not_a_question_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_examples(tmp_path)
    assert str(caught.value) == (
        f"{str(tmp_path)!r} cannot be read (Is a directory); it must be a readable file."
    )


def test_a_file_in_another_encoding_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'[{"question": "Caf\xe9?"}]')
    with pytest.raises(DataError) as caught:
        load_examples(path)
    assert str(caught.value) == f"{str(path)!r} is not UTF-8 text (byte 19); save it as UTF-8."


def _numbered(count: int) -> list[Example]:
    return [Example(f"Question {n}?", "SELECT 1", "d") for n in range(count)]


def test_the_halves_hold_everything_once() -> None:
    first, second = split_half(_numbered(9), seed=1)
    assert (len(first), len(second)) == (4, 5)
    assert sorted([*first, *second], key=lambda e: e.question) == _numbered(9)


def test_a_seed_gives_the_same_halves_again() -> None:
    first, _ = split_half(_numbered(8), seed=42)
    assert [e.question for e in first] == [f"Question {n}?" for n in (3, 4, 6, 7)]
    assert split_half(_numbered(8), seed=42) == split_half(_numbered(8), seed=42)
    assert split_half(_numbered(8), seed=42) != split_half(_numbered(8), seed=43)


def test_splitting_leaves_its_input_alone() -> None:
    examples = _numbered(6)
    split_half(examples)
    assert examples == _numbered(6)


@pytest.mark.parametrize(
    ("name", "count"),
    [("train_spider.json", 7000), ("train_others.json", 1659), ("dev.json", 1034)],
)
def test_the_files_of_spider_are_read_whole(spider_dir: Path, name: str, count: int) -> None:
    assert len(load_examples(spider_dir / name)) == count


def test_questions_in_bird_s_form_keep_their_evidence_and_difficulty(tmp_path: Path) -> None:
    item = {"question": "How many?", "SQL": "SELECT 1", "db_id": "d", "question_id": 7}
    path = write(tmp_path / "q.json", [item | {"evidence": "all", "difficulty": "simple"}])
    assert load_examples(path) == [Example("How many?", "SELECT 1", "d", "all", "simple")]


def test_several_golds_are_kept_and_the_first_is_the_main_one(tmp_path: Path) -> None:
    path = write(tmp_path / "q.json", [{"question": "?", "db_name": "d", "golds": ["A", "B", "A"]}])
    (example,) = load_examples(path)
    assert (example.query, example.other_golds, example.golds) == ("A", ("B",), ("A", "B"))


def test_json_lines_are_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(f"{json.dumps(ITEM)}\n\n{json.dumps(ITEM)}\n", encoding="utf-8")
    assert len(load_examples(path)) == 2
    path.write_text(f"{json.dumps(ITEM)}\n{{\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"Line 2 of .* is not valid JSON"):
        load_examples(path)
