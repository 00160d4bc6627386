"""Answering in several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, Parrot
from text2sql.databases import Catalog, Database
from text2sql.errors import DataError, ModelError
from text2sql.evaluation import Run, evaluate, fitting_workers
from text2sql.evaluation.processes import Processes
from text2sql.evaluation.workers import Shares
from text2sql.generators.base import Candidate, Options
from text2sql.generators.choice import ModelChoice
from text2sql.spider import Example


class Strict(Parrot):
    """A model that lacks its files."""

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        raise ModelError("The model has no weights; copy them.")


class Mortal(Parrot):
    """A model that takes its process along with the second question."""

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        if question == "Question 2?":
            os._exit(3)
        return super().generate(question, database, options)


def test_any_number_of_workers_makes_the_same_report(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    answers = (GOLDS[0], "SELECT 1", "nonsense", GOLDS[3])
    found = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.db"
        report = evaluate(Parrot(answers), examples, catalog, workers=workers, out=out)
        assert report is not None
        items = [replace(item, seconds=None) for item in report.items]
        with Run.load(out) as run:
            asked = {n: (p.sql, p.candidates) for n, p in run.predictions().items()}
            assert run.manifest["workers"] == workers
        found.append((report.totals, report.problems, items, asked))
    assert found[0] == found[1]
    assert [item.prediction for item in found[1][2]] == list(answers)


def test_the_pocket_model_answers_the_same_in_two_processes() -> None:
    catalog = Catalog.open()
    examples = [*catalog.examples("clinic")[:2], *catalog.examples("school")[:2]]
    reports = [evaluate("pocket", examples, catalog, workers=n) for n in (1, 2)]
    one, two = ([i.prediction for i in r.items] for r in reports if r is not None)
    assert one == two
    assert all(one)


def test_an_error_stays_that_of_its_question(catalog: Catalog, examples: list[Example]) -> None:
    odd = [examples[0], Example(" ", GOLDS[0], "music"), Example("Who?", GOLDS[0], "nowhere")]
    found = evaluate(Parrot(GOLDS), odd, catalog, workers=2)
    assert found is not None
    assert [item.output for item in found.items] == ["ok", "empty", "empty"]


class Flock(Parrot):
    """Parrots that answer together."""

    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]:
        return [self.generate(question, database, options) for question in questions]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_among_questions_asked_together_stays_that_of_its_own(
    workers: int, catalog: Catalog, examples: list[Example]
) -> None:
    odd = [*examples[:2], Example(" ", GOLDS[0], "music"), examples[3]]
    found = evaluate(Flock(GOLDS), odd, catalog, workers=workers)
    assert found is not None
    assert [(item.prediction, item.output) for item in found.items] == [
        (GOLDS[0], "ok"),
        (GOLDS[1], "ok"),
        ("", "empty"),
        (GOLDS[3], "ok"),
    ]


def test_several_workers_go_on_where_a_run_stopped(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    out = tmp_path / "run.db"
    evaluate(Parrot(["SELECT 1"] * 4), examples, catalog, limit=2, out=out)
    found = evaluate(Parrot(GOLDS), examples, catalog, workers=2, out=out)
    assert found is not None
    assert [i.prediction for i in found.items] == ["SELECT 1", "SELECT 1", *GOLDS[2:]]


def test_what_a_worker_raises_is_the_error(catalog: Catalog, examples: list[Example]) -> None:
    with pytest.raises(ModelError, match=r"^The model has no weights; copy them\.$"):
        evaluate(Strict(GOLDS), examples, catalog, workers=2)


def test_a_worker_that_dies_is_told_and_what_was_answered_is_kept(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    out = tmp_path / "run.db"
    with pytest.raises(DataError, match=r"ended \(exit code 3\); .* use fewer --workers\.$"):
        evaluate(Mortal(GOLDS), examples, catalog, workers=2, out=out)
    found = evaluate(Parrot(GOLDS), examples, catalog, workers=2, out=out)
    assert found is not None
    assert found.totals["exact_set"].percent == 100


_SLOW = """
import json, os, signal, sys, time
from pathlib import Path
from tests.evaluation.conftest import GOLDS, Parrot
from text2sql.databases import Catalog
from text2sql.evaluation import evaluate
from text2sql.spider import Example

