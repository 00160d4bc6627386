"""How many follow-ups are right, each way of asking them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.answering.pipeline import Text2SQL
from text2sql.benchmark.__main__ import main
from text2sql.benchmark.dialogues import measure, starts
from text2sql.databases import Catalog
from text2sql.evaluation.dialogues import load_dialogues, pairs_of

LYON = "SELECT first_name, last_name FROM patient WHERE city = 'Lyon'"


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    path = tmp_path / "dialogues.jsonl"
    turns = [
        ("Who lives in Lyon?", LYON),
        ("how many are there?", "SELECT count(*) FROM patient WHERE city = 'Lyon'"),
        ("only women", "SELECT count(*) FROM patient WHERE city = 'Lyon' AND sex = 'F'"),
    ]
    entry = {"db_id": "clinic", "turns": [{"question": q, "query": s} for q, s in turns]}
    path.write_text("".join(json.dumps(entry | {"db_id": d}) + "\n" for d in ("clinic", "school")))
    return path


def test_each_turn_is_asked_as_new_after_the_gold_query_and_after_the_answer(
    dialogues: Path,
) -> None:
    catalog = Catalog.open()
    clinic = load_dialogues(dialogues)[:1]
    turns = list(measure(Text2SQL(), clinic, catalog))
    assert [(t.first, t.as_new_right, t.after_gold_right, t.after_answer_right) for t in turns] == [
        (True, False, True, True),
        (True, False, True, True),
    ]
    assert [t.after_gold for t in turns] == [
        "SELECT count(*) FROM patient WHERE city = 'Lyon'",
        "SELECT count(*) FROM patient WHERE city = 'Lyon' AND sex = 'F'",
    ]


def test_a_wrong_first_answer_makes_the_answers_after_it_wrong(dialogues: Path) -> None:
    clinic = load_dialogues(dialogues)[:1]
    parrot = Text2SQL(Parrot("SELECT last_name FROM patient"))
    wrong = list(measure(parrot, clinic, Catalog.open()))
    assert [(t.first, t.after_answer_right) for t in wrong] == [(False, False), (False, False)]


def test_the_first_turn_of_a_dialogue_is_asked_after_the_last_one_of_another(
    tmp_path: Path,
) -> None:
    entries = [
        {"db_id": "clinic", "turns": [{"question": "Who lives in Lyon?", "query": LYON}]},
        {"db_id": "clinic", "turns": [
            {"question": "How many doctors are there?", "query": "SELECT count(*) FROM doctor"},
        ]},
    ]  # fmt: skip
    path = tmp_path / "dialogues.jsonl"
    path.write_text("\n".join(map(json.dumps, entries)))
    parrot = Text2SQL(Parrot("SELECT count(*) FROM doctor"))
    [start] = starts(parrot, pairs_of(load_dialogues(path)), Catalog.open())
    assert (start.before, start.alone_right, start.after_other_right) == (LYON, True, True)
    assert not start.follows


def test_halves_and_held_out_databases_choose_the_dialogues(
    dialogues: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held_out = tmp_path / "held_out.toml"
    held_out.write_text('asked = ["clinic"]\n')
    asked = ["dialogues", "--dialogues", str(dialogues), "--json"]
    assert main([*asked, "--half", "second", "--held-out", str(held_out)]) == 0
    assert json.loads(capsys.readouterr().out) == {"turns": [], "starts": [], "single": []}
    assert main([*asked, "--half", "first", "--held-out", str(held_out)]) == 0
    assert {turn["dialogue"] for turn in json.loads(capsys.readouterr().out)["turns"]} == {0}


def test_single_questions_are_asked_alone_and_after_one_another(
    dialogues: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, held_out = tmp_path / "questions.json", tmp_path / "held_out.toml"
    held_out.write_text('asked = ["clinic"]\n')
    entries = [
        {"question": f"How many {table}s are there?", "query": f"SELECT count(*) FROM {table}",
         "db_id": db_id}
        for db_id, table in (("clinic", "doctor"), ("clinic", "patient"), ("airline", "airport"))
    ]  # fmt: skip
    questions.write_text(json.dumps(entries))
    asked = ["dialogues", "--dialogues", str(dialogues), "--questions", str(questions)]
    assert main([*asked, "--half", "second", "--held-out", str(held_out), "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)["single"]
    assert {one["gold"], one["before"]} == {entry["query"] for entry in entries[:2]}
    assert (one["alone"], one["alone_right"]) == (one["gold"], True)
    assert (one["after_other"], one["after_other_right"], one["follows"]) == (
        one["gold"], True, False,
    )  # fmt: skip
    assert main([*asked, "--half", "second", "--held-out", str(held_out)]) == 0
    told = capsys.readouterr().out
    assert "single questions, after another one" in told
    assert "100.0" in told
