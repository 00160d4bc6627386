"""A short run on corrections, and what it says of the questions that were right before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.errors import DataError
from text2sql.evaluation.items import Item
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.spider import Example
from train.config import build_recipe, read_recipe_file
from train.pocket import corrections
from train.pocket.corrections import Regression, tune
from train.pocket.recipe import PocketRecipe


def item(question: str, right: bool) -> Item:
    example = Example(question, "SELECT 1", "shop")
    return Item(example, "SELECT 2", {"execution": right}, "Other rows.")


def test_the_report_counts_corrected_broken_and_unchanged_and_names_the_broken() -> None:
    before = [item("a", True), item("b", True), item("c", False), item("d", False)]
    after = [item("a", True), item("b", False), item("c", True), item("d", False)]
    assert Regression(before, after).text("Samples") == (
        "Samples: 4 questions, 2 right before. Of those, 1 unchanged and 1 broken; 1 other "
        "corrected.\n  broken: b (shop) Other rows."
    )


@pytest.fixture
def recipe(start: Path, monkeypatch: pytest.MonkeyPatch) -> PocketRecipe:
    monkeypatch.setattr(corrections, "_DATABASES", 1)
    values = read_recipe_file("pocket-corrections").values
    changes = {"start": str(start), "minutes": None, "steps": 3, "batch_size": 4, "rehearsed": 6}
    return build_recipe(PocketRecipe, {**values, **changes})


def questions(path: Path, *queries: str) -> Path:
    items = [
        {"question": f"{path.stem} {n}: how many singers?", "query": query, "db_id": "singer"}
        for n, query in enumerate(queries)
    ]
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def test_a_run_writes_a_model_and_compares_it_with_the_one_before(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    data = questions(
        tmp_path / "more.json",
        "SELECT count(*) FROM singer",
        "SELECT name FROM singer",
        "SELECT count(*) FROM singer WHERE rowid > 1",
    )
    check = questions(tmp_path / "check.json", "SELECT age FROM singer", "SELECT id FROM town")
    report = tune(recipe, data, check, spider, tmp_path / "run").splitlines()
    assert report[0] == "Golds that the model cannot express, and that were left out: 1."
    assert report[1].startswith("Corrections: 3 questions, ")
    assert any(line.startswith("check.json: 2 questions, ") for line in report)
    assert report[-1] == f"The model is in {tmp_path / 'run'}."
    assert PocketGenerator.load(tmp_path / "run").model.sizes.width == 16


def test_corrections_that_the_model_cannot_express_are_refused(
    recipe: PocketRecipe, spider: Path, tmp_path: Path
) -> None:
    query = "SELECT count(*) FROM singer WHERE rowid > 1"
    data = questions(tmp_path / "more.json", query, query)
    with pytest.raises(DataError, match="has SQL that the pocket model can express"):
        tune(recipe, data, None, spider, tmp_path / "run")


def test_a_database_without_a_file_is_refused(recipe: PocketRecipe, tmp_path: Path) -> None:
    line = {
        "question": "How many?",
        "sql": "SELECT count(*) FROM t",
        "ddl": "CREATE TABLE t (a INT)",
    }
    (tmp_path / "own.jsonl").write_text(f"{json.dumps(line)}\n" * 2)
    with pytest.raises(DataError, match="needs the file of 'ddl_"):
        tune(recipe, tmp_path / "own.jsonl", None, None, tmp_path / "run")
