"""``text2sql ask``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.cli import main


def test_json_is_in_the_documented_form(
    file: Path, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who sings?", "--sqlite", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "question": "Who sings?",
        "db_id": "music",
        "model": "parrot",
        "sql": "SELECT name FROM singer",
        "candidates": [
            {"sql": "SELECT nope FROM singer", "score": 0.0, "ran": False, "agrees": False},
            {"sql": "SELECT name FROM singer", "score": -0.5, "ran": True, "agrees": True},
        ],
        "columns": ["name"],
        "rows": [["Zoë"], ["O'Neil"], [None]],
        "truncated": False,
        "error": None,
        "error_kind": None,
        "seconds": answer["seconds"],
        "confidence": 1.0,
        "answerable": None,
        "missing": [],
        "earlier": [],
        "carried": [],
    }
    assert list(answer) == [
        *("question", "db_id", "model", "sql", "candidates"),
        *("columns", "rows", "truncated", "error", "error_kind"),
        *("seconds", "confidence", "answerable", "missing", "earlier", "carried"),
    ]


def test_a_question_goes_on_from_those_after_which_it_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = ["--after", "SELECT last_name FROM doctor WHERE monthly_salary > 9000"]
    asked = ["ask", "and when were they hired", "--db", "clinic"]
    assert main([*asked, *before, "--after", "how many are there", "--json"]) == 0
    assert main([*asked, *before]) == 0
    shown = capsys.readouterr().out
    end = shown.rindex("SELECT last_name")
    assert shown[end:].splitlines()[-1] == (
        "Carried over: where the monthly salary is more than 9000."
    )


def test_people_see_the_sql_and_its_rows(
    file: Path, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who", "sings?", "--sqlite", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == [
        "SELECT name FROM singer",
        "",
        "name",
        "------",
        "Zoë",
        "O'Neil",
        "NULL",
        "(3 rows)",
    ]
    assert lines[-1].startswith("parrot, 0.")


def test_sql_that_fails_is_shown_with_status_1(
    file: Path, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who?", "--sqlite", str(file), "--beams", "1"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("SELECT nope FROM singer\n")
    assert captured.err == "The SQL failed: no such column: nope\n"


def test_json_of_sql_that_fails_says_so_with_status_1(
    file: Path, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who?", "--sqlite", str(file), "--beams", "1", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["error"], answer["rows"]) == ("no such column: nope", [])


def test_a_question_can_come_from_standard_input(
    file: Path,
    parrot: Parrot,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Who\nsings?\n"))
    assert main(["ask", "-", "--sqlite", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == "Who sings?"


def test_a_sample_is_asked_by_its_name(parrot: Parrot, capsys: pytest.CaptureFixture[str]) -> None:
    parrot.queries = ("SELECT 1 FROM doctor LIMIT 1",)
    assert main(["ask", "Any doctors?", "--db", "clinic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["db_id"] == "clinic"
