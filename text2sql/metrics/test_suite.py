# ruff: noqa: PT028  (a metric by that name, not a test)
"""Test suite match: execution match on many databases, so that a lucky guess does not pass.

    >>> test_suite("SELECT max(age) FROM singer", "SELECT age FROM singer LIMIT 1", database).match
    False

A prediction must return the gold's rows on the database itself and on every database of a small
test suite (the idea of Zhong et al., EMNLP 2020). Their suites are a separate download; here a
suite is made for each gold query from the database at hand. Random databases with the same schema
are drawn (``text2sql.metrics.fuzzed_databases``), and those few are kept that distinguish the gold
query from mutants with one mistake (``text2sql.metrics.mutations``). A database is dropped if the
gold's own answer on it depends on the physical order of rows: ties under ORDER BY would make right
predictions fail.

A suite depends only on the database's content, its keys, the gold query and the seed. It is made
once and kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from sqlglot import exp

from text2sql.atomic import new_folder
from text2sql.cache import cache_folder
from text2sql.databases import Database
from text2sql.digests import file_digest
from text2sql.errors import DatabaseError, QueryError
from text2sql.metrics.execution import (
    Execution,
    execution,
    row_order_counts,
    same_rows,
    without_distinct,
)
from text2sql.metrics.fuzzed_databases import DatabaseFuzzer
from text2sql.metrics.hints import read_hints
from text2sql.metrics.mutations import mutants
from text2sql.metrics.official_text import runnable
from text2sql.metrics.random_rows import STYLES
from text2sql.metrics.ties import tie_breaks
from text2sql.query.tree import statement
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.schema import Schema

__all__ = ["Suite", "SuiteBuilder", "TestSuite", "build_suite", "suite_for", "test_suite"]

_VERSION = 2  # of the method that makes suites; part of their names in the cache
_TRIED = 32
_KEPT_ANYWAY = 4
_MOST_KEPT = 12
_MOST_MUTANTS = 40
_SHUFFLES = 3
_LONGEST_S = 120.0  # a suite usually takes one second; a gold that is slow on small tables, longer
_LIMITS = Limits(timeout_s=2.0, max_rows=20_000, max_bytes=32_000_000)
"""Limits of one query on one test database, whose tables have a few dozen rows."""
#: What can make an answer depend on the order of rows: columns not grouped by, and ties.
_CHOOSES_ROWS = re.compile(r"\b(order|limit|group|max|min)\b", re.IGNORECASE)
#: Two questions often share a gold query: one thread makes its suite while the other waits.
_BUILDING: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True)
class Suite:
    """The test databases of one gold query.

    ``mutants`` counts the gold's mutants that run, ``caught`` those that some database detects.
    """

    paths: tuple[Path, ...]
    mutants: int
    caught: int


@dataclass(frozen=True)
class TestSuite:
    """The verdict after ``tested`` databases; ``failed`` is the execution that did not match."""

    __test__ = False  # pytest must not collect it

    match: bool
    tested: int
    failed: Execution | None = None


def test_suite(
    gold: str,
    prediction: str,
    database: Database,
    *,
    keep_distinct: bool = False,
    seed: int = 0,
    folder: Path | None = None,
) -> TestSuite:
    """Run both queries on the database and on its suite, up to the first difference.

    ``folder`` keeps the suites (default: the cache folder). The first use of a gold query makes its
    suite, which takes about a second.

    Raises:
        DatabaseError: ``database`` is only a schema, or its file is missing.
    """
    first = execution(gold, prediction, database, keep_distinct=keep_distinct)
    if not first.match:
        return TestSuite(False, 1, first)
    suite = suite_for(gold, database, keep_distinct=keep_distinct, seed=seed, folder=folder)
    for tested, path in enumerate(suite.paths, start=2):
        run = execution(gold, prediction, path, keep_distinct=keep_distinct, limits=_LIMITS)
        if not run.match:
            return TestSuite(False, tested, run)
    return TestSuite(True, 1 + len(suite.paths))


test_suite.__test__ = False  # type: ignore[attr-defined]


def suite_for(
    gold: str,
    database: Database,
    *,
    keep_distinct: bool = False,
    seed: int = 0,
    folder: Path | None = None,
) -> Suite:
    """Return the suite of a gold query, from the cache or newly made.

    Raises:
        DatabaseError: ``database`` is only a schema, or its file is missing.
    """
    name = _suite_name(gold, database, keep_distinct, seed)
    home = (folder or cache_folder() / "test_suite") / name[:2] / name
    with _BUILDING[name]:
        if not (home / "suite.json").is_file():
            with new_folder(home, replace=False) as part:
                build_suite(gold, database, part, keep_distinct=keep_distinct, seed=seed)
    saved = json.loads((home / "suite.json").read_text(encoding="utf-8"))
    paths = tuple(home / file for file in saved["files"])
    return Suite(paths, saved["mutants"], saved["caught"])


def build_suite(
    gold: str, database: Database, folder: Path, *, keep_distinct: bool = False, seed: int = 0
) -> Suite:
    """Make the suite of a gold query in an empty folder; it is empty if the gold does not run.

    Raises:
        DatabaseError: ``database`` is only a schema, or its file is missing.
    """
    builder = SuiteBuilder(gold, database, folder, keep_distinct, str(seed))
    suite = builder.build()
    text = {
        "db_id": database.db_id,
        "gold": gold,
        "files": [path.name for path in suite.paths],
        "mutants": suite.mutants,
        "caught": suite.caught,
    }
    (folder / "suite.json").write_text(json.dumps(text, ensure_ascii=False), encoding="utf-8")
    return suite


class SuiteBuilder:
    """Draws test databases and keeps those that distinguish a gold query from its mutants."""

    def __init__(
        self, gold: str, database: Database, folder: Path, keep_distinct: bool, seed: str
    ) -> None:
        self.database = database
        self.path = _file(database)
        self.folder = folder
        self.seed = seed
        self.cleaned = str if keep_distinct else without_distinct
        self.gold = self.cleaned(runnable(gold))
        self.ends = time.monotonic() + _LONGEST_S
        self.tree = _read(self.gold)
        self.tie_breaks = self._running(tie_breaks(self.tree))

    def build(self) -> Suite:
        """Make the suite; its databases are in the folder."""
        mistakes = self.mistakes()
        alive = [mistake for mistake in mistakes if self.passes(mistake, self.path)]
        kept: list[Path] = []
        for path in self.fuzzed_databases():
            survivors = [mistake for mistake in alive if self.passes(mistake, path)]
            if len(survivors) == len(alive) and len(kept) >= _KEPT_ANYWAY:
                path.unlink()
                continue
            alive = survivors
            kept.append(path)
            enough = not alive and len(kept) >= _KEPT_ANYWAY
            if enough or len(kept) == _MOST_KEPT or self.late:
                break
        return Suite(tuple(kept), len(mistakes), len(mistakes) - len(alive))

    def mistakes(self) -> list[str]:
        """The mutants that run, without those that only change an ignored DISTINCT."""
        found = [m for m in mutants(self.tree, self.database.schema) if self.cleaned(m) == m]
        return self._running(found)

    def _running(self, queries: list[str]) -> list[str]:
        """The first of ``queries`` that run, up to ``_MOST_MUTANTS``."""
        running = (sql for sql in queries if not self.late and self._runs(sql))
        return list(islice(running, _MOST_MUTANTS))

    def _runs(self, sql: str) -> bool:
        return run_query(self.path, sql, _LIMITS).error is None

    @property
    def late(self) -> bool:
        """Whether the time is over, with a slow gold query; the suite is then left as it is."""
        return time.monotonic() > self.ends

    def passes(self, mistake: str, path: Path) -> bool:
        """Whether a mutant returns the gold's rows on one database."""
        return execution(self.gold, mistake, path, keep_distinct=True, limits=_LIMITS).match

    def fuzzed_databases(self) -> Iterator[Path]:
        """Databases on which the gold has one answer, whatever the order of their rows."""
        if run_query(self.path, self.gold, _LIMITS).error is not None:
            return
        schema = self.database.schema
        fuzzer = _fuzzer(self.path, self.path.stat().st_mtime_ns, schema)
        hints = read_hints(self.gold, schema, fuzzer)
        for number in range(_TRIED):
            if self.late:
                return
            path = self.folder / f"{number}.sqlite"
            style = STYLES[number % len(STYLES)]
            try:
                fuzzer.write(path, f"{self.seed}:{number}", style, hints)
                has_one_answer = self._has_one_answer(path, fuzzer)
            except sqlite3.Error:  # a schema that cannot be created again
                path.unlink(missing_ok=True)
                return
            if has_one_answer:
                yield path
            else:
                path.unlink()

    def _has_one_answer(self, path: Path, fuzzer: DatabaseFuzzer) -> bool:
        """Whether the gold runs and returns the same however ties are broken and rows ordered."""
        result = run_query(path, self.gold, _LIMITS)
        if result.error is not None or result.truncated:
            return False
        others = (run_query(path, broken, _LIMITS) for broken in self.tie_breaks)
        if not all(self._same(result, other) for other in others):
            return False
        if not _CHOOSES_ROWS.search(self.gold):
            return True
        return all(self._same(result, other) for other in self._elsewhere(path, fuzzer))

    def _elsewhere(self, path: Path, fuzzer: DatabaseFuzzer) -> Iterator[QueryResult]:
        """What the gold returns when the rows of a database are stored in other orders."""
        twin = self.folder / "twin.sqlite"
        for seed in (None, *(f"{self.seed}:{path.stem}:{number}" for number in range(_SHUFFLES))):
            fuzzer.write_reordered(path, twin, seed)
            found = run_query(twin, self.gold, _LIMITS)
            twin.unlink()
            yield found

    def _same(self, one: QueryResult, other: QueryResult) -> bool:
        return same_rows(one.rows, other.rows, ordered=row_order_counts(self.gold))


def _read(sql: str) -> exp.Expr | str:
    """The syntax tree of a query, or its text if it cannot be read."""
    try:
        return statement(sql)
    except QueryError:
        return sql


@lru_cache(maxsize=2)  # a gold query's database is usually the last one's
def _fuzzer(path: Path, _changed_ns: int, schema: Schema) -> DatabaseFuzzer:
    return DatabaseFuzzer(path, schema)


@lru_cache(maxsize=256)
def _content_digest(path: Path, _changed_ns: int) -> str:
    return file_digest(path)


def _suite_name(gold: str, database: Database, keep_distinct: bool, seed: int) -> str:
    path = _file(database)
    content = _content_digest(path, path.stat().st_mtime_ns)
    keys = repr((database.schema.serialize(), database.schema.foreign_keys))
    parts = json.dumps([_VERSION, content, keys, gold, keep_distinct, seed])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _file(database: Database) -> Path:
    if database.path is None or not database.path.is_file():
        raise DatabaseError(f"There is no database file for {database.db_id!r} to test on.")
    return database.path
