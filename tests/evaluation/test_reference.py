"""Scores as the reference most likely measured them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.cli import main
from text2sql.evaluation.reference import decoded_label, half_of, reference_scores


@pytest.mark.parametrize("count", [7, 8, 1034])
def test_the_halves_are_those_of_the_library_datasets(count: int) -> None:
    datasets = pytest.importorskip("datasets")
    whole = datasets.Dataset.from_dict({"n": list(range(count))})
    parts = whole.train_test_split(test_size=0.5, seed=42)
    assert half_of(count, "validation") == parts["train"]["n"]
    assert half_of(count, "test") == parts["test"]["n"]


def test_labels_lack_what_the_tokenizer_lacks() -> None:
    sql = "SELECT a FROM t WHERE b <= 3 AND c <> '{x}' AND d > `e`"
    assert decoded_label(sql) == "SELECT a FROM t WHERE b = 3 AND c > 'x' AND d > e"


def test_predictions_are_compared_without_case_spaces_and_these_characters() -> None:
    golds = ["SELECT a FROM t WHERE b < 3", "SELECT a FROM t", "SELECT a", "SELECT a FROM t"]
    predictions = ["select A from t where b 3", "SELECT a  FROM t", "SELECT b", ""]
    scores = reference_scores(golds, predictions, "validation")
    assert (scores.questions, scores.string_match) == (4, 50.0)
    assert scores.rouge1 == pytest.approx(100 * (1 + 1 + 0.5 + 0) / 4)
    assert scores.sentence() == (
        "As the reference most likely measured it, on its validation half (4 questions), without "
        "the characters that T5 lacks: string match 50.00%, ROUGE-1 62.5."
    )


QUERIES = [f"SELECT count(*) FROM doctor WHERE monthly_salary < {n}" for n in range(6)]


@pytest.mark.parametrize("half", ["validation", "test"])
def test_the_command_scores_the_half_that_was_asked_for(
    half: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [{"question": q, "query": q, "db_id": "clinic"} for q in QUERIES]
    (tmp_path / "q.json").write_text(json.dumps(questions), encoding="utf-8")
    chosen = half_of(6, half)  # type: ignore[arg-type]
    lines = [q if n in chosen else "" for n, q in enumerate(QUERIES)]
    lines[chosen[0]] = lines[chosen[0]].replace("<", "")
    (tmp_path / "p.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = ["--questions", str(tmp_path / "q.json"), "--predictions", str(tmp_path / "p.txt")]
    assert main(["score", *files, "--as-reference", half, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["as_reference"] == {
        "half": half, "questions": 3, "string_match": 100.0, "rouge1": 100.0
    }  # fmt: skip
    assert report["n"] == 3
    assert report["totals"]["string_match"] == pytest.approx(100 * 2 / 3, abs=0.1)
    assert main(["score", *files, "--as-reference", half]) == 0
    assert f"on its {half} half (3 questions)" in capsys.readouterr().out
