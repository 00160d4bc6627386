"""``python -m text2sql.benchmark confidence`` in small."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import text2sql.answering.pipeline as pipeline
from tests.parrot import Parrot
from text2sql.answering.pipeline import Answer
from text2sql.benchmark.__main__ import main
from text2sql.benchmark.confidence import foreign_question_figures, missing_column_figures
from text2sql.benchmark.unanswerable.foreign_questions import JudgedAnswer

ANSWER = Answer("Who?", "d", "m", "SELECT 1", (), None, 0.1)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """One question that the parrot answers rightly, and one that it does not."""
    path = tmp_path / "questions.json"
    golds = {"clinic": "SELECT count(*) FROM doctor", "airline": "SELECT 'another'"}
    entries = [{"question": "How many?", "query": q, "db_id": db} for db, q in golds.items()]
    path.write_text(json.dumps(entries))
    return path


def test_probabilities_are_compared_with_what_came_of_them(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        pipeline, "load_generator", lambda _: Parrot("SELECT count(*) FROM doctor", "SELECT 1")
    )
    plot = questions.with_name("curve.svg")
    given = ["--questions", str(questions), "--json", "--plot", str(plot)]
    assert main(["confidence", *given]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["accuracy"]) == (2, 0.5)
    assert "foreign_auc" not in found  # a parrot cannot tell
    assert "missing_column_auc" not in found  # neither question names a column
    assert "50.0% right" in plot.read_text() or "0.0% right" in plot.read_text()


def test_foreign_questions_are_those_of_which_the_model_doubts_the_answer() -> None:
    found = [
        JudgedAnswer("d", replace(ANSWER, answerable=answerable), own, None)
        for answerable, own in ((0.9, True), (0.4, True), (0.6, False), (0.1, False))
    ]
    assert foreign_question_figures(found) == {
        "foreign_n": 2,
        "foreign_auc": 0.75,
        "foreign_recognized": 0.5,
        "own_mistaken": 0.5,
    }


def test_a_missing_column_is_noticed_where_the_answer_is_doubted() -> None:
    sure, unsure = (replace(ANSWER, confidence=c, answerable=0.9) for c in (0.8, 0.4))
    assert missing_column_figures([sure, sure, sure, unsure], [sure, unsure]) == {
        "missing_column_n": 2,
        "missing_column_auc": 0.625,
        "missing_column_doubted": 0.5,
        "own_doubted": 0.25,
    }
    assert missing_column_figures([sure], []) == {}
