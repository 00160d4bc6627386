"""Fitting the weights of the shape of rows, from the command to its report."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.parrot import Parrot
from tests.train.asked.conftest import content
from train.asked.build import build
from train.asked.dataset import AskedDatabase
from train.pocket import row_shapes

ALL, ADA = "SELECT name FROM singer", "SELECT name FROM singer WHERE name = 'Ada'"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    questions = [{"question": f"names of singers {n}", "query": ALL} for n in range(4)]
    named = [content() | {"db_id": name, "questions": questions} for name in ("a", "b", "other")]
    build([AskedDatabase(one) for one in named], tmp_path)
    monkeypatch.setattr(row_shapes, "held_out_by_name", lambda _: {"a", "b"})
    monkeypatch.setattr(row_shapes, "load_generator", lambda _: Parrot("SELECT nope", ADA, ALL))
    return tmp_path


def test_what_is_right_elsewhere_is_learned_and_counted_on_each_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(row_shapes._BEFORE, "one row", 0.5)
    assert row_shapes.main(["--asked", str(folder)]) == 0
    weights, counted = capsys.readouterr().out.splitlines()
    assert ast.literal_eval(weights)["one row"] < 0
    assert counted == (
        "8 questions, 8 with a right candidate; 0 answered rightly, 8 by weights fitted to the "
        "other databases (8 won, 0 lost)"
    )


def test_a_limit_takes_so_many_questions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert row_shapes.main(["--asked", str(folder), "--limit", "3"]) == 0
    assert "\n3 questions, " in capsys.readouterr().out


def test_a_folder_without_databases_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert row_shapes.main(["--asked", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
