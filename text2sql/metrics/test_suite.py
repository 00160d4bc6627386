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
import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from text2sql.atomic import new_folder
from text2sql.cache import cache_folder
from text2sql.databases import Database
from text2sql.digests import file_digest
from text2sql.metrics.execution import Execution, execution
from text2sql.metrics.suite_builder import TEST_LIMITS, Suite, SuiteBuilder, file_of

__all__ = ["TestSuite", "build_suite", "suite_for", "test_suite"]

_VERSION = 2  # of the method that makes suites; part of their names in the cache
#: Two questions often share a gold query: one thread makes its suite while the other waits.
_BUILDING: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


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
        run = execution(gold, prediction, path, keep_distinct=keep_distinct, limits=TEST_LIMITS)
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


@lru_cache(maxsize=256)
def _content_digest(path: Path, _changed_ns: int) -> str:
    return file_digest(path)


def _suite_name(gold: str, database: Database, keep_distinct: bool, seed: int) -> str:
    path = file_of(database)
    content = _content_digest(path, path.stat().st_mtime_ns)
    keys = repr((database.schema.serialize(), database.schema.foreign_keys))
    parts = json.dumps([_VERSION, content, keys, gold, keep_distinct, seed])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
