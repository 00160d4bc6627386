"""``text2sql score``, ``evaluate`` and ``compare``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, run_json
from tests.parrot import Parrot
from text2sql.cli import main

PREDICTIONS = (GOLDS[0], GOLDS[1], "SELECT name FROM singer WHERE age >= 25", "SELEC")


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.txt"
    path.write_text("".join(f"{sql}\tmusic\n" for sql in PREDICTIONS))
    return path


def test_predictions_are_scored_one_item_a_question_in_order(
    questions: Path, predictions: Path, music_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("score", "--questions", questions, "--predictions", predictions)
    found = run_json(
        main, capsys, *asked, "--spider-dir", music_dir, "--metrics", "exact_set,execution"
    )
    assert found["n"] == 4
    assert found["totals"] == {"exact_set": 50.0, "execution": 75.0}
    assert [item["prediction"] for item in found["items"]] == list(PREDICTIONS)
    scores = [(i["hardness"], i["exact_set"], i["execution"]) for i in found["items"]]
    assert scores == [
        ("easy", True, True),
        ("easy", True, True),
        ("easy", False, True),
        ("easy", False, False),
    ]
    assert found["items"][2]["reason"] == (
        "Returns the right rows with a different query. WHERE: expected age > 25, got age >= 25."
    )


def test_a_prediction_that_would_keep_the_parser_busy_is_wrong_and_the_rest_is_scored(
    questions: Path, music_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubling = "SELECT * FROM singer" + " JOIN singer" * 30
    predictions = tmp_path / "hostile.txt"
    predictions.write_text("".join(f"{sql}\n" for sql in (GOLDS[0], doubling, *GOLDS[2:])))
    asked = ("score", "--questions", questions, "--predictions", predictions)
    found = run_json(main, capsys, *asked, "--spider-dir", music_dir, "--metrics", "exact_set")
    assert [item["exact_set"] for item in found["items"]] == [True, False, True, True]
    assert found["items"][1]["reason"]


def test_too_few_predictions_are_named_and_the_rest_is_scored(
    questions: Path, music_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "few.txt").write_text(f"{GOLDS[0]}\n")
    asked = ("score", "--questions", questions, "--predictions", tmp_path / "few.txt")
    found = run_json(main, capsys, *asked, "--spider-dir", music_dir)
    assert found["totals"]["execution"] == 25.0
    assert found["outputs"]["empty"] == 3
    assert found["problems"] == ["Predictions: 1, questions: 4; unanswered at the end: 3."]


def test_a_model_s_answers_are_scored_as_a_file_of_them_is(
    questions: Path,
    music_dir: Path,
    tmp_path: Path,
    parrot: Parrot,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parrot.queries = (GOLDS[0],)
    common = ("--questions", questions, "--spider-dir", music_dir)
    written = tmp_path / "ours.txt"
    answered = run_json(main, capsys, "evaluate", *common, "--predictions", written)
    scored = run_json(main, capsys, "score", *common, "--predictions", written)
    assert answered["latency"]["max_s"] > 0
    assert all(item.pop("seconds") > 0 for item in answered["items"])
    assert [item.pop("seconds") for item in scored["items"]] == [None] * 4
    assert all(0 < item.pop("confidence") <= 1 for item in answered["items"])
    assert [item.pop("confidence") for item in scored["items"]] == [None] * 4
    assert {**answered, "latency": None} == scored


def test_runs_are_compared_by_what_the_second_fixed_and_broke(
    questions: Path,
    predictions: Path,
    music_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "gold.txt").write_text("\n".join(["SELEC", *GOLDS[1:]]))
    common = ("score", "--questions", questions, "--spider-dir", music_dir)
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    run_json(main, capsys, *common, "--predictions", predictions, "--out", a)
    run_json(main, capsys, *common, "--predictions", tmp_path / "gold.txt", "--out", b)
    found = run_json(main, capsys, "compare", a, b)
    assert (found["before"], found["after"]) == ("theirs.txt", "gold.txt")
    moved = [
        (i["item"], i["before"]["prediction"], i["after"]["prediction"], i["fixed"])
        for i in found["items"]
    ]
    assert moved == [
        (0, GOLDS[0], "SELEC", []),
        (2, PREDICTIONS[2], GOLDS[2], ["string_match", "fair_string_match", "exact_set"]),
        (3, "SELEC", GOLDS[3], ["string_match", "fair_string_match", "exact_set", "execution"]),
    ]


def test_the_report_is_one_file(
    questions: Path, predictions: Path, music_dir: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    asked = ["score", "--questions", questions, "--predictions", predictions, "--html", page]
    assert main([*map(str, asked), "--spider-dir", str(music_dir)]) == 0
    assert "<h1>theirs.txt</h1>" in page.read_text(encoding="utf-8")


def test_a_question_file_that_is_not_there_is_one_sentence(
    predictions: Path, music_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["score", "--questions", "nowhere.json", "--predictions", str(predictions)]
    assert main([*asked, "--spider-dir", str(music_dir)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("text2sql: ")
    assert "'nowhere.json'" in said
    assert said.count("\n") == 1
