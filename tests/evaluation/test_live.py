"""An evaluation that a page watches and may stop."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, Parrot
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.errors import DataError, ModelError
from text2sql.evaluation import evaluate
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.live import LiveEvaluation, Progress, evaluate_in_steps, spread
from text2sql.generators.base import Options
from text2sql.spider import Example

ANSWERS = ("nonsense", *GOLDS[1:])


@pytest.fixture
def steps(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> Generator[Progress, None, None]:
    asker = Text2SQL(Parrot(ANSWERS))
    return evaluate_in_steps(asker, "parrot", Options(), examples, catalog, tmp_path / "runs")


def test_each_question_is_a_step_and_the_last_names_the_run(
    tmp_path: Path, steps: Generator[Progress, None, None]
) -> None:
    progress = list(steps)
    (name,) = [path.name for path in (tmp_path / "runs").iterdir()]
    assert progress == [*(Progress(n, 4) for n in (0, 1, 2, 3, 4, 4)), Progress(4, 4, name)]


def test_the_run_is_what_evaluate_would_have_made(
    tmp_path: Path,
    catalog: Catalog,
    examples: list[Example],
    steps: Generator[Progress, None, None],
) -> None:
    *_, last = steps
    expected = evaluate(Parrot(ANSWERS), examples, catalog)
    assert expected is not None
    assert last.run is not None
    found = RunFolder(tmp_path / "runs").items(last.run)
    without_time = [{**item.to_dict(), "seconds": None} for item in found]
    assert without_time == [{**item.to_dict(), "seconds": None} for item in expected.items]


def test_nothing_is_listed_before_the_end_and_nothing_is_left_of_a_stopped_one(
    tmp_path: Path, steps: Generator[Progress, None, None]
) -> None:
    for _ in range(3):
        next(steps)
    folder = RunFolder(tmp_path / "runs")
    assert (folder.listing().runs, folder.listing().problems) == ((), {})
    steps.close()
    assert list(folder.path.iterdir()) == []


def test_two_in_the_same_second_have_names_of_their_own(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    def start() -> Generator[Progress, None, None]:
        asker = Text2SQL(Parrot(ANSWERS))
        return evaluate_in_steps(asker, "a/parrot", Options(), examples, catalog, tmp_path)

    first, second = start(), start()
    next(first)
    next(second)
    names = {[*first][-1].run, [*second][-1].run}
    assert len(names) == 2
    assert all(name.startswith("parrot-") and name.endswith(".db") for name in names)


def test_it_goes_on_in_a_thread_of_its_own(
    tmp_path: Path, steps: Generator[Progress, None, None]
) -> None:
    job = LiveEvaluation(steps)
    assert job.wait(60) is False
    assert [job.run()] == [path.name for path in (tmp_path / "runs").iterdir()]


def test_stopping_it_keeps_nothing(tmp_path: Path, steps: Generator[Progress, None, None]) -> None:
    job = LiveEvaluation(steps)
    job.stop()
    assert job.wait(0) is False
    assert job._ended.wait(60)
    assert job.run() is None
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_ends_it_is_told(tmp_path: Path, catalog: Catalog, examples: list[Example]) -> None:
    asker = Text2SQL("no-such-model")
    steps = evaluate_in_steps(asker, "no-such-model", Options(), examples, catalog, tmp_path)
    job = LiveEvaluation(steps)
    assert job.wait(60) is False
    with pytest.raises(ModelError, match="There is no model 'no-such-model'"):
        job.run()
    assert list(tmp_path.iterdir()) == []


def test_without_questions_there_is_nothing_to_evaluate(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(DataError, match="There are no questions"):
        next(evaluate_in_steps(Text2SQL("pocket"), "pocket", Options(), [], catalog, tmp_path))


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    (tmp_path / "file").write_text("")
    steps = evaluate_in_steps(
        Text2SQL("pocket"), "pocket", Options(), examples, catalog, tmp_path / "file" / "runs"
    )
    with pytest.raises(DataError, match=r"No run can be saved in .*; name another folder"):
        next(steps)


@pytest.mark.parametrize(
    ("limit", "places"), [(1, [0]), (3, [0, 3, 6]), (10, [*range(10)]), (99, [*range(10)])]
)
def test_a_part_of_the_questions_is_spread_over_them(limit: int, places: list[int]) -> None:
    questions = [Example(f"Question {n}?", "", "music") for n in range(10)]
    assert spread(questions, limit) == [questions[place] for place in places]
