"""How likely an answer is to be right, in numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.digests import files_digest
from text2sql.errors import ModelError
from text2sql.generators.confidence import (
    FILE,
    Confidence,
    Evidence,
    Logistic,
    log_odds,
)
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
