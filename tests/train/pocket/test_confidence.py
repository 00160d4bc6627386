"""Fitting the confidence of a pocket model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.train.asked.conftest import choir
from tests.train.pocket.conftest import THINGS
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.generators.confidence import FILE, Confidence, Evidence
from text2sql.generators.pocket.generator import PocketGenerator
from train.asked.build import build
from train.asked.dataset import AskedDatabase
from train.pocket.confidence import (
    _unanswered,
    build_parser,
    held_out_questions,
    main,
    report,
    save,
)
from train.pocket.logistic import Observation, fit, held_out_fits

__all__ = ["choir"]


def observation(db_id: str, strength: float, own: bool, right: bool | None = None) -> Observation:
    return Observation(
        db_id, Evidence(strength, strength, -strength, strength, strength), own, right
    )


@pytest.fixture
def observations() -> list[Observation]:
    """What is strong is mostly right, and mostly asked of its own database."""
    strengths = [-2.0, -1.0, 1.0, 2.0]
    return [
        observation(db_id, s, own, right if own else None)
        for db_id in ("a", "b")
        for s, right in zip(strengths, (False, True, False, True), strict=True)
        for own in (True, True, s > 0)
    ]


def test_stronger_evidence_makes_an_answer_likelier(observations: list[Observation]) -> None:
    confidence = fit(observations)
    weak, strong = (observation("c", s, True).evidence for s in (-1.0, 1.0))
    assert 0 < confidence.right.probability(weak) < confidence.right.probability(strong) < 1
    assert confidence.answerable.probability(weak) < confidence.answerable.probability(strong)


def test_the_average_fitted_probability_is_the_share_of_right_answers(
    observations: list[Observation],
) -> None:
    judged = [o for o in observations if o.right is not None]
    right = fit(observations).right
    mean = sum(right.probability(o.evidence) for o in judged) / len(judged)
    assert mean == pytest.approx(sum(bool(o.right) for o in judged) / len(judged))


def test_foreign_questions_count_as_one_in_ten(observations: list[Observation]) -> None:
    answerable = fit(observations).answerable
    own = [answerable.probability(o.evidence) for o in observations if o.own]
    foreign = [answerable.probability(o.evidence) for o in observations if not o.own]
    mean = 0.9 * sum(own) / len(own) + 0.1 * sum(foreign) / len(foreign)
    assert mean == pytest.approx(0.9)


def test_a_database_is_judged_by_a_fit_to_the_others(observations: list[Observation]) -> None:
    fits = held_out_fits(observations)
    assert fits[0] == fit([o for o in observations if o.db_id == "b"])


def test_right_answers_alone_cannot_be_fitted() -> None:
    with pytest.raises(DataError, match="right and wrong answers"):
        fit([observation("a", 1.0, True, True), observation("b", 2.0, False)])


def test_the_report_sets_the_fit_beside_the_share_of_agreement(
    observations: list[Observation],
) -> None:
    lines = report(observations).splitlines()
    assert [line.split("  ")[0] for line in lines[2:4]] == ["fitted", "share of agreement"]
    assert "AUC: " in lines[5]


def test_what_is_saved_is_what_a_folder_gives(
    tmp_path: Path, observations: list[Observation]
) -> None:
    confidence = fit(observations)
    save(confidence, tmp_path, observations)
    assert Confidence.read(tmp_path) == confidence
    fitted = json.loads((tmp_path / FILE).read_text())["fitted_to"]
    assert (fitted["own_questions"], fitted["databases"]) == (20, 2)


def test_questions_come_from_held_out_databases_evenly(spider: Path) -> None:
    every = held_out_questions(spider, None, 1.0, 1000)
    assert {q.db_id for q in every} == set(THINGS)
    assert held_out_questions(spider, None, 1.0, 3) == every[:: len(every) // 3]


def test_questions_without_an_answer_count_as_another_databases(
    choir: AskedDatabase, tmp_path: Path
) -> None:
    build([choir], tmp_path)
    asker = Text2SQL(PocketGenerator.load())
    seen = _unanswered(asker, Catalog.open(tmp_path), tmp_path / "unanswerable.json")
    assert [(o.db_id, o.own, o.right) for o in seen] == [("choir", False, None)]


def test_a_folder_that_is_no_spider_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--spider-dir", str(tmp_path)]) == 2
    assert "is not a Spider folder" in capsys.readouterr().err


def test_the_help_names_the_flags() -> None:
    assert "--rewordings" in build_parser().format_help()
