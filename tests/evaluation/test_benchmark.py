"""``python -m text2sql.benchmark score`` and ``mutations`` in small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluation.conftest import run_json
from text2sql.benchmark.__main__ import main


def test_scoring_is_timed_beside_a_process_for_every_query(
    questions: Path, music_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("score", "--questions", questions, "--spider-dir", music_dir)
    found = run_json(main, capsys, *asked, "--repeat", 1, "--sample", 2)
    assert (found["questions"], found["sample"]) == (4, 2)
    assert found["seconds"] > 0
    ratio = found["process_seconds"] / found["seconds"]
    assert found["ratio"] == pytest.approx(ratio, rel=0.05)


def test_every_mistake_in_a_gold_is_caught_missed_or_none(
    questions: Path,
    music_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))
    asked = ("mutations", "--questions", questions, "--spider-dir", music_dir)
    found = run_json(main, capsys, *asked, "--every", 2)
    counts = [found[name] for name in ("golds", "caught", "missed")]
    assert counts == [2, found["caught"], 0]
    assert found["caught"] > 5
    assert found["percent"] == 100.0


def test_people_read_a_sentence(
    questions: Path, music_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["score", "--questions", questions, "--spider-dir", music_dir]
    assert main([*map(str, asked), "--repeat", "1", "--sample", "1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("4 questions scored in ")
    assert "(median of 1).\nA process a query: " in said
