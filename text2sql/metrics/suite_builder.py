"""The builder of test suites: it draws databases and keeps those that detect mistakes."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from sqlglot import exp

from text2sql.databases import Database
from text2sql.errors import DatabaseError, QueryError
from text2sql.metrics.execution import execution, row_order_counts, same_rows, without_distinct
from text2sql.metrics.fuzzed_databases import DatabaseFuzzer
from text2sql.metrics.hints import read_hints
from text2sql.metrics.mutations import mutants
from text2sql.metrics.official_text import runnable
from text2sql.metrics.random_rows import STYLES
from text2sql.metrics.ties import tie_breaks
from text2sql.query.tree import statement
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.schema import Schema

__all__ = ["TEST_LIMITS", "Suite", "SuiteBuilder", "file_of"]

_TRIED = 32
_KEPT_ANYWAY = 4
_MOST_KEPT = 12
_MOST_MUTANTS = 40
_SHUFFLES = 3
_LONGEST_S = 120.0  # a suite usually takes one second; a gold that is slow on small tables, longer
TEST_LIMITS = Limits(timeout_s=2.0, max_rows=20_000, max_bytes=32_000_000)
"""Limits of one query on one test database, whose tables have a few dozen rows."""
#: What can make an answer depend on the order of rows: columns not grouped by, and ties.
_CHOOSES_ROWS = re.compile(r"\b(order|limit|group|max|min)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Suite:
    """The test databases of one gold query.

    ``mutants`` counts the gold's mutants that run, ``caught`` those that some database detects.
    """

    paths: tuple[Path, ...]
    mutants: int
    caught: int


class SuiteBuilder:
    """Draws test databases and keeps those that distinguish a gold query from its mutants."""

    def __init__(
        self, gold: str, database: Database, folder: Path, keep_distinct: bool, seed: str
    ) -> None:
        self.database = database
        self.path = file_of(database)
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
        return run_query(self.path, sql, TEST_LIMITS).error is None

    @property
    def late(self) -> bool:
        """Whether the time is over, with a slow gold query; the suite is then left as it is."""
        return time.monotonic() > self.ends

    def passes(self, mistake: str, path: Path) -> bool:
        """Whether a mutant returns the gold's rows on one database."""
        return execution(self.gold, mistake, path, keep_distinct=True, limits=TEST_LIMITS).match

    def fuzzed_databases(self) -> Iterator[Path]:
        """Databases on which the gold has one answer, whatever the order of their rows."""
        if run_query(self.path, self.gold, TEST_LIMITS).error is not None:
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
        result = run_query(path, self.gold, TEST_LIMITS)
        if result.error is not None or result.truncated:
            return False
        others = (run_query(path, broken, TEST_LIMITS) for broken in self.tie_breaks)
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
            found = run_query(twin, self.gold, TEST_LIMITS)
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


def file_of(database: Database) -> Path:
    """The file of ``database``.

    Raises:
        DatabaseError: there is none.
    """
    if database.path is None or not database.path.is_file():
        raise DatabaseError(f"There is no database file for {database.db_id!r} to test on.")
    return database.path
