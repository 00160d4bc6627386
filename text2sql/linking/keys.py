"""The keys of a database: declared ones, and guesses if it declares none.

A guess needs a matching name, and a unique column that contains all values of the referring one. If
the values cannot be read in time, a specific name is enough.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.linking.key_cells import MOST_COLUMNS, KeyCells
from text2sql.linking.key_names import (
    ROLE,
    Named,
    key_like,
    likeness,
    lists_people,
    owns,
    primary_key,
    shared_prefixes,
    without,
    words,
)
from text2sql.query.nouns import plural
from text2sql.schema import Column, ColumnPosition, ForeignKey, Schema, Table, natural_name

__all__ = ["guess_keys", "with_keys"]

_MOST_TABLES = 200
_KEPT_BYTES = 16_000_000
_RETRY_S = 60.0  # after which a guess that ran out of time is made anew

_FEWEST_TEXTS = 3  # scores of names that are enough without values
_MOST_TOGETHER = 4  # columns of a composite key
_NEARLY_ALL = 0.9  # the share of values that must occur if the names are certain
_SURE = 3.3
_SOME = 0.3  # the share of values if the table would have no key at all
_ENOUGH = 1.0  # the similarity of names if values were read
_ENOUGH_UNSEEN = 2.5


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
    found = sorted(_Guesses(schema, cells).keys(), key=lambda k: (k.table, k.column))
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


@dataclass(frozen=True)
class _Guess:
    child: ColumnPosition
    parent: ColumnPosition
    likeness: float
    merit: float


class _Guesses:
    """The references of one schema, at most one per column."""

    def __init__(self, schema: Schema, cells: KeyCells) -> None:
        self.schema = schema
        self.cells = cells
        self.prefixes = shared_prefixes([table.name for table in schema.tables])
        self.group = _groups(schema)
        self.primary = [
            [c for c, column in enumerate(table.columns) if column.primary_key]
            for table in schema.tables
        ]
        self.named = {
            (t, c): named
            for t, table in enumerate(schema.tables)
            for c, named in enumerate(self._named(table))
        }

    def _named(self, table: Table) -> list[Named]:
        own = without(words(table.name), self.prefixes)
        columns = [without(words(c.name), self.prefixes) for c in table.columns[:MOST_COLUMNS]]
        people = lists_people(own, columns)
        return [Named(own, column, people) for column in columns]

    def keys(self) -> list[ForeignKey]:
        """Guess references, but not between tables that declared keys already connect."""
        best: dict[ColumnPosition, _Guess] = {}
        for child in self.named:
            guesses = sorted(self._of(child), key=lambda g: (-g.merit, g.parent))
            roles = [g for g in guesses if g.likeness == ROLE]
            # a role may refer to any of several tables of people, so it is left out
            if guesses and not (guesses[0] in roles and len(roles) > 1):
                best[child] = guesses[0]
        kept = [g for g in best.values() if not self._answered(g, best)]
        found = [ForeignKey(*g.child, *g.parent, guessed=True) for g in kept]
        found += self._by_values(found)
        found += self._last_resort(found)
        return [*found, *self._composite(found)]

    @staticmethod
    def _answered(guess: _Guess, best: dict[ColumnPosition, _Guess]) -> bool:
        """Whether two keys refer to each other, and this is the less likely direction."""
        back = best.get(guess.parent)
        if back is None or back.parent != guess.child:
            return False
        return (back.merit, back.child) > (guess.merit, guess.child)

    def _of(self, child: ColumnPosition) -> Iterator[_Guess]:
        if self._declared(child) or self._is_value(child):
            return
        own = self.primary[child[0]] == [child[1]] and owns(self.named[child])
        for parent in self._parents():
            if parent == child or self._tied(child[0], parent[0]):
                continue
            sole = self.primary[parent[0]] == [parent[1]]
            if parent[0] == child[0] and not sole:
                continue
            merit = likeness(self.named[child], self.named[parent], sole)
            if own and not self._extends(child, parent):
                continue
            if merit >= _ENOUGH and (seen := self._holds(child, parent, merit)):
                yield _Guess(child, parent, merit, merit + seen + 0.3 * sole)

    def _extends(self, child: ColumnPosition, parent: ColumnPosition) -> bool:
        """Whether a table extends another and shares its key, as ``user_profile`` does."""
        one, other = self.named[child], self.named[parent]
        return one.column == other.column and owns(other) and len(other.table) < len(one.table)

    def _parents(self) -> list[ColumnPosition]:
        """The columns that are unique or declared so."""
        if not hasattr(self, "_keys"):
            self._keys = [place for place in self.named if self._is_parent(place)]
        return self._keys

    def _is_parent(self, place: ColumnPosition) -> bool:
        if self.schema.tables[place[0]].view:  # a view repeats the rows of tables
            return False
        column = self.schema.tables[place[0]].columns[place[1]]
        sole = self.primary[place[0]] == [place[1]]
        if sole and not column.guessed_key:
            return True
        if self._is_value(place):
            return False
        unseen = self.cells.unseen(place[0])
        if unseen:
            return sole or (key_like(self.named[place].column) and owns(self.named[place]))
        return bool(self.cells.unique(place))

    def _is_value(self, place: ColumnPosition) -> bool:
        """Whether the column holds yes or no, or a count (``home_games``)."""
        column = self.schema.tables[place[0]].columns[place[1]]
        last = natural_name(column.name).split()[-1]
        several = last != words(column.name)[-1] and last == plural(last)
        if key_like(self.named[place].column):
            return False
        counted = self.cells.count(place) if column.type in ("number", "boolean") else None
        flag = counted is not None and 0 < counted[2] <= 2 < counted[1]
        return flag or several or column.type == "boolean"

    def _holds(self, child: ColumnPosition, parent: ColumnPosition, merit: float) -> float:
        """Return the score that the values add to that of the names; 0 if they contradict it."""
        contained = self.cells.contained(child, parent)
        if contained is None:
            return 0.1 if merit >= _ENOUGH_UNSEEN else 0.0
        if contained < (_NEARLY_ALL if merit >= _SURE else 1):
            return 0.0
        counted = self.cells.count(parent)
        # of two columns that hold all values, the larger one is the complete list
        return 0.2 + min(0.1, (counted[2] if counted else 0) / 1e5)

    def _declared(self, child: ColumnPosition) -> bool:
        return any((k.table, k.column) == child for k in self.schema.foreign_keys)

    def _tied(self, one: int, other: int) -> bool:
        if one == other:
            return any(k.table == k.ref_table == one for k in self.schema.foreign_keys)
        return self.group[one] == self.group[other]

    def _by_values(self, found: Sequence[ForeignKey]) -> Iterator[ForeignKey]:
        """Find text columns whose values all occur in a text key, whatever their names."""
        taken = {(k.table, k.column) for k in (*found, *self.schema.foreign_keys)}
        keys = [p for p in self._parents() if self._is_text(p) and p[1] in (0, *self.primary[p[0]])]
        keys = [p for p in keys if self.primary[p[0]] in ([], [p[1]])]
        texts = {place: self.cells.texts(place) for place in keys}
        for child in self.named if keys else ():
            if child in taken or not self._is_text(child) or child in keys:
                continue
            held = self.cells.texts(child)
            fitting = [p for p in keys if len(held) >= _FEWEST_TEXTS and held <= texts[p]]
            fitting = [p for p in fitting if not self._tied(child[0], p[0]) and p[0] != child[0]]
            if len(fitting) == 1:
                yield ForeignKey(*child, *fitting[0], guessed=True)

    def _last_resort(self, found: Sequence[ForeignKey]) -> Iterator[ForeignKey]:
        """Connect isolated tables by names, even if many values do not occur."""
        tied = {t for k in (*found, *self.schema.foreign_keys) for t in (k.table, k.ref_table)}
        for child in self.named:
            if child[0] in tied or self._is_value(child):
                continue
            ranked = sorted(
                (-likeness(self.named[child], self.named[p], self.primary[p[0]] == [p[1]]), p)
                for p in self._parents()
                if p[0] != child[0] and (self.cells.contained(child, p) or 0) >= _SOME
            )
            if ranked and -ranked[0][0] >= _ENOUGH_UNSEEN:
                tied.add(child[0])
                yield ForeignKey(*child, *ranked[0][1], guessed=True)

    def _is_text(self, place: ColumnPosition) -> bool:
        return self.schema.tables[place[0]].columns[place[1]].type == "text"

    def _composite(self, found: Sequence[ForeignKey]) -> Iterator[ForeignKey]:
        """Find composite keys: columns with equal names that are unique only together."""
        tied = {frozenset((k.table, k.ref_table)) for k in (*found, *self.schema.foreign_keys)}
        for other, primary in enumerate(self.primary):
            if not 2 <= len(primary) <= _MOST_TOGETHER:
                continue
            names = [self.schema.tables[other].columns[c].name for c in primary]
            for table in range(len(self.schema.tables)):
                mine = [self.schema.find_column(table, name) for name in names]
                if table == other or None in mine or frozenset((table, other)) in tied:
                    continue
                if self._tied(table, other) or not self.cells.together(table, other, names):
                    continue
                tied.add(frozenset((table, other)))
                for column, key in zip(mine, primary, strict=True):
                    yield ForeignKey(table, column or 0, other, key, guessed=True)


def _groups(schema: Schema) -> list[int]:
    """Return the first table of the connected group of each table."""
    group = list(range(len(schema.tables)))

    def first(table: int) -> int:
        while group[table] != table:
            table = group[table]
        return table

    for key in schema.foreign_keys:
        one, other = sorted((first(key.table), first(key.ref_table)))
        group[other] = one
    return [first(table) for table in range(len(schema.tables))]
