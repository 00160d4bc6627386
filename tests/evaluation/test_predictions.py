from pathlib import Path

import pytest

from text2sql.errors import DataError
from text2sql.evaluation.predictions import Predictions, load_predictions, save_predictions


@pytest.mark.parametrize(
    ("content", "queries", "problems"),
    [
        (b"SELECT 1\nSELECT 2\n", ("SELECT 1", "SELECT 2"), ()),
        (b"SELECT 1\r\nSELECT 2", ("SELECT 1", "SELECT 2"), ()),
        (b"SELECT 1\tmusic\textra\nSELECT 2\tmusic\n", ("SELECT 1", "SELECT 2"), ()),
        (b"\xef\xbb\xbfSELECT 1\n\n", ("SELECT 1", ""), ()),
        (b"\nSELECT 2\n", ("", "SELECT 2"), ()),
        (b"SELECT 1\x0bx\nSELECT 2\n", ("SELECT 1\x0bx", "SELECT 2"), ()),
        (
            b"SELECT '\xff'\nSELECT 2\n",
            ("SELECT '\ufffd'", "SELECT 2"),
            ("Predictions that are not valid UTF-8: 1 (line 1).",),
        ),
        (
            b"SELECT 1\n",
            ("SELECT 1", ""),
            ("Predictions: 1, questions: 2; unanswered at the end: 1.",),
        ),
        (b"1\n2\n3\n4\n", ("1", "2"), ("Predictions: 4, questions: 2; ignored at the end: 2.",)),
        (b"", ("", ""), ("Predictions: 0, questions: 2; unanswered at the end: 2.",)),
    ],
)
def test_a_file_is_read_whatever_is_odd_about_it(
    tmp_path: Path, content: bytes, queries: tuple[str, ...], problems: tuple[str, ...]
) -> None:
    (tmp_path / "out.txt").write_bytes(content)
    assert load_predictions(tmp_path / "out.txt", 2) == Predictions(queries, problems)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_predictions(tmp_path / "none.txt", 1)


def test_what_is_saved_is_read_again_one_line_a_query(tmp_path: Path) -> None:
    save_predictions(["SELECT\n 1", "", "SELECT 'é'"], tmp_path / "out.txt")
    assert load_predictions(tmp_path / "out.txt", 3) == Predictions(("SELECT 1", "", "SELECT 'é'"))


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        save_predictions(["SELECT 1"], tmp_path / "none" / "out.txt")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.json", '["SELECT 1", "SELECT 2"]'),
        ("p.json", '[{"sql": "SELECT 1"}, {"question": "Who?", "SQL": "SELECT 2"}]'),
        ("p.json", '{"1": "SELECT 2\\t----- bird -----\\tmusic", "0": "SELECT 1"}'),
        ("p.jsonl", '{"prediction": "SELECT 1"}\n\n"SELECT 2"\n'),
    ],
)
def test_predictions_may_be_json_of_any_usual_form(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert load_predictions(path, 2) == Predictions(("SELECT 1", "SELECT 2"))


def test_where_bird_s_systems_gave_up_there_is_no_prediction(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"0": 0, "2": "SELECT 2"}', encoding="utf-8")
    assert load_predictions(path, 3) == Predictions(("", "", "SELECT 2"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "are not valid JSON"), ("7", "must be a JSON list"), ('{"a": ""}', "the key 'a'")],
)
def test_json_of_another_form_is_explained(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=sentence):
        load_predictions(path, 1)
