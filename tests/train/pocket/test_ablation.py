"""Runs of the whole recipe and of the recipe without one lever each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from train.config import build_recipe, with_settings
from train.pocket.ablation import LEVERS, Trial, main, table
from train.pocket.recipe import PocketRecipe


def _done(folder: Path, lever: str, seed: int, exact_set: float) -> Trial:
    trial = Trial(lever, seed, folder / f"{lever}-{seed}")
    trial.folder.mkdir(parents=True)
    (trial.folder / "manifest.json").write_text(json.dumps({"best": exact_set}))
    return trial


def test_each_lever_is_compared_by_its_mean_with_the_whole_recipe(tmp_path: Path) -> None:
    scores = {"all of them": (50.0, 52.0), "without dropout": (47.0, 48.0)}
    trials = [_done(tmp_path, n, i, s) for n, both in scores.items() for i, s in enumerate(both)]
    rows = [line.split() for line in table(trials).splitlines()[2:]]
    assert rows == [
        ["all", "of", "them", "50.0", "52.0", "51.0"],
        ["without", "dropout", "47.0", "48.0", "47.5", "-3.5"],
    ]


@pytest.mark.parametrize("name", LEVERS)
def test_the_settings_of_a_lever_are_keys_of_the_recipe(name: str) -> None:
    recipe = build_recipe(PocketRecipe, with_settings({}, LEVERS[name].settings))
    assert (recipe != PocketRecipe()) == bool(LEVERS[name].settings)


def _arguments(
    spider: Path, start: Path, out: Path, levers: Sequence[str] = ("all of them", "without dropout")
) -> list[str]:
    settings = {"start": start, "batch_size": 8, "held_out": 0.2, "workers": 0, "asked": 0}
    given = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    return [
        *("--spider-dir", str(spider), "--out", str(out), "--steps", "2", "--seeds", "1"),
        *("--levers", *levers, *given),
    ]


def test_every_lever_makes_a_run_and_a_second_call_repeats_none(
    spider: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(spider, start, tmp_path / "runs")
    assert main(arguments) == 0
    first = capsys.readouterr().out
    recipes = {}
    for folder in (tmp_path / "runs").iterdir():
        recipes[folder.name] = json.loads((folder / "manifest.json").read_text())["recipe"]
        (folder / "state.pt").unlink()
    assert {name: (r["dropout"], r["steps"], r["seed"]) for name, r in recipes.items()} == {
        "all-of-them-0": (0.15, 2, 0),
        "without-dropout-0": (0, 2, 0),
    }
    assert main(arguments) == 0
    assert capsys.readouterr().out == first
    assert not list((tmp_path / "runs").glob("*/state.pt"))


def test_a_failed_run_is_named_with_its_error(
    spider: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(spider, tmp_path / "nowhere", tmp_path / "runs", ["all of them"])
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: The run in '{tmp_path}/runs/")
    assert "nowhere" in error


def test_a_run_with_other_settings_is_not_used_as_a_result(
    spider: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _done(tmp_path / "runs", "all-of-them", 0, 99.0).folder
    recipe = asdict(PocketRecipe(steps=1000))
    (folder / "manifest.json").write_text(json.dumps({"best": 99.0, "recipe": recipe}))
    assert main(_arguments(spider, start, tmp_path / "runs")) == 2
    assert f"{folder}' holds a run with other settings" in capsys.readouterr().err


def test_a_lever_that_would_change_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--levers", "without Spider-Syn"])
    assert "needs --rewordings" in capsys.readouterr().err


def test_the_help_names_every_lever(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out.splitlines()
    assert {f"  {lever}" for lever in LEVERS} <= set(said)
