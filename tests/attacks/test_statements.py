"""No statement of a stranger writes, gets out of its database, or outlasts its limits.

``tests/sandbox/test_attacks.py`` tests the sentences; here are many more statements, in every
disguise, of which each has to fail as one of a few kinds and leave every file as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.sandbox.conftest import database
from text2sql.sandbox import Limits, run_query

__all__ = ["database"]

LIMITS = Limits(timeout_s=0.3)
SLACK_S = 5.0  # half a second but for a busy machine

DEEDS = """
ATTACH 'loot.db' AS loot
ATTACH ':memory:' AS loot
ATTACH 'file:loot.db?mode=rwc' AS loot
DETACH main
VACUUM
VACUUM main
VACUUM INTO 'loot.db'
PRAGMA table_info(singer)
PRAGMA writable_schema = ON
PRAGMA query_only = OFF
PRAGMA journal_mode = WAL
PRAGMA journal_mode = DELETE
PRAGMA temp_store = FILE
PRAGMA temp_store_directory = '.'
PRAGMA data_store_directory = '.'
PRAGMA hard_heap_limit = 0
PRAGMA mmap_size = 1000000000
PRAGMA trusted_schema = ON
PRAGMA wal_checkpoint(TRUNCATE)
PRAGMA user_version = 7
PRAGMA optimize
INSERT INTO singer VALUES (9, 'x')
INSERT INTO singer SELECT 9, 'x'
INSERT OR REPLACE INTO singer VALUES (1, 'x')
INSERT INTO singer DEFAULT VALUES
REPLACE INTO singer VALUES (1, 'x')
UPDATE singer SET name = 'x'
UPDATE singer SET name = 'x' RETURNING *
UPDATE OR IGNORE singer SET id = 1
UPDATE sqlite_master SET sql = ''
DELETE FROM singer
DELETE FROM singer RETURNING name
DELETE FROM sqlite_master
DROP TABLE singer
DROP TABLE IF EXISTS singer
DROP VIEW trapped
ALTER TABLE singer RENAME TO x
ALTER TABLE singer ADD COLUMN x
ALTER TABLE singer DROP COLUMN name
CREATE TABLE loot (x)
CREATE TABLE loot AS SELECT * FROM singer
CREATE TEMP TABLE loot AS SELECT * FROM singer
CREATE VIEW loot AS SELECT * FROM singer
CREATE INDEX loot ON singer (name)
CREATE VIRTUAL TABLE loot USING fts5(x)
CREATE VIRTUAL TABLE temp.loot USING rtree(a, b, c)
CREATE TRIGGER t AFTER INSERT ON singer BEGIN SELECT 1; END
REINDEX
ANALYZE
BEGIN EXCLUSIVE
COMMIT
END
ROLLBACK
SAVEPOINT s
RELEASE s
EXPLAIN SELECT 1
EXPLAIN QUERY PLAN SELECT 1
VALUES (1)
""".strip().splitlines()
DISGUISES = (
    "{}",
    "/* SELECT */ {}",
    "-- SELECT 1\n{}",
    "; {}",
    "SELECT 1; {}",
    "SELECT 1 /* ; */; /* */ {} --",
    "WITH x AS (SELECT 1) {}",
    "SELECT ({})",
    "SELECT * FROM ({})",
)

CALLS = """
load_extension('./evil.so')
load_extension('./evil.so', 'entry')
fts3_tokenizer('simple')
fts3_tokenizer('simple', x'00')
readfile('bystander.txt')
writefile('loot.txt', 'x')
edit('x', 'vi')
eval('DROP TABLE singer')
lsmode(1)
zipfile('a', 'b')
sqlar_compress(x'00')
last_insert_rowid()
total_changes()
changes()
sqlite_compileoption_get(1)
sqlite_compileoption_used('THREADSAFE')
sqlite_source_id()
sqlite_log(1, 'x')
sqlite_offset(id)
rtreecheck('stages')
rtreenode(1, x'00')
optimize(titles)
fts5_source_id()
sha3('x')
shell('id')
system('id')
regexp('a', 'b')
nope(1)
""".strip().splitlines()
PLACES = ("SELECT {} FROM singer", "SELECT id FROM singer WHERE {}", "SELECT 1 ORDER BY {}")

ENGINE = """
pragma_table_info('singer')
pragma_table_list
pragma_database_list
pragma_function_list
pragma_module_list
pragma_compile_options
pragma_journal_mode('wal')
pragma_user_version
pragma_index_list('singer')
sqlite_stmt
sqlite_dbpage
dbstat
bytecode('SELECT 1')
tables_used('SELECT 1')
fsdir('.')
csv
zipfile('x.zip')
carray(1, 2)
completion('sel')
temp.nope
loot.singer
sqlite_schema_nope
""".strip().splitlines()

_ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
SLOW = (
    _ENDLESS + "SELECT count(*) FROM c",
    _ENDLESS + "SELECT max(x) FROM c ORDER BY 1",
    _ENDLESS + "SELECT x FROM c WHERE x < 0",
    _ENDLESS + "SELECT count(*) FROM c, c AS d",
    _ENDLESS + "SELECT sum(x) OVER () FROM c",
    _ENDLESS + "SELECT * FROM c GROUP BY x HAVING x < 0",
    _ENDLESS + "SELECT DISTINCT 1 FROM c ORDER BY 1",
    _ENDLESS + "SELECT 1 WHERE 0 IN (SELECT x FROM c)",
    _ENDLESS + "SELECT EXISTS (SELECT 1 FROM c WHERE x < 0)",
    _ENDLESS + "SELECT 1 FROM singer WHERE id > (SELECT max(x) FROM c)",
    _ENDLESS + "SELECT x FROM c EXCEPT SELECT x FROM c",
    _ENDLESS + "SELECT group_concat(x) FROM c",
    _ENDLESS + "SELECT json_group_array(x) FROM c",
    "SELECT count(*) FROM " + ", ".join(f"singer s{i}" for i in range(30)),
    "SELECT count(*) FROM singer" + " NATURAL JOIN singer" * 20 + ", singer" * 30,
    "SELECT printf('%.*c', 1000000000, 'x')",
    "SELECT instr(zeroblob(15000000), zeroblob(7500000) || x'01')",
    "SELECT replace(hex(zeroblob(7000000)), hex(zeroblob(3500000)) || '1', '')",
    "SELECT count(*) FROM generate_series(1, 9e18)",
)

HUGE = (
    "SELECT randomblob(1000000000)",
    "SELECT zeroblob(1000000000)",
    "SELECT hex(zeroblob(15000000))",
    "SELECT quote(zeroblob(15000000))",
    "SELECT zeroblob(15000000) || zeroblob(15000000)",
    "SELECT zeroblob(9000000), zeroblob(9000000)",
    "SELECT * FROM swollen",
    "SELECT " + ", ".join(["1"] * 3000),
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT " + "+".join(["1"] * 3000),
    "SELECT " + "- " * 3000 + "1",
    "SELECT " + "abs(" * 2000 + "1" + ")" * 2000,
    "SELECT 1 WHERE " + "NOT " * 5000 + "1",
    " UNION ".join(["SELECT 1"] * 600),
    "SELECT * FROM " + "(SELECT * FROM " * 2000 + "singer" + ")" * 2000,
    "SELECT * FROM " + ", ".join(f"singer s{i}" for i in range(70)),
    "SELECT 'x' LIKE '" + "%_" * 600 + "'",
    "SELECT 'x' GLOB '" + "*[a-z]" * 200 + "'",
    "SELECT '" + "x" * 100_000 + "'",
)

NO_TEXT = (
    "",
    " ",
    ";",
    ";;",
    "--",
    "/*",
    "/* */",
    "\0",
    "\ud800",
    "\ufeff",
    "SELECT 1\0",
    "'",
    '"',
)


def failures(database: Path, statements: Iterable[str], kinds: set[str]) -> dict[str, object]:
    """The statements that did not fail as one of ``kinds``, without rows and in time."""

    def odd(sql: str) -> object:
        result = run_query(database, sql, LIMITS)
        kind = result.failure and result.failure.kind
        if kind not in kinds or result.rows or not (result.error or "").strip():
            return kind, result.error, result.rows[:1]
        return result.elapsed_s if result.elapsed_s > LIMITS.timeout_s + SLACK_S else None

    statements = list(dict.fromkeys(statements))
    with ThreadPoolExecutor(4) as threads:
        found = dict(zip(statements, threads.map(odd, statements), strict=True))
    return {sql[:80]: why for sql, why in found.items() if why is not None}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_lets_a_statement_do_anything_but_read(database: Path, disguise: str) -> None:
    statements = [disguise.format(deed) for deed in DEEDS]
    kinds = {"refused", "syntax", "missing_table", "missing_column"}  # taken for names
    reading = {
        "SELECT (VALUES (1))",
        "SELECT * FROM (VALUES (1))",
        "WITH x AS (SELECT 1) VALUES (1)",
    }
    found = failures(database, (s for s in statements if s not in reading), kinds)
    assert found == {}


@pytest.mark.parametrize("place", PLACES)
def test_no_function_beyond_those_that_compute_can_be_called(database: Path, place: str) -> None:
    kinds = {"refused", "missing_function", "missing_column", "other"}
    assert failures(database, (place.format(call) for call in CALLS), kinds) == {}


@pytest.mark.parametrize("place", ["SELECT * FROM {}", "SELECT count(*) FROM singer, {}"])
def test_no_table_of_the_engine_can_be_read(database: Path, place: str) -> None:
    kinds = {"refused", "missing_table", "other"}
    assert failures(database, (place.format(table) for table in ENGINE), kinds) == {}


def test_no_statement_outlasts_its_time(database: Path) -> None:
    kinds = {"timeout", "too_large", "missing_table"}  # what is reached first; no generate_series
    assert failures(database, SLOW, kinds) == {}


def test_no_statement_takes_more_memory_than_it_may(database: Path) -> None:
    assert failures(database, HUGE, {"too_large", "timeout"}) == {}


def test_what_is_no_statement_is_named(database: Path) -> None:
    assert failures(database, NO_TEXT, {"empty", "refused", "syntax"}) == {}


def test_there_are_three_hundred_statements() -> None:
    engine = 2 * len(ENGINE)
    number = len(DEEDS) * len(DISGUISES) + len(CALLS) * len(PLACES) + engine
    assert number + len(SLOW) + len(HUGE) + len(NO_TEXT) > 700
