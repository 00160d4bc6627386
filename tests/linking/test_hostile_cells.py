"""Reading cells of a file that wants to hang, crash or swell whoever reads it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.linking import cell_reader
from text2sql.linking.cell_index import CellIndex, cell_index

_ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"
)


def made(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)
    return path


def replaced(path: Path, script: str, declaration: str) -> Database:
    """The database of ``script`` whose table ``trap`` is declared anew behind SQLite's back."""
    made(path, script)
    database = Database.from_sqlite(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET type='view', rootpage=0, sql=? WHERE name='trap'",
            (declaration,),
        )
    return database


_SCRIPT = """
CREATE TABLE trap (i INTEGER);
CREATE TABLE singer (name TEXT);
INSERT INTO singer VALUES ('Ann');
"""


def test_a_view_without_an_end_in_place_of_a_table_costs_its_time_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_reader, "_COLUMN_S", 0.3)
    database = replaced(tmp_path / "d.sqlite", _SCRIPT, f"CREATE VIEW trap AS {_ENDLESS}")
    started = time.perf_counter()
    index = CellIndex.read(database)
    assert time.perf_counter() - started < 10
    assert dict(index.exact) == {"ann": {1: "Ann"}}


def test_a_column_that_computes_huge_values_is_unknown_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    huge = "replace(replace(hex(zeroblob(i)), '0', '00000000'), '0', '00000000')"
    path = made(
        tmp_path / "d.sqlite",
        f"CREATE TABLE t (i INTEGER, name TEXT, huge TEXT AS ({huge}) VIRTUAL);"
        "INSERT INTO t (i, name) VALUES (1000000, 'Ann');",
    )
    index = CellIndex.read(Database.from_sqlite(path))
    assert dict(index.exact) == {"ann": {1: "Ann"}}


def test_reading_ends_when_the_time_for_the_whole_database_is_over(
    tmp_path: Path,
) -> None:
    database = Database.from_sqlite(made(tmp_path / "d.sqlite", _SCRIPT))
    assert CellIndex.read(database, timeout_s=0.0) == CellIndex(
        names={0: frozenset(), 1: frozenset({"name"})}
    )


@pytest.mark.parametrize("function", ["load_extension('x')", "readfile('/etc/passwd')"])
def test_a_column_that_calls_what_is_not_for_reading_is_unknown(
    tmp_path: Path, function: str
) -> None:
    script = f"CREATE TABLE trap (i); CREATE VIEW v AS SELECT {function} AS i"
    database = replaced(tmp_path / "d.sqlite", script, f"CREATE VIEW trap AS SELECT {function} i")
    assert dict(CellIndex.read(database).exact) == {}


def test_a_database_in_wal_mode_is_read_and_nothing_appears_beside_it(tmp_path: Path) -> None:
    path = made(tmp_path / "d.sqlite", "PRAGMA journal_mode=WAL;" + _SCRIPT)
    assert path.read_bytes()[18:20] == b"\x02\x02"
    index = cell_index(Database.from_sqlite(path))
    assert [list(columns.values()) for columns in index.exact.values()] == [["Ann"]]
    assert [file.name for file in tmp_path.iterdir()] == ["d.sqlite"]
