"""Fitting the weights of follow-ups to a few dialogues, from the command to the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parrot import Parrot
from tests.train.asked.conftest import content
from text2sql.answering.conversation.following import weights
from text2sql.databases import Catalog
from text2sql.evaluation.dialogues import load_dialogues, pairs_of
from train import follow_ups
from train.asked.build import build
from train.asked.dataset import AskedDatabase
from train.dialogue_turns import turns_of
from train.log_linear import Names

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
    single = json.loads((tmp_path / "questions.json").read_text())
    single += [
        {"question": "Who lives in Lyon?", "query": LYON, "db_id": "clinic"},
        {
            "question": "How many doctors?",
            "query": "SELECT count(*) FROM doctor",
            "db_id": "clinic",
        },
    ]
    (tmp_path / "questions.json").write_text(json.dumps(single))
    (tmp_path / "held_out.toml").write_text('asked = ["clinic"]\n')
    return tmp_path


def test_weights_are_fitted_to_dialogues_and_measured_on_those_held_out_and_on_sparc(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(follow_ups, "load_generator", lambda name: Parrot(NAMES))
    dialogues, out = str(folder / "dialogues.jsonl"), folder / "weights.json"
    arguments = [
        "--asked", str(folder), "--dialogues", dialogues, "--out", str(out),
        "--held-out", str(folder / "held_out.toml"), "--sparc", dialogues,
        "--spider-dir", str(folder), "--cache", str(folder / "kept.db"),
    ]  # fmt: skip
    code = follow_ups.main(arguments)
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "training, each fold of databases by the others: 7 turns, 7 with a right query, 5 chosen",
        "held-out databases: 1 turns, 1 with a right query, 1 chosen",
        "single questions about them: 1 turns, 0 with a right query, 0 chosen",
        "SParC, first half: 4 turns, 4 with a right query, 3 chosen",
    ]
    fitted = json.loads(out.read_text())
    assert fitted.keys() == {"changes", "choice"}
    assert fitted["changes"].keys() - follow_ups._PRIORS.keys()  # words that only dialogues taught
    assert fitted["choice"]["lost where"] > 0
    assert fitted["choice"]["new"] > 0  # in the single question and the first turns
    monkeypatch.setattr(follow_ups, "load_generator", lambda name: Parrot())
    assert follow_ups.main(arguments) == 0
    assert (capsys.readouterr().out, json.loads(out.read_text())) == (told.out, fitted)


@pytest.mark.parametrize(
    ("written", "question", "new"),
    [
        (NAMES, "our singers", True),  # which is right
        ("SELECT joined FROM singer", "our singers", True),  # nothing is right
        (f"{ADA} AND id > 0", "and Ada", True),  # as right as a change
        (NAMES, "and Ada", False),  # only a change is right
        (f"{ADA} LIMIT 7", "only Ada", None),  # a later turn
    ],
)
def test_a_first_turn_is_to_be_read_as_a_new_question_unless_only_a_change_is_right(
    folder: Path, written: str, question: str, new: bool | None
) -> None:
    pairs = list(pairs_of(load_dialogues(folder / "dialogues.jsonl")))
    (pair,) = [pair for pair in pairs if pair.turn.question == question]
    of_changes, names, known = Names(), Names(), weights()["changes"]
    pair = replace(pair, starts=new is not None)
    (turn,) = turns_of([pair], Catalog.open(folder), of_changes, known, Parrot(written))
    options = turn.of_options(of_changes.array(known), names)
    wanted = [row for row, likely in zip(options.rows, options.likely, strict=True) if likely]
    assert {names.places["new"] in row.places for row in wanted} == (
        {True, False} if new is None else {new}
    )


def test_a_folder_without_databases_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert follow_ups.main(["--asked", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
