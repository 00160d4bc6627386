"""The share of golds that the pocket model's language can express."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.tables_json import tables_entry
from train.pocket.coverage import lost, main, measure


@pytest.fixture
def shop(tmp_path: Path) -> Database:
    path = tmp_path / "database" / "shop" / "shop.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, item TEXT, sold TEXT)")
        connection.execute("INSERT INTO sale VALUES (1, 'cup', '2024-05-03')")
    return Database.from_sqlite(path)


def test_a_gold_that_gives_the_same_rows_survives(shop: Database) -> None:
    assert lost("SELECT count(*) FROM sale WHERE strftime('%m', sold) = '05'", shop) == ""


def test_a_gold_that_cannot_be_expressed_is_lost_with_a_reason(shop: Database) -> None:
    assert lost("SELECT item FROM sale WHERE rowid = 1", shop) == (
        "The hidden column ROWID is not supported."
    )


def test_golds_are_counted_and_their_reasons_ranked(shop: Database) -> None:
    golds = ["SELECT item FROM sale", *["SELECT item FROM sale WHERE rowid = 1"] * 2]
    coverage = measure([(shop, sql) for sql in golds])
    assert list(coverage.lines()) == [
        "1 of 3 golds survive (33.33%); median length 5 tokens, 99th percentile 5",
        "     2 The hidden column ROWID is not supported.",
        "       SELECT item FROM sale WHERE rowid = 1",
    ]


def test_a_folder_in_spiders_layout_is_measured(
    shop: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [{"db_id": "shop", "question": "What was sold?", "query": "SELECT item FROM sale"}]
    (tmp_path / "questions.json").write_text(json.dumps(questions))
    (tmp_path / "tables.json").write_text(json.dumps([tables_entry(shop.db_id, shop.schema)]))
    assert main([str(tmp_path)]) == 0
    assert "1 of 1 golds survive (100.00%)" in capsys.readouterr().out
