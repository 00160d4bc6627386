"""Ways out of the sandbox. Each is met with a sentence, in time, and changes no byte on disk.

The ``database`` fixture compares the folder before and after.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.sandbox import Limits, run_query
from text2sql.sandbox.sqlite_errors import timeout_sentence

LIMITS = Limits(timeout_s=0.4)
#: Half a second until the process is ended, and room for a machine that is busy with other things.
SLACK_S = 5.0

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
TOO_SLOW = timeout_sentence(LIMITS.timeout_s)
TOO_BIG = (
    "A single value or row is larger than 16,000,000 bytes, the limit; "
    "select fewer or shorter columns."
)
TOO_MUCH = (
    "Stopped because the query needs more than 256 MB of memory; make it read, sort or return less."
)
ONE_ONLY = "Only one statement can run at a time; remove the others."
NO_SQL = "There is no SQL to run; write a SELECT statement."


def starts_with(word: str) -> str:
    return f"Only reading is allowed here: a query starts with SELECT or WITH, not {word}."


def may_not(deed: str) -> str:
    return f"Only reading is allowed here: a query may not {deed}."


def not_a_table(name: str) -> str:
    return f"Only tables of the database can be read, not {name!r}."


STATEMENTS = {
    "ATTACH 'loot.db' AS loot": starts_with("ATTACH"),
    "ATTACH ':memory:' AS loot": starts_with("ATTACH"),
    "DETACH main": starts_with("DETACH"),
    "VACUUM": starts_with("VACUUM"),
    "VACUUM INTO 'loot.db'": starts_with("VACUUM"),
    "PRAGMA table_info(singer)": starts_with("PRAGMA"),
    "PRAGMA writable_schema = ON": starts_with("PRAGMA"),
    "PRAGMA journal_mode = WAL": starts_with("PRAGMA"),
    "PRAGMA temp_store_directory = '.'": starts_with("PRAGMA"),
    "INSERT INTO singer VALUES (9, 'x')": starts_with("INSERT"),
    "REPLACE INTO singer VALUES (1, 'x')": starts_with("REPLACE"),
    "UPDATE singer SET name = 'x'": starts_with("UPDATE"),
    "DELETE FROM singer": starts_with("DELETE"),
    "DROP TABLE singer": starts_with("DROP"),
    "ALTER TABLE singer RENAME TO x": starts_with("ALTER"),
    "CREATE TABLE loot (x)": starts_with("CREATE"),
    "CREATE TEMP TABLE loot AS SELECT * FROM singer": starts_with("CREATE"),
    "CREATE TRIGGER t AFTER INSERT ON singer BEGIN SELECT 1; END": ONE_ONLY,
    "CREATE VIRTUAL TABLE loot USING fts5(x)": starts_with("CREATE"),
    "REINDEX": starts_with("REINDEX"),
    "ANALYZE": starts_with("ANALYZE"),
    "BEGIN EXCLUSIVE": starts_with("BEGIN"),
    "COMMIT": starts_with("COMMIT"),
    "SAVEPOINT s": starts_with("SAVEPOINT"),
    "EXPLAIN SELECT 1": starts_with("EXPLAIN"),
    "EXPLAIN QUERY PLAN SELECT 1": starts_with("EXPLAIN"),
    "VALUES (1)": starts_with("VALUES"),
    "(SELECT 1)": starts_with("("),
    ".shell rm -rf /": starts_with("."),
    "selects": starts_with("SELECTS"),
    "/* SELECT */ DROP TABLE singer": starts_with("DROP"),
    "-- SELECT\nDROP TABLE singer": starts_with("DROP"),
    "DROP/**/TABLE singer": starts_with("DROP"),
    "SELECT 1; DROP TABLE singer": ONE_ONLY,
    "SELECT 1; SELECT 2": ONE_ONLY,
    "SELECT 1 /* ; */ ; /* */ DROP TABLE singer --": ONE_ONLY,
    "SELECT 1 -- comment\n; DROP TABLE singer": ONE_ONLY,
    "SELECT ';' ; DELETE FROM singer": ONE_ONLY,
    "SELECT 1;\u00a0DROP TABLE singer": ONE_ONLY,
    "; ; SELECT 1; COMMIT": ONE_ONLY,
    "": NO_SQL,
    " \n\t": NO_SQL,
    ";;": NO_SQL,
    "-- only a comment": NO_SQL,
    "/* never closed": NO_SQL,
    "SELECT 1\0; DROP TABLE singer": (
        "The SQL holds '\\x00' at position 9, which is not text; remove it."
    ),
    "SELECT '\ud800'": "The SQL holds '\\ud800' at position 9, which is not text; remove it.",
    "SELECT '" + "x" * 100_000 + "'": "The SQL is 100,009 characters long; the limit is 100,000.",
}

WRITING = {
    "WITH x AS (SELECT 7) INSERT INTO singer SELECT 7, 'x' FROM x": may_not("insert into 'singer'"),
    "WITH x AS (SELECT 7) REPLACE INTO singer SELECT 1, 'x' FROM x": may_not(
        "insert into 'singer'"
    ),
    "WITH x AS (SELECT 7) UPDATE singer SET name = 'x'": may_not("update 'singer'"),
    "WITH x AS (SELECT 7) DELETE FROM singer": may_not("delete from 'singer'"),
    "WITH x AS (SELECT 7) DELETE FROM singer RETURNING *": may_not("delete from 'singer'"),
    "WITH x AS (SELECT 7) UPDATE sqlite_master SET sql = ''": (
        "table sqlite_master may not be modified"
    ),
    "WITH x AS (SELECT 7) INSERT INTO lyrics(lyrics) VALUES ('rebuild')": may_not(
        "insert into 'lyrics'"
    ),
    "SELECT * FROM stages": may_not("insert into 'stages_node'"),
}

FUNCTIONS = {
    "SELECT load_extension('./evil.so')": "The function load_extension is not allowed here.",
    "SELECT fts3_tokenizer('simple')": "The function fts3_tokenizer is not allowed here.",
    "SELECT fts3_tokenizer('simple', x'00')": "The function fts3_tokenizer is not allowed here.",
    "SELECT optimize(titles) FROM titles": "The function optimize is not allowed here.",
    "SELECT last_insert_rowid()": "The function last_insert_rowid is not allowed here.",
    "SELECT total_changes()": "The function total_changes is not allowed here.",
    "SELECT sqlite_compileoption_get(1)": (
        "The function sqlite_compileoption_get is not allowed here."
    ),
    "SELECT rtreecheck('stages')": "The function rtreecheck is not allowed here.",
    "SELECT readfile('bystander.txt')": "no such function: readfile",
    "SELECT writefile('loot.txt', 'x')": "no such function: writefile",
    "SELECT edit('x', 'vi')": "no such function: edit",
    "SELECT eval('DROP TABLE singer')": "no such function: eval",
    "SELECT * FROM fsdir('.')": "no such table: fsdir",
    "SELECT * FROM trapped": (
        "A view or table of the database uses something that is not allowed here "
        "(unsafe use of load_extension())."
    ),
    "SELECT * FROM pragma_table_info('singer')": not_a_table("pragma_table_info"),
    "SELECT file FROM pragma_database_list": not_a_table("pragma_database_list"),
    "SELECT count(*) FROM pragma_database_list": may_not("use PRAGMA database_list"),
    "SELECT * FROM pragma_journal_mode('wal')": not_a_table("pragma_journal_mode"),
    "SELECT * FROM sqlite_stmt": not_a_table("sqlite_stmt"),
    "SELECT 1 FROM singer WHERE name = ?": (
        "The query has a placeholder such as ? or :name; write the value there."
    ),
    "SELECT 1 FROM singer WHERE name = :name": (
        "The query has a placeholder such as ? or :name; write the value there."
    ),
}

# The planner or one call of one function: nothing inside SQLite stops these.
_DOUBLING = ", ".join(f"a{i} AS (SELECT x.n FROM a{i - 1} x, a{i - 1} y)" for i in range(1, 30))
SLOW = {
    ENDLESS + "SELECT count(*) FROM c": TOO_SLOW,
    ENDLESS + "SELECT count(*) FROM c JOIN singer": TOO_SLOW,
    ENDLESS + "SELECT x FROM c WHERE x < 0": TOO_SLOW,
    ENDLESS + "SELECT group_concat(x) FROM c": TOO_SLOW,
    ENDLESS + "SELECT sum(x) OVER () FROM c": TOO_SLOW,
    "SELECT count(*) FROM " + ", ".join(f"singer s{i}" for i in range(30)): TOO_SLOW,
    "SELECT printf('%.*c', 1000000000, 'x')": TOO_SLOW,
    "SELECT instr(zeroblob(15000000), zeroblob(7500000) || x'01')": TOO_SLOW,
    "SELECT replace(hex(zeroblob(7000000)), hex(zeroblob(3500000)) || '1', '')": TOO_SLOW,
}

HUGE = {
    "SELECT randomblob(1000000000)": TOO_BIG,
    "SELECT zeroblob(1000000000)": TOO_BIG,
    "SELECT hex(zeroblob(15000000))": TOO_BIG,
    "SELECT length(hex(zeroblob(15000000)))": TOO_BIG,
    "SELECT quote(zeroblob(15000000))": TOO_BIG,
    "SELECT replace(hex(zeroblob(5000000)), '0', hex(zeroblob(5000)))": TOO_BIG,
    "SELECT zeroblob(15000000) || zeroblob(15000000)": TOO_BIG,
    "SELECT zeroblob(9000000), zeroblob(9000000)": TOO_BIG,
    "SELECT * FROM swollen": TOO_BIG,
    "SELECT " + ", ".join(["zeroblob(15000000)"] * 100): TOO_MUCH,
    "SELECT " + ", ".join(["b"] * 1500) + " FROM (SELECT randomblob(15000000) AS b)": TOO_MUCH,
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 40) "
    "SELECT x FROM (SELECT x, zeroblob(9000000) b FROM c) ORDER BY b": TOO_MUCH,
    "SELECT 'x' LIKE '" + "%_" * 600 + "'": (
        "The LIKE or GLOB pattern is too long; the limit is 1,000 characters."
    ),
    "SELECT 'x' GLOB '" + "*[a-z]" * 200 + "'": (
        "The LIKE or GLOB pattern is too long; the limit is 1,000 characters."
    ),
    "SELECT " + ", ".join(["1"] * 3000): "too many columns in result set",
    "SELECT * FROM " + ", ".join(f"singer s{i}" for i in range(70)): (
        "at most 64 tables in a join"
    ),
    "SELECT abs(-9223372036854775808)": "integer overflow",
}

# Which limit is reached first, and so the reason in brackets, depends on SQLite's release.
NESTED = (
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT " + "+".join(["1"] * 3000),
    "SELECT " + "- " * 3000 + "1",
    " UNION ".join(["SELECT 1"] * 600),
    "SELECT * FROM " + "(SELECT * FROM " * 2000 + "singer" + ")" * 2000,
)


def attack(database: Path, sql: str, limits: Limits = LIMITS) -> str | None:
    """The error, having checked that it came in time and without rows."""
    started = time.perf_counter()
    result = run_query(database, sql, limits)
    assert time.perf_counter() - started < limits.timeout_s + SLACK_S
    assert (result.columns, result.rows, result.truncated) == ((), (), False)
    return result.error


def _named(cases: dict[str, str]) -> list[object]:
    return [
        pytest.param(sql, error, id=f"{ascii(sql)[1:45]}-{number}")
        for number, (sql, error) in enumerate(cases.items())
    ]


@pytest.mark.parametrize(("sql", "error"), _named(STATEMENTS))
def test_a_text_that_is_not_one_query_is_refused(database: Path, sql: str, error: str) -> None:
    assert attack(database, sql) == error


@pytest.mark.parametrize(("sql", "error"), _named(WRITING))
def test_a_query_that_writes_is_refused(database: Path, sql: str, error: str) -> None:
    assert attack(database, sql) == error


@pytest.mark.parametrize(("sql", "error"), _named(FUNCTIONS))
def test_functions_and_tables_of_the_engine_are_refused(
    database: Path, sql: str, error: str
) -> None:
    assert attack(database, sql) == error


@pytest.mark.parametrize(("sql", "error"), _named(SLOW))
def test_a_query_without_end_is_stopped(database: Path, sql: str, error: str) -> None:
    assert attack(database, sql) == error


def test_a_plan_that_doubles_with_every_table_is_stopped(database: Path) -> None:
    sql = f"WITH a0 AS (SELECT 1 n), {_DOUBLING} SELECT * FROM a29"
    assert attack(database, sql) in (TOO_SLOW, TOO_MUCH)  # as fast as the machine is


@pytest.mark.parametrize(("sql", "error"), _named(HUGE))
def test_a_query_that_needs_too_much_is_stopped(database: Path, sql: str, error: str) -> None:
    assert attack(database, sql, Limits(timeout_s=60)) == error


@pytest.mark.parametrize("sql", NESTED, ids=lambda sql: sql[:20])
def test_a_query_nested_too_deeply_is_refused(database: Path, sql: str) -> None:
    error = attack(database, sql) or ""
    assert error.startswith("The query is too long or too deeply nested for SQLite (")
    assert error.endswith("); simplify it.")


def test_a_sort_of_many_rows_leaves_no_temporary_file(database: Path) -> None:
    def spilled() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob("*etilqs*"))

    before = spilled()
    sql = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 60000) "
        "SELECT x FROM (SELECT x, hex(randomblob(200)) h FROM c) ORDER BY h LIMIT 1"
    )
    result = run_query(database, sql, Limits(timeout_s=20))
    assert (result.error, len(result.rows)) == (None, 1)
    assert spilled() <= before


def test_after_a_memory_bomb_the_next_query_runs(database: Path) -> None:
    bomb = next(sql for sql, error in HUGE.items() if error == TOO_MUCH)
    assert attack(database, bomb, Limits(timeout_s=60)) == TOO_MUCH
    assert run_query(database, "SELECT 1").rows == ((1,),)


def test_cancelling_ends_a_query_at_once(database: Path) -> None:
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    started = time.perf_counter()
    result = run_query(database, ENDLESS + "SELECT count(*) FROM c", Limits(30), cancel)
    assert result.error == "Cancelled."
    assert time.perf_counter() - started < 2


def test_rows_are_cut_at_the_byte_limit(database: Path) -> None:
    sql = ENDLESS + "SELECT zeroblob(100000) FROM c"
    result = run_query(database, sql, Limits(max_bytes=1_000_000))
    assert (len(result.rows), result.truncated, result.error) == (9, True, None)


# Files that are an attack themselves.


def _failed(path: Path, sql: str = "SELECT * FROM singer") -> str | None:
    result = run_query(path, sql, LIMITS)
    assert result.rows == ()
    return result.error


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    assert _failed(path) == f"There is no database file at {str(path)!r}; check the path."
    assert not path.exists()


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    assert _failed(tmp_path) == f"There is no database file at {str(tmp_path)!r}; check the path."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe")
    assert _failed(path) == f"There is no database file at {str(path)!r}; check the path."


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("not a database, whatever its name says")
    assert _failed(path) == f"{str(path)!r} is not a SQLite database; choose another file."


def test_an_empty_file_has_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    path.touch()
    assert _failed(path) == "no such table: singer"
    assert path.stat().st_size == 0


def test_a_file_cut_in_the_middle_is_called_damaged(database: Path, tmp_path: Path) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-cut"
    folder.mkdir()
    path = folder / "cut.sqlite"
    path.write_bytes(database.read_bytes()[:6000])
    error = _failed(path)
    assert error == (
        "The database file is damaged (database disk image is malformed); use another copy of it."
    )


def test_a_scrambled_page_is_called_damaged(database: Path, tmp_path: Path) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-scrambled"
    folder.mkdir()
    path = folder / "scrambled.sqlite"
    content = bytearray(database.read_bytes())
    content[4096:8192] = bytes(range(256)) * 16
    path.write_bytes(content)
    assert _failed(path) == (
        "The database file is damaged (database disk image is malformed); use another copy of it."
    )


def test_a_generated_column_cannot_call_out(tmp_path: Path) -> None:
    path = tmp_path / "trap.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (a, b AS (upper(a))); INSERT INTO t VALUES ('x');")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'upper(a)', 'load_extension(a)')"
        )
        connection.commit()
    assert _failed(path, "SELECT b FROM t") == (
        "The database file is damaged (malformed database schema (t) - non-deterministic functions "
        "prohibited in generated columns); use another copy of it."
    )


def test_a_view_cannot_use_a_virtual_table_of_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "trap.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW v AS SELECT * FROM pragma_database_list")
        connection.commit()
    assert _failed(path, "SELECT * FROM v") == (
        "A view or table of the database uses something that is not allowed here "
        '(unsafe use of virtual table "pragma_database_list").'
    )


def test_triggers_do_not_run_when_reading(tmp_path: Path) -> None:
    path = tmp_path / "trigger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t;"
            "CREATE TRIGGER w INSTEAD OF INSERT ON v BEGIN DELETE FROM t; END;"
        )
    before = path.read_bytes()
    assert run_query(path, "SELECT * FROM v").rows == ((1,),)
    assert path.read_bytes() == before
