"""Recipes, read as data."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from text2sql.ui.training.recipes import Recipe, command, read_recipes, recipes_folder
from text2sql.ui.training.view import recipes_html
from train.config import read_recipe_file, recipe_names


def test_they_are_those_of_the_command_line() -> None:
    ours = [(r.name, r.trainer, r.about, dict(r.values)) for r in read_recipes(recipes_folder())]
    files = map(read_recipe_file, recipe_names())
    assert ours == [(f.name, f.trainer, f.about, dict(f.values)) for f in files]


def test_there_are_none_where_the_training_package_is_not(tmp_path: Path) -> None:
    assert read_recipes(None) == read_recipes(tmp_path / "none") == ()


def test_a_train_py_of_somebody_else_is_not_run_for_recipes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.py").write_text("raise SystemExit('run')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "train"]:
        monkeypatch.delitem(sys.modules, name)
    assert recipes_folder() is None


def test_files_that_are_no_recipes_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text("[1]")
    (tmp_path / "c.json").write_text(json.dumps({"trainer": "pocket", "epochs": 3}))
    assert read_recipes(tmp_path) == (Recipe("c", "pocket", "", {"epochs": 3}),)


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ({"data": "samples"}, "text2sql train --recipe r \\\n    --out runs/r"),
        ({}, "text2sql train --recipe r \\\n    --spider-dir ~/spider \\\n    --out runs/r"),
    ],
)
def test_the_command_names_the_data_and_the_folder(values: dict[str, str], typed: str) -> None:
    assert command(Recipe("r", "seq2seq", "", values), Path("runs")) == typed


def test_what_a_recipe_says_stays_text() -> None:
    html = recipes_html([Recipe("<b>", "<i>", "<script>", {"k": "<img>"})])
    assert "&lt;b&gt;" in html
    assert [tag for tag in ("<b>", "<i>", "<script>", "<img>") if tag in html] == []
