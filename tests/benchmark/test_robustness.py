"""A model's row over wordings and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.benchmark.__main__ import main
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.robustness import read_row

QUESTIONS = Path(__file__).parents[2] / "text2sql" / "assets" / "samples" / "questions.json"


def test_a_row_has_every_set_and_every_variant_and_stands_beside_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["robustness", "--questions", str(QUESTIONS), "--limit", "6"]
    asked += ["--set", f"again={QUESTIONS}"]
    assert main([*asked, "--json"]) == 0
    printed = capsys.readouterr().out
    row = json.loads(printed)
    names = ["questions.json", "again", "abbreviated", "prefixed", "without keys"]
    assert list(row["scores"]) == names
    assert row["scores"]["again"] == row["scores"]["questions.json"]
    assert {score[0] for score in row["scores"].values()} == {6}
    other = tmp_path / "row.json"
    other.write_text(printed.replace(row["model"], "another"))
    saved = tmp_path / "runs" / "pocket.robustness.json"
    saved.parent.mkdir()
    assert main([*asked, "--beside", str(other), "--out", str(saved)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["execution", "match", row["model"], "another"]
    assert [line.split("  ")[0] for line in lines[2:]] == names
    assert RunFolder(saved.parent).robustness() == (read_row(saved),)
    assert read_row(saved).to_dict() == row
    other.write_text("[]")
    assert main([*asked, "--beside", str(other)]) == 2
