"""The command ``text2sql train``."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_imports import HEAVY, ROOT, loaded
from train.__main__ import main


def test_help_loads_nothing_heavy_and_lists_the_recipes() -> None:
    assert loaded("-m", "train", "--help") & HEAVY == set()
    started = time.process_time()
    done = subprocess.run(
        [sys.executable, "-m", "train", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert time.process_time() - started < 1
    assert "  flan-t5-large-lora        the reference: LoRA" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", "tyni"], "There is no recipe 'tyni'; did you mean 'tiny'?"),
        (["--recipe", "tiny", "--set", "epoch=1"], "no recipe key 'epoch'; did you mean 'epochs'?"),
        (["--recipe", "tiny", "--set", "epochs"], "is not of the form KEY=VALUE"),
        (["--recipe", "tiny", "--resume"], "to resume; leave out --resume."),
        (["--recipe", "tiny", "--rewordings", "f"], "--rewordings belongs to the recipe pocket"),
        (["--recipe", "flan-t5-large-lora"], "run text2sql download spider."),
        (["--recipe", "flan-t5-large-lora", "--spider-dir", "nowhere"], "is not a Spider folder"),
        (["--recipe", "pocket"], "There is no Spider folder to train on"),
        (["--recipe", "pocket", "--set", "chances.valu=1"], "did you mean 'chances.value'?"),
        (["--recipe", "pocket", "--push-to-hub", "me/it"], "'pocket' has no --push-to-hub"),
    ],
)
def test_an_impossible_request_is_answered_with_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--out", str(tmp_path / "run")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert words in told
    assert not (tmp_path / "run").exists()


def test_a_tracker_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["--recipe", "tiny", "--track", "tensorboard", "--out", str(tmp_path / "r")]) == 2
    assert "--track tensorboard needs a package of that name: pip install" in (
        capsys.readouterr().err
    )


def test_a_run_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({}))
    assert main(["--recipe", "tiny", "--out", str(tmp_path)]) == 2
    assert "holds a run already; continue it with --resume, or name another" in (
        capsys.readouterr().err
    )
