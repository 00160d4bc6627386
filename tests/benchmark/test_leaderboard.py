"""Systems scored alike and ranked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, catalog, examples, music_dir, questions
from text2sql.benchmark.__main__ import main
from text2sql.databases import Catalog
from text2sql.evaluation import score
from text2sql.spider import Example

__all__ = ["catalog", "examples", "music_dir", "questions"]


@pytest.fixture
def asked(questions: Path, music_dir: Path, tmp_path: Path) -> list[str]:
    (tmp_path / "half.txt").write_text("\n".join([*GOLDS[:2], "SELECT 0", "SELECT 0"]))
    (tmp_path / "all.json").write_text(json.dumps(GOLDS))
    common = ["--questions", str(questions), "--spider-dir", str(music_dir)]
    return ["leaderboard", *common, f"Half of it={tmp_path}/half.txt", f"{tmp_path}/all.json"]


def test_systems_come_best_first_with_their_intervals(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "--metrics", "execution", "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| system | execution match | execution, easy |"
    assert lines[2] == "| all | 100.0 (100.0 to 100.0) | 100.0 |"
    assert lines[3] == "| Half of it | 50.0 (0.0 to 100.0) | 50.0 |"


def test_a_run_is_scored_like_a_file_of_its_answers(
    asked: list[str],
    examples: list[Example],
    catalog: Catalog,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    score(examples, GOLDS, catalog, out=tmp_path / "run.db")
    assert main([*asked, f"run={tmp_path}/run.db", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["all", "run", "Half of it"]
    assert found["run"]["totals"] == found["all"]["totals"]
    score(examples[:2], GOLDS[:2], catalog, out=tmp_path / "short.db")
    assert main([*asked, f"{tmp_path}/short.db"]) == 2
    assert "holds other questions" in capsys.readouterr().err