class Slow(Parrot):
    def generate(self, question, database, options):
        if question != "Question 1?":
            (Path(sys.argv[2]) / str(os.getpid())).touch()
            time.sleep(600)
        return super().generate(question, database, options)

if __name__ == "__main__":
    # tests that run in the background may have been told to ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    examples = [Example(f"Question {n}?", gold, "music") for n, gold in enumerate(GOLDS, start=1)]
    out = Path(sys.argv[2]) / "run.db"
    try:
        evaluate(Slow(GOLDS), examples, Catalog.open(Path(sys.argv[1])), workers=2, out=out)
    except KeyboardInterrupt:
        print("stopped")
"""


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C to a group of processes")
def test_ctrl_c_ends_every_worker_without_a_word_and_keeps_the_answers(
    tmp_path: Path, music_dir: Path
) -> None:
    script, root = tmp_path / "slow.py", Path(__file__).parents[2]
    script.write_text(_SLOW)
    process = subprocess.Popen(
        [sys.executable, str(script), str(music_dir), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        start_new_session=True,
    )
    while len(busy := [int(p.name) for p in tmp_path.iterdir() if p.name.isdigit()]) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60) == ("stopped\n", "")
    assert not any(_runs(pid) for pid in busy)
    with Run(tmp_path / "run.db") as run:
        assert [(n, p.sql) for n, p in run.predictions().items()] == [(0, GOLDS[0])]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_launched_processes_take_no_workers_beside_them(
    tmp_path: Path, catalog: Catalog, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    module = sys.modules["text2sql.evaluation.evaluate"]
    monkeypatch.setattr(module, "processes", lambda: nullcontext(Processes(0, 2)))
    with pytest.raises(DataError, match="leave out --workers"):
        evaluate(Parrot(GOLDS), examples, catalog, workers=2, out=tmp_path / "run.db")


# how many


@pytest.mark.parametrize(
    ("model", "questions", "expected"),
    [
        ("pocket", 1034, 2),
        ("pocket", 39, 1),
        ("pocket", 1, 1),
        ("flan-t5-large", 1034, 1),
        ("owner/model", 1034, 1),
        (ModelChoice("flan-t5-large", backend="ctranslate2"), 1034, 1),
    ],
)
def test_the_pocket_model_gets_a_worker_for_each_core_if_there_is_work_for_it(
    model: str | ModelChoice, questions: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text2sql.evaluation.workers._cores", lambda: 2)
    assert fitting_workers(model, questions) == expected


def test_launched_processes_are_workers_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("text2sql.evaluation.workers._cores", lambda: 2)
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert fitting_workers("pocket", 1034) == 1


def test_a_trained_pocket_model_s_folder_counts_as_one_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text2sql.evaluation.workers._cores", lambda: 2)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "pocket"}))
    assert fitting_workers(str(tmp_path), 1034) == 2
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5"}))
    assert fitting_workers(str(tmp_path), 1034) == 1
    with pytest.raises(ModelError, match="There is no model 'nowhere'"):
        fitting_workers("nowhere", 1034)


# which


def test_a_worker_stays_with_a_database_and_helps_with_others_in_the_end() -> None:
    databases = ["small", "large", "large", "large", "large", "middle", "middle"]
    examples = {n: Example("?", "SELECT 1", db_id) for n, db_id in enumerate(databases)}
    shares = Shares(examples, 2)
    # the first is slow: it has two answers where the second has five
    order = [(worker, shares.next(worker)) for worker in (0, 1, 1, 1, 1, 0, 1, 1, 0)]
    assert order == [
        (0, [1]),  # large
        *((1, [5]), (1, [6])),  # middle
        (1, [0]),  # small
        (1, [4]),  # the last of large
        (0, [2]),
        (1, [3]),
        (1, []),
        (0, []),
    ]


def test_questions_asked_together_are_on_one_database_and_the_last_are_shared() -> None:
    examples = {n: Example("?", "SELECT 1", "ab"[n < 9]) for n in range(11)}
    shares = Shares(examples, 2, together=3)
    order = [(worker, shares.next(worker)) for worker in (0, 1, 1, 1, 0, 0, 1)]
    assert order == [
        (0, [0, 1, 2]),
        (1, [9, 10]),
        (1, [8, 7, 6]),  # half of what is left
        (1, [5, 4]),
        (0, [3]),
        (0, []),
        (1, []),
    ]
