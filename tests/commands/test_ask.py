"""``text2sql ask``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.cli import main
from text2sql.generators import registry
from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice


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


@pytest.fixture
def two_models(parrot: Parrot, monkeypatch: pytest.MonkeyPatch) -> list[ModelChoice]:
    """Two models that write different queries; returns what was loaded."""
    loaded: list[ModelChoice] = []

    def load(choice: ModelChoice) -> Generator:
        loaded.append(choice)
        if choice.model == "pocket":
            return Parrot("SELECT count(*) FROM patient")
        return Parrot("SELECT name FROM nowhere", "SELECT 380")

    monkeypatch.setattr(registry, "_load", load)
    return loaded


SEVERAL = ["ask", "How many patients are on our books?", "--db", "clinic"]
BOTH = ["--model", "pocket", "--model", "flan-t5-large"]


def test_several_models_answer_one_question_and_are_compared_with_gold(
    two_models: list[ModelChoice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SEVERAL, *BOTH, "--unconstrained", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(a["asked"], a["sql"], a["rows"], a["right"]) for a in found["answers"]] == [
        ("pocket", "SELECT count(*) FROM patient", [[380]], True),
        ("flan-t5-large", "SELECT 380", [[380]], True),
    ]
    assert found["agreement"] == "pocket and flan-t5-large return the same rows."
    assert found["gold"] == "SELECT count(*) FROM patient"
    assert two_models == [ModelChoice("pocket"), ModelChoice("flan-t5-large", constrained=False)]


def test_people_see_one_model_after_the_other_and_which_is_right(
    two_models: list[ModelChoice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SEVERAL, *BOTH, "--beams", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("pocket\n\nSELECT count(*) FROM patient\n")
    assert "Right by the gold query." in captured.out
    assert "\nflan-t5-large\n\nSELECT name FROM nowhere\n" in captured.out
    assert "Wrong by the gold query." in captured.out
    assert captured.err == "The SQL failed: no such table: nowhere\n"


def test_a_flag_that_no_model_takes_is_refused(
    two_models: list[ModelChoice],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.undo()
    flags = ["--model", "pocket", "--model", "endpoint:m", "--endpoint", "http://127.0.0.1:1"]
    assert main([*SEVERAL, *flags, "--backend", "transformers"]) == 1
    captured = capsys.readouterr()
    assert "The model 'pocket' takes no --backend" in captured.err
