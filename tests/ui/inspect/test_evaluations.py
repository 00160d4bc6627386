"""Evaluating from the page: its progress, its end, its Cancel button."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.server import GOLD, TableOfAnswers
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.live import Progress
from text2sql.ui.inspect.evaluations import Evaluations
from text2sql.ui.model_thread import ModelThread


@pytest.fixture
def evaluations(shop: Catalog, tmp_path: Path) -> Evaluations:
    return Evaluations(ModelThread(Text2SQL(TableOfAnswers())), shop, tmp_path)


def test_at_the_end_the_run_is_kept_and_named(evaluations: Evaluations, tmp_path: Path) -> None:
    *_, last = evaluations.start("Spider", 2, "one")
    (run,) = RunFolder(tmp_path).listing().runs
    assert last == Progress(2, 2, run.name)
    asked = [item.example.question for item in RunFolder(tmp_path).items(run.name)]
    assert asked == list(GOLD)[::2]
    assert evaluations.running == {}


def test_only_the_visitor_who_began_it_can_stop_it_and_then_nothing_is_kept(
    evaluations: Evaluations, tmp_path: Path
) -> None:
    steps = evaluations.start("Spider", 4, "one")  # the last question takes seconds
    while next(steps) != Progress(3, 4):
        pass
    evaluations.stop("another")
    assert next(steps) == Progress(3, 4)
    evaluations.stop("one")
    assert list(steps) == [Progress(3, 4, None)]
    assert RunFolder(tmp_path).listing().runs == ()


def test_a_visitor_who_leaves_stops_it(evaluations: Evaluations) -> None:
    steps = evaluations.start("Spider", 4, "one")
    next(steps)
    (job,) = evaluations.running.values()
    steps.close()  # type: ignore[attr-defined]
    assert (job.stopped, evaluations.running) == (True, {})


def test_what_goes_wrong_is_raised_to_the_visitor(evaluations: Evaluations, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    evaluations.folder = tmp_path / "file"
    with pytest.raises(DataError, match="No run can be saved in"):
        list(evaluations.start("Spider", 1, "one"))
