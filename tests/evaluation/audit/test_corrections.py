"""Corrections: a file that goes with a benchmark, and the command that applies it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.cli import main
from text2sql.errors import DataError
from text2sql.evaluation.audit import Correction, apply_corrections, load_corrections
from text2sql.spider import Example, load_examples

EXAMPLES = [Example("How many?", "SELECT 1", "d"), Example("Who?", "SELECT 2", "d")]


def test_a_gold_is_replaced_or_its_question_left_out() -> None:
    changed, kept = apply_corrections(EXAMPLES, [Correction(1, "Who?", "SELECT 3")])
    assert (changed[1].query, kept) == ("SELECT 3", [0, 1])
    assert apply_corrections(EXAMPLES, [Correction(0, "How many?")]) == ([EXAMPLES[1]], [1])


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_correction_of_another_question_is_refused(number: int) -> None:
    with pytest.raises(DataError, match="does not fit this file"):
        apply_corrections(EXAMPLES, [Correction(number, "Who?", "SELECT 3")])


@pytest.mark.parametrize(
    "content", [{}, [1], [{"number": "1", "question": "?", "query": None}], [{}]]
)
def test_a_file_of_another_form_is_explained(tmp_path: Path, content: object) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DataError):
        load_corrections(path)


def test_scores_are_those_of_the_corrected_golds(
    questions: Path, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions, corrections = tmp_path / "p.txt", tmp_path / "c.json"
    predictions.write_text("SELECT count(*) FROM pet\nSELECT name FROM owner WHERE id = 1\n")
    question = load_examples(questions)[1].question
    gold = "SELECT name FROM owner WHERE trim(city) = 'Leeds'"
    corrections.write_text(json.dumps([{"number": 1, "question": question, "query": gold}]))
    asked = ["score", "--questions", questions, "--predictions", predictions]
    asked += ["--spider-dir", shop, "--json"]
    totals = []
    for more in ([], ["--corrections", corrections]):
        assert main([str(argument) for argument in [*asked, *more]]) == 0
        totals.append(json.loads(capsys.readouterr().out)["totals"]["execution"])
    assert totals == [50.0, 100.0]


def test_the_command_prints_findings_and_writes_the_page(
    questions: Path, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "audit.html"
    asked = ["audit", str(questions), "--spider-dir", str(shop), "--html", str(page)]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "2 questions, 1 with findings" in printed
    assert "No cell of owner.city is 'Leeds'. There is 'Leeds '." in printed
    html = page.read_text()
    assert "Who lives in &lt;b&gt;Leeds&lt;/b&gt;?" in html
    assert "<b>Leeds</b>" not in html
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["flagged"], found["counts"]) == (1, {"no_such_value": 1, "no_rows": 1})
