import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, Parrot
from text2sql.databases import Catalog, Database
from text2sql.errors import DataError
from text2sql.evaluation import DEFAULT_METRICS, Run, evaluate, score
from text2sql.generators.base import Candidate, Options
from text2sql.prompt import Prompt
from text2sql.spider import Example


def test_every_question_is_asked_and_scored(catalog: Catalog, examples: list[Example]) -> None:
    found = evaluate(Parrot(GOLDS), examples, catalog)
    assert found is not None
    assert [item.prediction for item in found.items] == list(GOLDS)
    assert found.totals["execution"].percent == 100
    assert found.latency is not None
    assert all(item.seconds is not None and item.seconds > 0 for item in found.items)


def test_a_run_is_gone_on_with_where_it_stopped(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    class Stops(Parrot):
        def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            return super().generate(question, database, options)

    first, second = Stops(GOLDS), Parrot(GOLDS)
    with pytest.raises(KeyboardInterrupt):
        evaluate(first, examples, catalog, out=tmp_path / "run.db")
    found = evaluate(second, examples, catalog, out=tmp_path / "run.db")
    assert (first.asked, second.asked) == (
        ["Question 1?", "Question 2?"],
        ["Question 3?", "Question 4?"],
    )
    assert found is not None
    assert found.totals["exact_set"].percent == 100


def test_a_limit_can_be_raised_later(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    model = Parrot(GOLDS)
    few = evaluate(model, examples, catalog, limit=1, out=tmp_path / "run.db")
    more = evaluate(model, examples, catalog, limit=3, out=tmp_path / "run.db")
    assert few is not None
    assert more is not None
    assert (few.n, more.n) == (1, 3)
    assert model.asked == ["Question 1?", "Question 2?", "Question 3?"]


def test_the_manifest_says_what_the_numbers_stand_on(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    evaluate(Parrot(GOLDS), examples, catalog, out=tmp_path / "run.db", options=Options(beams=2))
    with Run.load(tmp_path / "run.db") as run:
        manifest = run.manifest
    assert {
        key: manifest[key] for key in ("model", "model_digest", "options", "questions", "seed")
    } == {
        "model": "parrot",
        "model_digest": None,
        "options": {"beams": 2, "max_length": 128},
        "questions": 4,
        "seed": 0,
    }
    assert set(manifest) == {
        *("model", "model_digest", "options", "questions", "questions_digest", "seed", "versions"),
        *("databases_digest", "started", "processes", "workers", "metrics", "wall_s", "latency"),
        *("together", "problems", "official", "timeout_s"),
    }
    assert {"python", "sqlite", "torch", "sqlglot"} <= set(manifest["versions"])
    assert len(manifest["questions_digest"]) == len(manifest["databases_digest"]) == 64


def test_the_digest_of_a_model_is_that_of_its_files(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    model = Parrot(GOLDS)
    model.folder = tmp_path / "model"  # type: ignore[attr-defined]
    digests = []
    for weights in ("one", "two", "one"):
        (tmp_path / "model").mkdir(exist_ok=True)
        (tmp_path / "model" / "weights").write_text(weights)
        out = tmp_path / f"{len(digests)}.db"
        evaluate(model, examples[:1], catalog, out=out)
        with Run.load(out) as run:
            digests.append(run.manifest["model_digest"])
    assert digests[0] == digests[2] != digests[1]


def test_questions_that_cannot_be_asked_are_named_and_the_rest_goes_on(
    catalog: Catalog, examples: list[Example]
) -> None:
    odd = [
        Example(" ", GOLDS[0], "music"),
        Example("Who?" * 1000, GOLDS[0], "music"),
        Example("Who?", GOLDS[0], "nowhere"),
        examples[0],
    ]
    found = evaluate(Parrot(GOLDS), odd, catalog)
    assert found is not None
    assert [item.output for item in found.items] == ["empty", "empty", "empty", "ok"]
    assert found.totals["execution"].percent == 25
    assert [problem.split(":")[0] for problem in found.problems] == ["1 item (first"] * 3


def test_no_questions_are_an_error(catalog: Catalog) -> None:
    with pytest.raises(DataError, match="There are no questions"):
        evaluate(Parrot(GOLDS), [], catalog)
    with pytest.raises(DataError, match="There are no questions"):
        score([], [], catalog)


def test_predictions_of_any_system_are_scored_and_kept(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    found = score(
        examples,
        [*GOLDS[:3], "nonsense"],
        catalog,
        metrics=["execution"],
        problems=["The file is odd."],
        out=tmp_path / "run.db",
        name="theirs",
    )
    assert found.totals["execution"].percent == 75
    with Run.load(tmp_path / "run.db") as run:
        assert run.items() == list(found.items)
        assert (run.manifest["model"], run.manifest["problems"]) == ("theirs", ["The file is odd."])
        assert run.predictions()[3].sql == "nonsense"


def test_every_gold_of_spider_s_dev_is_right_by_every_metric(
    spider_dir: Path, dev_golds: list[Example]
) -> None:
    found = score(dev_golds, [e.query for e in dev_golds], Catalog.open(spider_dir))
    assert found.n == 564
    assert {name: total.percent for name, total in found.totals.items()} == dict.fromkeys(
        DEFAULT_METRICS, 100.0
    )
    assert found.problems == ()
    assert found.outputs["ok"] == 564


def test_other_predictions_do_not_go_into_the_same_run(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    score(examples, GOLDS, catalog, out=tmp_path / "run.db")
    with pytest.raises(DataError, match="another model digest"):
        score(examples, ["x"] * 4, catalog, out=tmp_path / "run.db")


_SHARED = """
import os, sys
from pathlib import Path
from tests.evaluation.conftest import GOLDS, Parrot
from text2sql.databases import Catalog
from text2sql.evaluation import evaluate
from text2sql.spider import Example

examples = [Example(f"Question {n}?", gold, "music") for n, gold in enumerate(GOLDS, start=1)]
model = Parrot(GOLDS)
report = evaluate(model, examples, Catalog.open(Path(sys.argv[1])), out=Path(sys.argv[2]))
print(os.environ["RANK"], model.asked, report and report.totals["execution"].percent)
"""


def test_processes_share_the_questions_and_the_first_one_reports(
    tmp_path: Path, music_dir: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    shared = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    shared |= {"LOCAL_WORLD_SIZE": "2", "ACCELERATE_USE_CPU": "true"}
    command = [sys.executable, "-c", _SHARED, str(music_dir), str(tmp_path / "run.db")]
    started = [
        subprocess.Popen(
            command,
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for rank in range(2)
    ]
    printed = [process.communicate(timeout=300)[0].strip() for process in started]
    assert printed == [
        "0 ['Question 1?', 'Question 3?'] 100.0",
        "1 ['Question 2?', 'Question 4?'] None",
    ]


def test_several_processes_need_a_file(
    catalog: Catalog, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    from collections.abc import Iterator
    from contextlib import contextmanager

    from text2sql.evaluation.processes import Processes

    @contextmanager
    def two() -> Iterator[Processes]:
        yield Processes(0, 2)

    monkeypatch.setattr(sys.modules["text2sql.evaluation.evaluate"], "processes", two)
    with pytest.raises(DataError, match="name one with --out"):
        evaluate(Parrot(GOLDS), examples, catalog)


class Reader(Parrot):
    """A model that reads text."""

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        self.asked.append(question)
        return []

    def prompt(self, question: str, database: Database) -> Prompt:
        return Prompt(question)


def test_a_text_model_reads_the_evidence_of_a_question_and_others_do_not(
    catalog: Catalog, examples: list[Example]
) -> None:
    with_hint = [replace(example, evidence="old means over 60") for example in examples[:1]]
    reader, parrot = Reader(GOLDS), Parrot(GOLDS)
    for model in (reader, parrot):
        evaluate(model, [*with_hint, examples[1]], catalog)
    assert reader.asked == ["Question 1? Hint: old means over 60", "Question 2?"]
    assert parrot.asked == ["Question 1?", "Question 2?"]
