"""Each failure is of a kind that does not depend on what the query quotes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.errors import DatabaseError
from text2sql.sandbox import Limits, run_query
from text2sql.sandbox.failure import FAILURE_KINDS
from text2sql.schema import Schema

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        (" ", "empty"),
        ("-- nothing", "empty"),
        ("DROP TABLE singer", "refused"),
        ("SELECT 1; SELECT 2", "refused"),
        ("SELECT load_extension('x')", "refused"),
        ("SELECT * FROM pragma_table_info('singer')", "refused"),
        ("SELECT ?", "refused"),
        ("SELECT * FROM trapped", "refused"),
        ("SELECT '" + "x" * 100_000 + "'", "too_large"),
        ("SELECT zeroblob(1000000000)", "too_large"),
        ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "too_large"),
        ("SELECT " + ", ".join(["1"] * 3000), "too_large"),
        ("SELECT FROM singer", "syntax"),
        ("SELECT 1 FROM singer WHERE", "syntax"),
        ("SELECT 'open", "syntax"),
        ("SELECT * FROM nope", "missing_table"),
        ("SELECT nope FROM singer", "missing_column"),
        ("SELECT nope(1)", "missing_function"),
        (ENDLESS, "timeout"),
        ("SELECT json('[')", "other"),
        ("SELECT json_extract('[1]', 'malformed')", "other"),
        ("SELECT abs(-9223372036854775808)", "other"),
        # what a query quotes says nothing of its kind
        ("SELECT [database is locked]", "missing_column"),
        ("SELECT [malformed] FROM singer", "missing_column"),
        ("SELECT [too big] FROM singer", "missing_column"),
        ("SELECT * FROM [incomplete input]", "missing_table"),
        ("SELECT * FROM [unable to open]", "missing_table"),
        ("SELECT [no such table: x] FROM singer", "missing_column"),
    ],
)
def test_a_failure_has_its_kind(database: Path, sql: str, kind: str) -> None:
    failure = run_query(database, sql, Limits(timeout_s=0.5)).failure
    assert failure is not None
    assert failure.kind == kind
    assert failure.message
    assert kind in FAILURE_KINDS


def test_broken_json_is_not_called_a_damaged_database(database: Path) -> None:
    assert run_query(database, "SELECT json('[')").error == "malformed JSON"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (None, "unavailable"),
        (b"a text", "unavailable"),
        (b"SQLite format 3\0" + b"\xff" * 2000, "unavailable"),
    ],
)
def test_a_file_that_is_no_database_is_unavailable(
    tmp_path: Path, content: bytes | None, kind: str
) -> None:
    path = tmp_path / "file.sqlite"
    if content is not None:
        path.write_bytes(content)
    failure = run_query(path, "SELECT 1 FROM t").failure
    assert failure is not None
    assert failure.kind == kind


def test_a_scrambled_database_is_damaged(
    database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(database.read_bytes())
    content[4096:8192] = bytes(range(256)) * 16
    (path := tmp_path_factory.mktemp("damaged") / "scrambled.sqlite").write_bytes(content)
    failure = run_query(path, "SELECT * FROM singer").failure
    assert failure is not None
    assert failure.kind == "damaged"


def test_a_database_that_is_written_to_is_locked_and_not_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "busy.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE t (a)")
        writer.execute("BEGIN EXCLUSIVE")
        failure = run_query(path, "SELECT a FROM t").failure
        with pytest.raises(DatabaseError) as caught:
            Schema.from_sqlite(path)
        writer.execute("ROLLBACK")
    assert failure is not None
    assert failure.kind == "locked"
    assert str(caught.value) == (
        f"Another program is writing to {str(path)!r}; try again in a moment."
    )
