"""What a query that may run gives back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sandbox.conftest import digest
from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.schema import Schema
from text2sql.spider import Example


def rows(database: Path, sql: str) -> tuple[tuple[object, ...], ...]:
    result = run_query(database, sql)
    assert result.error is None
    return result.rows


def test_rows_columns_and_time_come_back(database: Path) -> None:
    result = run_query(database, "SELECT id, name AS n FROM singer ORDER BY id")
    assert result == QueryResult(
        columns=("id", "n"),
        rows=((1, "Zoë"), (2, "O'Neil"), (3, None)),
        truncated=False,
        elapsed_s=result.elapsed_s,
        failure=None,
    )
    assert 0 < result.elapsed_s < 1


def test_a_database_of_the_catalog_can_be_queried(database: Path) -> None:
    named = Database("music", Schema(()), database)
    assert run_query(named, "SELECT count(*) FROM singer").rows == ((3,),)


def test_a_database_without_a_file_cannot_be_queried() -> None:
    with pytest.raises(DatabaseError, match="Only the schema of this database is known"):
        run_query(Database("schema", Schema(())), "SELECT 1")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "select 1;",
        "  SELECT 1 ; ; -- done",
        "-- first\n/* then; */ SELECT 1 /* ; */;",
        ";SELECT 1",
        "SELECT 1 -- no line break",
        "SELECT 1 /* never closed",
        "SELECT/**/1",
        "WITH x(a) AS (SELECT 1) SELECT a FROM x",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1) SELECT * FROM c",
        "SELECT count(*) FROM (SELECT ';--/*')",
        "WITH singer AS (SELECT 1) SELECT count(*) FROM singer",
        "SELECT value FROM json_each('[1]')",
    ],
)
def test_one_query_runs_whatever_surrounds_it(database: Path, sql: str) -> None:
    assert rows(database, sql) == ((1,),)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT \'a;b\', "select", [два слова], `quo"te` FROM odd', ("a;b", "a", "b", "c")),
        ("SELECT 'it''s', 'x--y', 'x/*y'", ("it's", "x--y", "x/*y")),
        ("SELECT 1e999, -1e999, 9223372036854775807", (float("inf"), float("-inf"), 2**63 - 1)),
        ("SELECT x'00ff', NULL, '', '日本語 🎵'", (b"\x00\xff", None, "", "日本語 🎵")),
        ("SELECT cast(x'ff41' AS TEXT)", ("\ufffdA",)),
        ("SELECT 'a' || char(0) || 'b'", ("a\0b",)),
        ("SELECT line FROM lyrics WHERE lyrics MATCH 'hello'", ("hello world",)),
        ("SELECT title FROM titles WHERE titles MATCH 'again'", ("hello again",)),
        ("SELECT strftime('%Y', '2024-02-29'), round(2.5), lower('Ä')", ("2024", 3.0, "Ä")),
        ("SELECT count(*) OVER (), rank() OVER (ORDER BY id) FROM singer LIMIT 1", (3, 1)),
        ("SELECT name FROM sqlite_master WHERE name = 'singer'", ("singer",)),
    ],
)
def test_values_of_every_kind_come_back_as_they_are(
    database: Path, sql: str, expected: tuple[object, ...]
) -> None:
    assert rows(database, sql) == (expected,)


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT nope FROM singer", "no such column: nope"),
        ("SELECT * FROM nope", "no such table: nope"),
        ("SELECT nope(1)", "no such function: nope"),
        ("SELECT 1 FROM singer WHERE", "The SQL ends before it is complete; finish the statement."),
        ("SELECT 'open", 'unrecognized token: "\'open"'),
        ("SELECT FROM singer", 'near "FROM": syntax error'),
    ],
)
def test_what_sqlite_says_of_wrong_sql_is_passed_on(database: Path, sql: str, error: str) -> None:
    assert run_query(database, sql).error == error


@pytest.mark.parametrize("written", ["Große Ärzte", "große Ärzte", "ЖАБЫ", "Singer", "SINGER"])
def test_tables_are_found_in_any_script_and_case(tmp_path: Path, written: str) -> None:
    path = tmp_path / "names.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            'CREATE TABLE "Große Ärzte" (a); CREATE TABLE "ЖАБЫ" (a); CREATE TABLE sinGER (a);'
        )
    result = run_query(path, f'SELECT a FROM "{written}"')
    assert (result.error, result.columns) == (None, ("a",))


def test_a_small_byte_limit_does_not_hide_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "wide.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(f'column_{n}' for n in range(500))})")
        connection.execute("INSERT INTO t (column_7) VALUES ('x')")
        connection.commit()
    result = run_query(path, "SELECT column_7 FROM t", Limits(max_bytes=200))
    assert (result.error, result.rows) == (None, (("x",),))
    result = run_query(path, "SELECT * FROM t", Limits(max_bytes=200))
    assert result.error == (
        "A single value or row is larger than 200 bytes, the limit; "
        "select fewer or shorter columns."
    )


def test_columns_of_the_same_name_are_all_there(database: Path) -> None:
    assert run_query(database, "SELECT id, id FROM singer").columns == ("id", "id")


@pytest.mark.parametrize(("limit", "truncated"), [(2, True), (3, False), (4, False)])
def test_rows_over_the_limit_are_cut_and_said_to_be(
    database: Path, limit: int, truncated: bool
) -> None:
    result = run_query(database, "SELECT id FROM singer", Limits(max_rows=limit))
    assert (len(result.rows), result.truncated) == (min(limit, 3), truncated)


def test_an_empty_result_still_names_its_columns(database: Path) -> None:
    result = run_query(database, "SELECT id FROM singer WHERE 0")
    assert (result.columns, result.rows, result.error) == (("id",), (), None)


def test_a_column_name_that_is_not_utf8_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "latin.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (caXX)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'XX', cast(x'e9e9' AS TEXT))"
        )
        connection.commit()
    assert run_query(path, "SELECT * FROM t").error == (
        "A column name is not valid UTF-8; name the columns one by one, each with AS."
    )


def test_every_gold_query_of_spider_dev_runs(spider_dir: Path, dev_golds: list[Example]) -> None:
    folder = spider_dir / "database"
    limits = Limits(timeout_s=60)
    failed = {}
    for example in dev_golds:
        path = folder / example.db_id / f"{example.db_id}.sqlite"
        if error := run_query(path, example.query, limits).error:
            failed[example.query] = error
    assert failed == {}


# WAL databases: plain mode=ro would leave -wal and -shm files behind.


def _wal(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.commit()
    return connection


def test_a_wal_database_is_read_without_making_files(tmp_path: Path) -> None:
    _wal(tmp_path / "wal.sqlite").close()
    before = digest(tmp_path)
    assert list(before) == ["wal.sqlite"]
    assert rows(tmp_path / "wal.sqlite", "SELECT a FROM t") == ((1,),)
    assert digest(tmp_path) == before


def test_changes_that_are_still_in_the_wal_are_seen_and_left_there(tmp_path: Path) -> None:
    with closing(_wal(tmp_path / "wal.sqlite")):
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("wal.sqlite", "wal.sqlite-wal"):
            (copy / name).write_bytes((tmp_path / name).read_bytes())
    before = digest(copy)
    assert list(before) == ["wal.sqlite", "wal.sqlite-wal"]
    assert rows(copy / "wal.sqlite", "SELECT a FROM t") == ((1,),)
    assert digest(copy) == before


def test_a_database_locked_by_a_writer_says_so_soon(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        result = run_query(database, "SELECT 1 FROM singer")
        writer.execute("ROLLBACK")
    assert result.error == "Another program is writing to the database; try again in a moment."
    assert result.elapsed_s < 4


def test_rows_become_a_data_frame_with_their_columns() -> None:
    result = QueryResult(("name", "n"), (("Zoë", 1), (None, 2)), False, 0.0)
    frame = result.to_dataframe()
    assert list(frame.columns) == ["name", "n"]
    assert frame["n"].tolist() == [1, 2]
    assert frame["name"].isna().tolist() == [False, True]


def test_no_rows_become_an_empty_data_frame() -> None:
    assert QueryResult(("name",), (), False, 0.0).to_dataframe().shape == (0, 1)
