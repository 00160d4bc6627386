"""``text2sql run``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from text2sql.cli import main


def test_json_is_in_the_documented_form(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "SELECT id, name FROM singer", "--sqlite", str(file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == {
        "columns": ["id", "name"],
        "rows": [[1, "Zoë"], [2, "O'Neil"], [3, None]],
        "truncated": False,
        "error": None,
        "error_kind": None,
        "seconds": result["seconds"],
    }


def test_people_see_a_table(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "SELECT id FROM singer LIMIT 1", "--sqlite", str(file)]) == 0
    assert capsys.readouterr().out == "id\n--\n 1\n(1 row)\n"


def test_rows_that_were_cut_are_said_to_be(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "SELECT id FROM singer", "--sqlite", str(file), "--max-rows", "2"]) == 0
    assert capsys.readouterr().out.endswith("(the first 2 rows; there are more)\n")


def test_a_long_result_is_shown_in_part(capsys: pytest.CaptureFixture[str]) -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 70) SELECT * FROM c"
    assert main(["run", sql, "--db", "clinic"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 50 + 1
    assert lines[-1] == "(70 rows; 50 shown, --json prints them all)"


def test_sql_that_fails_is_explained_with_status_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "DROP TABLE singer", "--sqlite", str(file)]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (
        "",
        "The SQL failed: Only reading is allowed here: "
        "a query starts with SELECT or WITH, not DROP.\n",
    )


def test_a_query_is_stopped_at_its_time_limit(capsys: pytest.CaptureFixture[str]) -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
    assert main(["run", sql, "--db", "clinic", "--timeout", "0.2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"].startswith("Stopped after 0.2 s")


def test_sql_can_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 7; -- from a file\n"))
    assert main(["run", "-", "--db", "clinic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [[7]]
