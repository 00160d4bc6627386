"""How likely an answer is to be right, in numbers and in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.confidence import (
    FILE,
    Confidence,
    Evidence,
    Logistic,
    chance,
    doubt,
    log_odds,
)
from text2sql.digests import files_digest
from text2sql.errors import ModelError
from text2sql.generators.pocket.generator import BUNDLED

EVEN = Evidence(belief=0.0, share=0.0, omitted=0.0, mentioned=0.0, alike=0.0)


def test_log_odds_are_finite_for_every_probability() -> None:
    assert log_odds(0.5) == 0
    assert log_odds(0.0) == log_odds(0.001) == pytest.approx(-log_odds(1.0))


def test_a_regression_weighs_what_it_names_and_nothing_else() -> None:
    logistic = Logistic(bias=log_odds(0.2), weights={"belief": 2.0, "alike": -1.0})
    seen = Evidence(belief=1.0, share=9.0, omitted=9.0, mentioned=9.0, alike=2.0)
    assert logistic.probability(EVEN) == pytest.approx(0.2)
    assert logistic.probability(seen) == pytest.approx(0.2)


def test_rows_are_right_if_the_database_holds_them_and_the_query_finds_them() -> None:
    confidence = Confidence(Logistic(log_odds(0.8), {}), Logistic(log_odds(0.5), {}))
    assert confidence.of(EVEN) == pytest.approx(0.4)


def test_a_folder_gives_the_coefficients_in_it(tmp_path: Path) -> None:
    saved = {
        "right": {"bias": 1.0, "belief": 0.5},
        "answerable": {"bias": -1, "alike": 3},
        "fitted_to": {"answers": 400},
    }
    (tmp_path / FILE).write_text(json.dumps(saved))
    assert Confidence.read(tmp_path) == Confidence(
        right=Logistic(1.0, {"belief": 0.5}), answerable=Logistic(-1.0, {"alike": 3.0})
    )


def test_a_folder_without_coefficients_has_no_confidence(tmp_path: Path) -> None:
    assert Confidence.read(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"right": {"bias": 1}}', '{"right": {"bias": 1, "luck": 1}, "answerable": {}}'],
)
def test_a_file_of_something_else_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ModelError) as caught:
        Confidence.read(tmp_path)
    assert str(caught.value) == (
        f"{str(tmp_path / FILE)!r} holds no coefficients of a confidence; fit them with "
        "`python -m train.pocket.confidence`, or remove the file."
    )


def test_the_bundled_coefficients_were_fitted_to_the_bundled_weights() -> None:
    weights = "model.safetensors"
    fitted = json.loads((BUNDLED / FILE).read_text())["fitted_to"]
    assert fitted["weights"] == files_digest([(weights, BUNDLED / weights)])


@pytest.mark.parametrize(
    ("confidence", "answerable", "said"),
    [
        (0.821, 0.99, "82% likely right"),
        (0.999, 0.99, "99% likely right"),
        (0.001, 0.99, "1% likely right"),
        (0.821, None, "82% agreement"),
        (None, None, ""),
    ],
)
def test_a_chance_is_said_in_percent(
    confidence: float | None, answerable: float | None, said: str
) -> None:
    assert chance(confidence, answerable) == said


@pytest.mark.parametrize(("confidence", "answerable"), [(None, None), (0.5, None), (0.5, 0.5)])
def test_a_likely_answer_is_not_doubted(confidence: float | None, answerable: float | None) -> None:
    assert doubt(confidence, answerable) == ""


def test_an_unlikely_answer_is_doubted_by_what_was_measured() -> None:
    assert doubt(0.38, 0.9) == (
        "I am not sure: of answers like this one, 38% are right. "
        "Look at the other queries, or ask in other words."
    )
    assert doubt(0.38, None).startswith("I am not sure: only 38% of what I weighed returns these")


def test_a_question_that_the_database_cannot_answer_is_told_apart() -> None:
    assert doubt(0.1, 0.2) == (
        "This database does not seem to hold what the question asks for; this is the nearest I "
        "found. Choose another database, or ask about what its tables hold."
    )
