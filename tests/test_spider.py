"""Question files and the two halves of a split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from text2sql.errors import DataError
from text2sql.golds import accepted_queries
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


def test_questions_of_spider_syn_are_asked_in_their_new_words(tmp_path: Path) -> None:
    item = {
        "db_id": "concert_singer",
        "SpiderQuestion": "How many singers do we have?",
        "SpiderSynQuestion": "How many vocalists do we have?",
        "query": "SELECT count(*) FROM singer",
    }
    path = write(tmp_path / "dev.json", [item])
    expected = Example("How many vocalists do we have?", item["query"], "concert_singer")
    assert load_examples(path) == [expected]


@pytest.mark.parametrize(
    "item",
    [
        {"query_toks": ["SELECT"], "sql": {"from": {}}, "question_toks": ["How"]},  # KaggleDBQA
        {"question_toks": ["How"], "query_toks_no_value": []},  # Spider-DK, Spider-Realistic
    ],
)
def test_files_in_spider_s_form_are_read_whatever_else_they_hold(
    tmp_path: Path, item: dict[str, object]
) -> None:
    plain = {"db_id": "d", "question": "How many?", "query": "SELECT count(*) FROM t"}
    path = write(tmp_path / "q.json", [plain | item])
    assert load_examples(path) == [Example("How many?", plain["query"], "d")]


def test_the_sql_of_archer_is_its_query(tmp_path: Path) -> None:
    item = {"db_id": "d", "question": "Who?", "sql": "SELECT 1", "evidence": "none"}
    path = write(tmp_path / "q.json", [item])
    assert load_examples(path) == [Example("Who?", "SELECT 1", "d", "none")]


CSV = """\
db_name,query_category,question,query,instructions
broker,group_by,"How many, by \"\"type\"\"?","SELECT {id, name}, count(*) FROM t GROUP BY {};",
club,joins,Who?,"SELECT a FROM t WHERE b = 'x;y';SELECT a
FROM u",
"""


def test_sql_eval_s_csv_is_read_with_every_choice_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "questions_gen_sqlite.csv"
    path.write_text(CSV.replace("\\", ""), encoding="utf-8")
    assert load_examples(path) == [
        Example(
            'How many, by "type"?',
            "SELECT id, name, count(*) FROM t GROUP BY id, name",
            "broker",
            other_golds=(
                "SELECT id, count(*) FROM t GROUP BY id",
                "SELECT name, count(*) FROM t GROUP BY name",
            ),
        ),
        Example(
            "Who?",
            "SELECT a FROM t WHERE b = 'x;y'",
            "club",
            other_golds=("SELECT a\nFROM u",),
        ),
    ]
    path.write_text('db_name,question,query\n"a" b,c,d\n', encoding="utf-8")
    with pytest.raises(DataError, match="is not valid CSV"):
        load_examples(path)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT '{a}' FROM t", ["SELECT '{a}' FROM t"]),
        (
            "SELECT {f(a, b), c} FROM t",
            ["SELECT f(a, b), c FROM t", "SELECT f(a, b) FROM t", "SELECT c FROM t"],
        ),
        ("SELECT } {a", ["SELECT } {a"]),
        (" ; ;", []),
    ],
)
def test_braces_stand_for_choices_of_columns(text: str, queries: list[str]) -> None:
    assert accepted_queries(text) == queries


def test_many_columns_in_braces_give_a_bounded_number_of_queries() -> None:
    columns = ", ".join(f"c{n}" for n in range(60))
    assert len(accepted_queries(f"SELECT {{{columns}}} FROM t")) == 255
