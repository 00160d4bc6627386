"""Which columns two tables join on, and which tables lie between two that do not touch."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from text2sql.linking.words import stem
from text2sql.query import ColumnRef, Join
from text2sql.schema import Schema

__all__ = ["Key", "anchor", "connect", "join_keys"]

Pair = tuple[int, int]

#: The column pairs that two tables join on together; more than one for a composite key.
Key = tuple[Pair, ...]

#: A path of foreign keys with more tables between its ends says little about them.
_LONGEST_DETOUR = 2

_SUFFIX = re.compile(r" (id|code|number|key)$")


def join_keys(schema: Schema, left: int, right: int) -> tuple[Key, ...]:
    """The ways in which ``left`` and ``right`` may join, most likely first; empty where unknown.

    Declared foreign keys come first, in the order of the referring columns. Several that refer
    to the same column are alternatives (``source_airport``, ``destination_airport``); several
    between different columns are one composite key. Schemas without declared keys still name
    their references: a column called like the other table (``stadium_id`` or ``stadium``) refers
    to its primary key (as do ``home_stadium_id`` and ``away_stadium_id``), and a column of the
    same name refers to a primary key.
    """
    known: dict[tuple[int, int], tuple[Key, ...]] = schema.derived(_known_joins)
    if (left, right) not in known:
        known[left, right] = _join_keys(schema, left, right)
    return known[left, right]


def _known_joins(_: Schema) -> dict[tuple[int, int], tuple[Key, ...]]:
    return {}


def _join_keys(schema: Schema, left: int, right: int) -> tuple[Key, ...]:
    declared = _declared(schema, left, right)
    if declared:
        lefts, rights = zip(*declared, strict=True)
        if len(set(lefts)) == len(set(rights)) == len(declared):
            return (declared,)
        return tuple((pair,) for pair in declared)
    called_like = tuple((pair,) for pair in _called_like(schema, left, right))
    return called_like or tuple((pair,) for pair in _same_name(schema, left, right)[:1])


def _declared(schema: Schema, left: int, right: int) -> Key:
    pairs: dict[Pair, tuple[int, int]] = {}
    for key in schema.foreign_keys:
        if (key.table, key.ref_table) == (left, right):
            pairs.setdefault((key.column, key.ref_column), (0, key.column))
        elif (key.table, key.ref_table) == (right, left):
            pairs.setdefault((key.ref_column, key.column), (1, key.column))
    return tuple(sorted(pairs, key=lambda pair: pairs[pair]))


def _called_like(schema: Schema, left: int, right: int) -> Iterator[Pair]:
    for here, there, swapped in ((left, right, False), (right, left, True)):
        keys = [j for j, c in enumerate(schema.tables[there].columns) if c.primary_key]
        wanted = _stems(schema.tables[there].natural)
        for i, column in enumerate(schema.tables[here].columns if keys else ()):
            name = column.natural.lower()
            stems = _stems(_SUFFIX.sub("", name))
            if stems == wanted or (_SUFFIX.search(name) and stems[-len(wanted) :] == wanted):
                yield (keys[0], i) if swapped else (i, keys[0])


def _same_name(schema: Schema, left: int, right: int) -> list[Pair]:
    """Equally named columns of which one is a key; those that look like a reference first."""
    pairs = [
        (i, j)
        for i, a in enumerate(schema.tables[left].columns)
        for j, b in enumerate(schema.tables[right].columns)
        if a.name.lower() == b.name.lower() != "id" and (a.primary_key or b.primary_key)
    ]
    columns = schema.tables[left].columns
    return sorted(pairs, key=lambda pair: not columns[pair[0]].name.lower().endswith("id"))


def _stems(name: str) -> list[str]:
    return [stem(word) for word in name.split()]


def _neighbours(schema: Schema) -> tuple[frozenset[int], ...]:
    return schema.derived(_neighbours_of)


def _neighbours_of(schema: Schema) -> tuple[frozenset[int], ...]:
    """The tables that a declared foreign key ties to each table."""
    sets: list[set[int]] = [set() for _ in schema.tables]
    for key in schema.foreign_keys:
        if key.table != key.ref_table:
            sets[key.table].add(key.ref_table)
            sets[key.ref_table].add(key.table)
    return tuple(frozenset(s) for s in sets)


def connect(
    schema: Schema, tables: Sequence[int], via: Mapping[int, tuple[int, int]] | None = None
) -> tuple[tuple[int, ...], tuple[Join, ...]]:
    """Join ``tables`` in this order.

    A table that touches none of those before it brings along the tables on the shortest path of
    foreign keys to it. Where there is no path either, it is joined without a condition.

    Args:
        via: for a table that several keys tie to another, the (table, column) of the one meant.

    Returns:
        The tables to put in FROM, and the joins between them.
    """
    placed: list[int] = [tables[0]]
    joins: list[Join] = []
    waiting = list(tables[1:])
    while waiting:
        # one that touches what is placed goes first, so that order alone never adds a table
        table = next((t for t in waiting if anchor(schema, placed, t) is not None), waiting[0])
        touches = anchor(schema, placed, table) is not None
        for step in [table] if touches else _path(schema, placed, table):
            joins += _joins(schema, placed, step, (via or {}).get(step))
            placed.append(step)
            if step in waiting:
                waiting.remove(step)
    return tuple(placed), tuple(joins)


def anchor(schema: Schema, placed: Sequence[int], table: int) -> int | None:
    """Position of the latest placed table that ``table`` joins to; declared keys go first."""
    neighbours = _neighbours(schema)[table]
    order = sorted(range(len(placed)), key=lambda i: (placed[i] not in neighbours, -i))
    return next((i for i in order if join_keys(schema, placed[i], table)), None)


def _joins(
    schema: Schema, placed: Sequence[int], table: int, via: tuple[int, int] | None
) -> list[Join]:
    source = anchor(schema, placed, table)
    if source is None:
        return []
    other = placed[source]
    keys = join_keys(schema, other, table)
    named = [k for k in keys if via in ((other, k[0][0]), (table, k[0][1]))]
    return [
        Join(ColumnRef(other, a, source), ColumnRef(table, b, len(placed)), len(placed))
        for a, b in (named or keys)[0]
    ]


def _path(schema: Schema, placed: Sequence[int], table: int) -> list[int]:
    """Tables from the placed ones to ``table``, which is last; only ``table`` if none is near."""
    neighbours = _neighbours(schema)
    came_from: dict[int, int | None] = dict.fromkeys(placed)
    queue = deque(placed)
    while queue and table not in came_from:
        here = queue.popleft()
        for there in sorted(neighbours[here] - came_from.keys()):
            came_from[there] = here
            queue.append(there)
    path = [table]
    while (before := came_from.get(path[0])) is not None and before not in placed:
        path.insert(0, before)
    return path if len(path) - 1 <= _LONGEST_DETOUR else [table]
