"""The keys of a database: declared ones, and guesses for tables that they do not connect.

A guess needs a matching name, and a unique column that contains all values of the referring one. If
the values cannot be read in time, a specific name is enough.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.linking.key_cells import KeyCells
from text2sql.linking.key_guesses import KeyGuesses
from text2sql.linking.key_names import primary_key
from text2sql.schema import Column, Schema, Table

__all__ = ["guess_keys", "with_keys"]

_MOST_TABLES = 200
_KEPT_BYTES = 16_000_000
_RETRY_S = 60.0  # after which a guess that ran out of time is repeated


def with_keys(database: Database) -> Database:
    """``database`` with guessed keys for the tables that its declared keys do not connect.

    Guessed keys are ``ForeignKey.guessed``. They are cached until the file changes, or until
    ``text2sql.byte_cache.forget(database.path)``; for a minute only, if the machine was too busy to
    read the cells in time.
    """
    if database.keys_known or database.path is None:
        return database
    try:
        changed = database.path.stat().st_mtime_ns
    except OSError:
        return database
    key = (database.path, changed, database.schema)
    found = _CACHE.get(key, lambda: _guessed(database), owner=database.path)
    if found.expires < time.monotonic():
        found = _guessed(database)
        _CACHE.put(key, found, owner=database.path)
    return replace(database, schema=found.schema, keys_known=True)


@dataclass(frozen=True)
class _Guessed:
    """A schema with guessed keys; ``expires``, on the monotonic clock, is inf if it is complete."""

    schema: Schema
    expires: float


def _size(found: _Guessed) -> int:
    schema = found.schema
    return 300 * (schema.column_count + len(schema.tables) + len(schema.foreign_keys))


_CACHE: ByteCache[tuple[Path, int, Schema], _Guessed] = ByteCache(_KEPT_BYTES, _size)


def guess_keys(database: Database) -> Schema:
    """Return the schema of ``database`` with its declared keys and the guessed ones."""
    return _guessed(database).schema


def _guessed(database: Database) -> _Guessed:
    schema = database.schema
    if len(schema.tables) > _MOST_TABLES:
        return _Guessed(schema, math.inf)
    cells = KeyCells(database)
    schema = Schema(tuple(_with_primary(schema, cells)), schema.foreign_keys)
    found = sorted(KeyGuesses(schema, cells).keys(), key=lambda k: (k.table, k.column))
    expires = time.monotonic() + _RETRY_S if cells.cut_short else math.inf
    return _Guessed(Schema(schema.tables, (*schema.foreign_keys, *found)), expires)


def _with_primary(schema: Schema, cells: KeyCells) -> Iterator[Table]:
    names = [table.name for table in schema.tables]
    for place, table in enumerate(schema.tables):
        keyed = any(column.primary_key for column in table.columns)
        if keyed or table.view or not table.columns:
            yield table
            continue
        called = primary_key(table.name, [c.name for c in table.columns], names)
        places = {c: (place, schema.find_column(place, c) or 0) for c in called}
        unseen = cells.unseen(place)
        key = next((c for c in called if unseen or cells.unique(places[c])), None)
        yield replace(table, columns=tuple(_marked(c, c.name == key) for c in table.columns))


def _marked(column: Column, is_key: bool) -> Column:
    return replace(column, primary_key=True, guessed_key=True) if is_key else column
