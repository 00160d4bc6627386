"""A folder of runs, with other things in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Run, make_report, run_file, score
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.robustness import RobustnessRow, write_row
from text2sql.evaluation.statistics import Score
from text2sql.sandbox import Failure, FailureKind, QueryResult
from text2sql.spider import Example


@pytest.fixture
def folder(tmp_path: Path, catalog: Catalog, examples: list[Example]) -> RunFolder:
    """One run called ``good.db`` in a folder beside a file that nobody is to see."""
    (tmp_path / "secret.db").write_bytes(b"")
    (tmp_path / "runs").mkdir()
    score(examples, GOLDS, catalog, out=tmp_path / "runs" / "good.db", name="oracle")
    return RunFolder(tmp_path / "runs")


def table(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_runs_are_listed_with_their_model_size_and_date(folder: RunFolder) -> None:
    (run,) = folder.listing().runs
    assert (run.name, run.model, run.questions) == ("good.db", "oracle", 4)
    assert run.started == run.manifest["started"]
    assert folder.listing().problems == {}


def test_the_newest_run_is_listed_first(
    folder: RunFolder, catalog: Catalog, examples: list[Example]
) -> None:
    score(examples, GOLDS, catalog, out=folder.path / "newer.db")
    with Run.load(folder.path / "newer.db") as run:
        run.update_manifest({"started": "2999-01-01T00:00:00+00:00"})
    assert [run.name for run in folder.listing().runs] == ["newer.db", "good.db"]


def test_items_and_report_are_those_of_the_run(
    folder: RunFolder, catalog: Catalog, examples: list[Example]
) -> None:
    items = tuple(score_all(catalog, examples, GOLDS))
    assert folder.items("good.db") == items
    assert folder.report("good.db") == make_report(items)


def test_what_is_no_run_is_named_and_the_rest_is_listed(folder: RunFolder) -> None:
    (folder.path / "report.html").write_text("<html>" * 100)
    (folder.path / "folder.db").mkdir()
    (folder.path / ".hidden.db").write_bytes(b"half a run")
    table(folder.path / "other.db", "CREATE TABLE manifest (a)", "INSERT INTO manifest VALUES (1)")
    table(folder.path / "empty.db", "CREATE TABLE t (a)")
    listing = folder.listing()
    assert [run.name for run in listing.runs] == ["good.db"]
    assert {
        name: text.split("; ")[0].split(" (")[0] for name, text in listing.problems.items()
    } == {
        "empty.db": "'empty.db' is not a valid run: it has other tables than a run. "
        "Make it again with `evaluate` or `score`, or move it to another folder.",
        "other.db": f"{str(folder.path / 'other.db')!r} cannot be used as a run",
        "report.html": f"{str(folder.path / 'report.html')!r} cannot be used as a run",
    }


@pytest.mark.parametrize(
    "damage",
    ["UPDATE items SET features = 'no json'", "ALTER TABLE items DROP COLUMN reason"],
)
def test_a_run_whose_items_cannot_be_read_says_so(folder: RunFolder, damage: str) -> None:
    table(folder.path / "good.db", damage)
    with pytest.raises(DataError, match=r"'good.db' is not a valid run: item 1, "):
        folder.items("good.db")


@pytest.mark.parametrize(
    "name", ["../secret.db", "./good.db", "..", "", "/etc/passwd", "good.db\0", "GOOD.DB "]
)
def test_no_name_leads_out_of_the_folder(folder: RunFolder, name: str) -> None:
    with pytest.raises(DataError, match="There is no run"):
        folder.run(name)


def test_a_run_that_was_written_again_is_read_again(
    folder: RunFolder, catalog: Catalog, examples: list[Example]
) -> None:
    assert folder.items("good.db")[0].scores["execution"] == 1
    (folder.path / "good.db").unlink()
    score(examples, ["nonsense", *GOLDS[1:]], catalog, out=folder.path / "good.db")
    assert folder.items("good.db")[0].scores["execution"] == 0


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (
            "timeout",
            "Reading 'good.db' took longer than 3 s, as it can on a busy machine; the file may be "
            "good. Try again later.",
        ),
        ("locked", "'good.db' is being written at the moment; try again later."),
        ("busy", "'good.db' is being written at the moment; try again later."),
    ],
)
def test_a_run_that_cannot_be_read_now_is_not_called_bad_and_is_listed_the_next_time(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, kind: FailureKind, problem: str
) -> None:
    failed = QueryResult((), (), False, 1.0, Failure(kind, "It cannot be read."))
    with monkeypatch.context() as patch:
        patch.setattr(run_file, "run_query", lambda *_: failed)
        assert folder.listing().problems == {"good.db": problem}
    assert [run.name for run in folder.listing().runs] == ["good.db"]


def test_a_folder_that_does_not_exist_holds_no_runs(tmp_path: Path) -> None:
    listing = RunFolder(tmp_path / "none").listing()
    assert (listing.runs, listing.problems) == ((), {})


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot be listed .*name another folder with --runs"):
        RunFolder(tmp_path / "file").listing()


ROW = RobustnessRow("pocket", "2026-11-27", {"dev.json": Score(4, 75.0, 25.0, 100.0)})


def test_a_robustness_row_is_read_and_is_no_run(folder: RunFolder) -> None:
    write_row(ROW, folder.path / "pocket.robustness.json")
    assert folder.robustness() == (ROW,)
    assert [run.name for run in folder.listing().runs] == ["good.db"]
    assert folder.listing().problems == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 10_000,
        '{"model": "x", "made": "", "scores": {}}',
        '{"model": "x", "made": "", "scores": {"a": [4, 75.0, 25.0]}}',
        '{"model": "x", "made": "", "scores": {"a": [4, "75", 25.0, 100.0]}}',
        '{"model": "x", "made": "", "scores": {"a": [4, NaN, 25.0, 100.0]}}',
        '{"model": "x", "made": "", "scores": {"a": [0, 75.0, 25.0, 100.0]}}',
        '{"model": 1, "made": "", "scores": {"a": [4, 75.0, 25.0, 100.0]}}',
        '{"model": "%s"}' % ("x" * 100_000),
    ],
)
def test_another_file_with_that_ending_is_named_as_a_problem(folder: RunFolder, text: str) -> None:
    (folder.path / "x.robustness.json").write_text(text)
    assert folder.robustness() == ()
    assert folder.listing().problems == {
        "x.robustness.json": "'x.robustness.json' holds no row of `benchmark robustness`; write it "
        "again with --out."
    }
