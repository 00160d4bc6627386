"""``python -m text2sql.benchmark growth`` in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import text2sql.answering.pipeline as pipeline
from tests.parrot import Parrot
from text2sql.benchmark.__main__ import main
from text2sql.benchmark.growth import make_columns, make_rows
from text2sql.sandbox import run_query


@pytest.mark.parametrize("count", [10, 100])
def test_a_database_has_as_many_columns_as_asked_for(tmp_path: Path, count: int) -> None:
    database = make_columns(tmp_path / "columns.sqlite", count)
    assert database.schema.column_count == count
    assert len(database.schema.foreign_keys) == count // 10 - 1
    names = [table.name for table in database.schema.tables]
    assert names[0] == "customer"
    assert len(set(names)) == count // 10
    filled = run_query(database, f"SELECT count(*), count(DISTINCT name) FROM {names[-1]}")
    assert filled.rows == ((50, 50),)


def test_a_table_has_as_many_rows_as_asked_for(tmp_path: Path) -> None:
    database = make_rows(tmp_path / "rows.sqlite", 1000)
    joined = "FROM reading JOIN station ON station.id = station_id"
    found = run_query(database, f"SELECT count(*), count(DISTINCT city), max(temperature) {joined}")
    assert found.rows == ((1000, 12, 39.96),)


def test_times_are_measured_and_drawn_for_each_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "load_generator", lambda _: Parrot("SELECT 1"))
    plot = tmp_path / "growth.svg"
    sizes = ["--columns", "10", "20", "--rows", "10", "--repeat", "1", "--json"]
    assert main(["growth", *sizes, "--plot", str(plot)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(g["what"], g["size"]) for g in found] == [
        ("columns", 10),
        ("columns", 20),
        ("rows", 10),
    ]
    assert all(0 < g["median_ms"] <= g["longest_ms"] for g in found)
    assert "20 columns of the schema" in plot.read_text()
