"""What a training run has left in its folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

from text2sql.ui.training.run_folder import (
    RecordedRun,
    Sample,
    read_run,
    run_names,
    signature,
)


def make_run(folder: Path, name: str, metrics: str, *, changed_s: float = 0) -> Path:
    run = folder / name
    run.mkdir(parents=True)
    (run / "metrics.csv").write_text(metrics, encoding="utf-8")
    os.utime(run / "metrics.csv", (changed_s, changed_s))
    return run


def test_a_run_is_its_numbers_its_samples_and_its_manifest(tmp_path: Path) -> None:
    run = make_run(tmp_path, "large", "epoch,train_loss,exact_match\n1.0,,10.5\n2.0,1.5,20\n")
    (run / "manifest.json").write_text(json.dumps({"recipe": "large"}))
    sample = {"epoch": 1.0, "step": 5, "question": "Who?", "gold": "g", "predicted": "p"}
    (run / "samples.jsonl").write_text(f"{json.dumps(sample)}\n")
    assert read_run(tmp_path, "large") == RecordedRun(
        "large",
        {"recipe": "large"},
        ("epoch", "train_loss", "exact_match"),
        (
            {"epoch": 1.0, "train_loss": None, "exact_match": 10.5},
            {"epoch": 2.0, "train_loss": 1.5, "exact_match": 20.0},
        ),
        (Sample(1.0, 5, "Who?", "g", "p"),),
    )


def test_files_that_are_half_written_or_something_else_are_read_as_far_as_they_go(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path, "r", "epoch,loss\n1,nan\nx,2\n2,0.5,9,9\n3")
    (run / "manifest.json").write_text('{"recipe": ')
    (run / "samples.jsonl").write_text('{"epoch": 1, "step"\n[]\n\n')
    read = read_run(tmp_path, "r")
    assert read == RecordedRun(
        "r",
        {},
        ("epoch", "loss"),
        ({"epoch": 1.0, "loss": None}, {"epoch": 2.0, "loss": 0.5}, {"epoch": 3.0, "loss": None}),
        (),
        (
            "manifest.json was left out: Invalid JSON: EOF while parsing a value at line 1 "
            "column 11.",
            "samples.jsonl has 2 unreadable lines; the first is line 1.",
        ),
    )


def test_the_run_that_changed_last_comes_first_and_other_folders_are_none(tmp_path: Path) -> None:
    make_run(tmp_path, "old", "epoch\n", changed_s=100)
    make_run(tmp_path, "new", "epoch\n", changed_s=200)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "evaluation.db").touch()
    assert run_names(tmp_path) == ["new", "old"]


def test_there_are_no_runs_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert run_names(tmp_path / "none") == []


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    make_run(tmp_path, "secret", "epoch\n1\n")
    make_run(tmp_path / "runs", "mine", "epoch\n1\n")
    for name in ("../secret", str(tmp_path / "secret"), "", ".", ".."):
        assert read_run(tmp_path / "runs", name) is None


def test_the_signature_changes_with_any_of_the_files(tmp_path: Path) -> None:
    run = make_run(tmp_path, "r", "epoch\n", changed_s=100)
    seen = {signature(run)}
    (run / "samples.jsonl").write_text("")
    seen.add(signature(run))
    os.utime(run / "metrics.csv", (50, 50))
    seen.add(signature(run))
    assert len(seen) == 3
