"""``text2sql databases``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.cli import main
from text2sql.databases import Catalog


def test_json_lists_every_database(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["databases", "--sqlite", str(file), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [d["db_id"] for d in listed] == [*(d.db_id for d in Catalog.open()), "music"]
    assert listed[-1] == {
        "db_id": "music",
        "group": "Files",
        "tables": 1,
        "columns": 2,
        "runnable": True,
        "path": str(file),
    }


def test_people_see_them_in_groups(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["databases", "--sqlite", str(file)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("Samples\nname ")
    assert output.endswith(
        "Files\n"
        "name   tables  columns  holds\n"
        "-----  ------  -------  ------\n"
        "music       1        2  singer\n\n"
    )


def test_a_database_that_cannot_be_read_is_named_beside_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tables.json").write_text('[{"db_id": "bad"}]')
    assert main(["databases", "--spider-dir", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Samples\n")
    assert captured.err.startswith("The tables.json entry of 'bad' is not in Spider's form")
