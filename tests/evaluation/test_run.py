import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Prediction, Run
from text2sql.spider import Example

MANIFEST = {
    "model": "parrot",
    "model_digest": "a",
    "options": {"beams": 4},
    "questions_digest": "b",
    "databases_digest": "c",
    "started": "today",
}


def test_what_is_added_is_there_after_a_kill(tmp_path: Path, examples: list[Example]) -> None:
    path = tmp_path / "run.db"
    run = Run.start(path, MANIFEST)
    prediction = Prediction("SELECT 1", 0.25, ("SELECT 1", "SELECT 2"))
    run.add_prediction(2, examples[2], prediction)
    with Run.start(path, MANIFEST) as again:  # the first was never closed
        assert again.predictions() == {2: prediction}
        assert again.manifest == MANIFEST
    run.close()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"model": "other"}, "another model;"),
        ({"model_digest": "z"}, "another model digest"),
        ({"options": {"beams": 1}}, "another options"),
        ({"questions_digest": "z"}, "another questions digest"),
        ({"databases_digest": "z"}, "another databases digest"),
    ],
)
def test_a_run_with_something_else_is_not_gone_on_with(
    tmp_path: Path, changed: dict[str, object], named: str
) -> None:
    path = tmp_path / "run.db"
    Run.start(path, MANIFEST).close()
    with pytest.raises(DataError, match=named):
        Run.start(path, {**MANIFEST, **changed})


def test_when_it_was_started_is_kept(tmp_path: Path) -> None:
    Run.start(tmp_path / "run.db", MANIFEST).close()
    with Run.start(tmp_path / "run.db", {**MANIFEST, "started": "tomorrow"}) as run:
        assert run.manifest["started"] == "today"


def test_scored_items_come_back_as_they_were(
    tmp_path: Path, catalog: Catalog, examples: list[Example]
) -> None:
    items = score_all(catalog, examples, ["nonsense", *GOLDS[1:]])
    with Run.start(tmp_path / "run.db", MANIFEST) as run:
        run.save_items(items[:1])
        run.save_items(items)
    with Run.load(tmp_path / "run.db") as run:
        assert run.items() == items


def test_other_tools_can_read_it(tmp_path: Path, catalog: Catalog, examples: list[Example]) -> None:
    with Run.start(tmp_path / "run.db", MANIFEST) as run:
        run.save_items(score_all(catalog, examples, GOLDS))
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        rows = connection.execute("SELECT item, db_id, hardness, execution FROM items").fetchall()
    assert rows == [(n, "music", level, 1) for n, level in enumerate(["easy"] * 4)]


@pytest.mark.parametrize("content", [None, b"", b"no database at all, but long enough to be one"])
def test_what_is_no_run_cannot_be_loaded(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"run.db"):
        Run.load(path)


def test_a_run_that_was_never_scored_cannot_be_loaded(tmp_path: Path) -> None:
    Run.start(tmp_path / "run.db", MANIFEST).close()
    with pytest.raises(DataError, match="holds no finished run"):
        Run.load(tmp_path / "run.db")


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be used as a run"):
        Run.start(tmp_path / "none" / "run.db", MANIFEST)
