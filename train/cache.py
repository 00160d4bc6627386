"""A file that keeps what a model writes and what queries return, so that a second run is faster."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from text2sql.answering.written import model_name
from text2sql.databases import Database
from text2sql.errors import DataError
from text2sql.generators.base import Batching, Candidate, Generator, Options, Signals
from text2sql.sandbox import Failure, QueryResult

__all__ = ["Cache", "CachedGenerator"]


class Cache:
    """Values by key in one file, which is made if it does not exist.

    A database is known by its name: after a change of its cells, delete the file.

    Raises:
        DataError: the file is no cache.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = sqlite3.connect(path, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=OFF")
            self._file.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB)")
        except sqlite3.Error as error:
            raise DataError(
                f"{str(path)!r} is no cache ({error}); name a file that does not exist yet."
            ) from error

    def get(self, key: Sequence[str]) -> Any:
        """Return the value of ``key``; None if it has none."""
        found = self._file.execute("SELECT value FROM kept WHERE key = ?", (json.dumps(key),))
        row = found.fetchone()
        return None if row is None else json.loads(zlib.decompress(row[0]), object_hook=_bytes)

    def put(self, key: Sequence[str], value: object) -> None:
        packed = zlib.compress(json.dumps(value, default=_hex).encode(), 1)
        self._file.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (json.dumps(key), packed))

    def result(self, db_id: str, sql: str, run: Callable[[], QueryResult]) -> QueryResult:
        """Return what ``sql`` returns; ``run`` is called if that is not known yet."""
        key = ("rows", db_id, sql)
        known = self.get(key)
        if known is None:
            result = run()
            self.put(key, asdict(result))
            return result
        failure = known["failure"]
        return QueryResult(
            columns=tuple(known["columns"]),
            rows=tuple(map(tuple, known["rows"])),
            truncated=known["truncated"],
            elapsed_s=known["elapsed_s"],
            failure=None if failure is None else Failure(**failure),
        )


def _hex(value: object) -> dict[str, str]:
    assert isinstance(value, bytes), f"a cell is a {type(value).__name__}"
    return {"hex": value.hex()}


def _bytes(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["hex"]) if value.keys() == {"hex"} else value


class CachedGenerator:
    """A generator that asks ``generator`` only what ``cache`` does not hold."""

    def __init__(self, generator: Generator, cache: Cache) -> None:
        self.generator = generator
        self.cache = cache
        self.name = generator.name
        self._model = model_name(generator)

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        return self.generate_all([question], database, options)[0]

    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]:
        keys = {q: ("candidates", self._model, database.db_id, q, repr(options)) for q in questions}
        found = {q: self.cache.get(key) for q, key in keys.items()}
        new = [q for q, candidates in found.items() if candidates is None]
        for question, candidates in zip(new, self._written(new, database, options), strict=True):
            found[question] = [_plain(candidate) for candidate in candidates]
            self.cache.put(keys[question], found[question])
        return [list(map(_candidate, found[question])) for question in questions]

    def _written(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]:
        if len(questions) > 1 and isinstance(self.generator, Batching):
            return self.generator.generate_all(questions, database, options)
        return [self.generator.generate(question, database, options) for question in questions]


def _plain(candidate: Candidate) -> dict[str, Any]:
    """A candidate without its tree, which is read again from its SQL."""
    signals = candidate.signals
    return {
        "sql": candidate.sql,
        "score": candidate.score,
        "penalty": candidate.penalty,
        "signals": None if signals is None else asdict(signals),
    }


def _candidate(known: dict[str, Any]) -> Candidate:
    signals = known["signals"]
    return Candidate(
        known["sql"],
        known["score"],
        None if signals is None else Signals(**signals),
        known["penalty"],
    )
