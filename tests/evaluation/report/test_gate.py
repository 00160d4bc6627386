"""A team's own questions in continuous integration: exit status, JUnit XML, Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.evaluation.conftest import GOLDS
from text2sql.cli import main

Score = Callable[..., int]


@pytest.fixture
def score(questions: Path, music_dir: Path, tmp_path: Path) -> Score:
    """Scores predictions, one for each question, and gives the exit status."""

    def run(*arguments: object, wrong: int = 0) -> int:
        predictions = tmp_path / "predictions.json"
        predictions.write_text(json.dumps([*GOLDS[: 4 - wrong], *["SELECT 0"] * wrong]))
        asked = ["score", "--questions", questions, "--spider-dir", music_dir]
        asked += ["--predictions", predictions, *arguments]
        return main([str(argument) for argument in asked])

    return run


def test_a_total_below_its_floor_is_a_failure(
    score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score("--at-least", "execution=75") == 0
    assert score("--at-least", "execution=75", wrong=1) == 0
    capsys.readouterr()
    assert score("--at-least", "execution=75", "--at-least", "exact_set=50", wrong=2) == 1
    assert capsys.readouterr().err == "text2sql: execution match is 50.0%, less than 75%.\n"


@pytest.mark.parametrize("floor", ["execution", "execution=x", "execution=101", "nothing=5"])
def test_a_floor_that_is_none_is_refused(score: Score, floor: str) -> None:
    assert score("--at-least", floor) == 2


def test_a_floor_for_what_was_not_measured_is_refused(score: Score) -> None:
    assert score("--metrics", "exact_set", "--at-least", "execution=5") == 2


def test_an_answer_that_got_worse_is_a_failure_even_if_the_total_is_not(
    score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "before.db"
    assert score("--out", run) == 0
    assert score("--not-worse-than", run) == 0
    capsys.readouterr()
    assert score("--not-worse-than", run, wrong=1) == 1
    assert capsys.readouterr().err == (
        "text2sql: 1 answers were right by execution match before and are wrong now: question 4.\n"
    )


def test_junit_has_a_test_for_each_question(score: Score, tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    assert score("--junit", file, wrong=1) == 0
    suite = ElementTree.parse(file).getroot()
    assert (suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuite", "4", "1")
    cases = suite.findall("testcase")
    assert [case.get("classname") for case in cases] == ["music"] * 4
    assert [case.find("failure") is not None for case in cases] == [False, False, False, True]
    failure = cases[3].find("failure")
    assert failure is not None
    assert failure.text == f"gold: {GOLDS[3]}\npredicted: SELECT 0"


def test_the_summary_is_appended_and_says_what_is_wrong(score: Score, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    assert score("--summary", file, "--at-least", "execution=100", wrong=1) == 1
    text = file.read_text()
    assert text.startswith("before\n## questions.json: 4 questions\n")
    assert "**execution match is 75.0%, less than 100%.**" in text
    assert "| execution match | 75.0 |" in text
    assert "### Wrong by execution match: 1" in text


def test_text_of_questions_is_no_markup(tmp_path: Path) -> None:
    from text2sql.evaluation.report.markdown import markdown_table

    table = markdown_table(["a"], [["<img src=x> | *b* \n`c`"]])
    assert table.splitlines()[2] == "| &lt;img src=x> \\| \\*b\\* \\`c\\` |"


def test_a_file_that_cannot_be_written_is_a_sentence(
    score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score("--junit", tmp_path / "nowhere" / "j.xml") == 2
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err
