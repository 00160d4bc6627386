"""Fitting the weights of follow-ups to a few dialogues, from the command to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.train.asked.conftest import content
from train.asked.build import build
from train.asked.dataset import AskedDatabase
from train.follow_ups import main

NAMES = "SELECT name FROM singer"
ADA = f"{NAMES} WHERE name = 'Ada'"
LYON = "SELECT last_name FROM patient WHERE city = 'Lyon'"
LIVING = "SELECT count(*) FROM patient WHERE city = 'Lyon'"
DIALOGUES = [
    ("choir", ("who sings", NAMES), ("only Ada", ADA), ("when did she join",
     "SELECT name, joined FROM singer WHERE name = 'Ada'")),
    ("choir", ("who is Bo", f"{NAMES} WHERE name = 'Bo'"), ("and Ada", ADA)),
    ("choir", ("our singers", NAMES), ("how many", "SELECT count(*) FROM singer")),
    ("clinic", ("who lives in Lyon", LYON), ("how many", LIVING)),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build([AskedDatabase(content())], tmp_path)
    entries = [
        {"db_id": name, "turns": [{"question": q, "query": sql} for q, sql in turns]}
        for name, *turns in DIALOGUES
    ]
    (tmp_path / "dialogues.jsonl").write_text("\n".join(map(json.dumps, entries)))
    (tmp_path / "held_out.toml").write_text('asked = ["clinic"]\n')
    return tmp_path


def test_weights_are_fitted_to_dialogues_and_measured_on_those_held_out_and_on_sparc(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dialogues, out = str(folder / "dialogues.jsonl"), folder / "weights.json"
    code = main(
        ["--asked", str(folder), "--dialogues", dialogues, "--out", str(out),
         "--held-out", str(folder / "held_out.toml"), "--sparc", dialogues,
         "--spider-dir", str(folder)]
    )  # fmt: skip
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "training: 4 turns, 4 with a right change, 4 chosen",
        "training: 4 turns, 4 with a right change, 4 chosen",
        "held-out databases: 1 turns, 1 with a right change, 1 chosen",
        "SParC, first half: 3 turns, 3 with a right change, 3 chosen",
    ]
    assert json.loads(out.read_text())["add = before negation"] < 0


def test_a_folder_without_databases_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--asked", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
