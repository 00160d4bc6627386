"""The columns that two tables join on, and the tables on the path between unconnected ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from text2sql.linking.key_names import Named, is_specific, likeness, words
from text2sql.query import ColumnId, Join
from text2sql.schema import ColumnPosition, Schema

__all__ = ["JoinKey", "anchor", "connect", "join_keys"]

#: The pairs of columns that two tables join on together; more than one for a composite key.
JoinKey = tuple[tuple[int, int], ...]

_BY_NAME = 1.5  # the smallest similarity of names that makes a key if cells are unknown
_AS_GOOD = 1.0  # keys that are at most this much less likely are alternatives
_MOST_TABLES = 100  # the most tables for which names are compared to find a path


def join_keys(schema: Schema, left: int, right: int) -> tuple[JoinKey, ...]:
    """The keys on which ``left`` and ``right`` may join, most likely first; empty if unknown.

    The schema's foreign keys come first, in the order of the referring columns. Several that refer
    to the same column are alternatives (``source_airport``, ``destination_airport``); several
    between different columns are one composite key. Schemas without keys still name their
    references: a column named like the other table (``stadium_id`` or ``stadium``) refers
    to its primary key (as do ``home_stadium_id`` and ``away_stadium_id``), and a column of the
    same name refers to a primary key.
    """
    known: dict[tuple[int, int], tuple[JoinKey, ...]] = schema.derived(_known_joins)
    if (left, right) not in known:
        known[left, right] = _join_keys(schema, left, right)
    return known[left, right]


def _known_joins(_: Schema) -> dict[tuple[int, int], tuple[JoinKey, ...]]:
    return {}


def _join_keys(schema: Schema, left: int, right: int) -> tuple[JoinKey, ...]:
    declared = _declared(schema, left, right)
    if not declared:
        return tuple((pair,) for pair in _by_name(schema, left, right))
    lefts, rights = zip(*declared, strict=True)
    if len(set(lefts)) == len(set(rights)) == len(declared):
        return (declared,)
    return tuple((pair,) for pair in declared)


def _declared(schema: Schema, left: int, right: int) -> JoinKey:
    pairs: dict[tuple[int, int], tuple[int, int]] = {}
    for key in schema.foreign_keys:
        if (key.table, key.ref_table) == (left, right):
            pairs.setdefault((key.column, key.ref_column), (0, key.column))
        elif (key.table, key.ref_table) == (right, left):
            pairs.setdefault((key.ref_column, key.column), (1, key.column))
    return tuple(sorted(pairs, key=lambda pair: pairs[pair]))


def _by_name(schema: Schema, left: int, right: int) -> list[tuple[int, int]]:
    """Find column pairs of which one is a key and the other is named like a reference to it."""
    found: dict[tuple[int, int], float] = {}
    for here, there, swapped in ((left, right, False), (right, left, True)):
        keys = [c for c, column in enumerate(schema.tables[there].columns) if column.primary_key]
        for key in keys:
            parent = _named(schema, there, key)
            for column in range(len(schema.tables[here].columns)):
                merit = likeness(_named(schema, here, column), parent, len(keys) == 1)
                pair = (key, column) if swapped else (column, key)
                found[pair] = max(merit, found.get(pair, 0.0))
    ranked = sorted(found, key=lambda pair: (-found[pair], pair))
    if not ranked or found[ranked[0]] < _BY_NAME:
        return []
    best = ranked[0]
    as_good = [p for p in ranked if found[p] >= max(_BY_NAME, found[best] - _AS_GOOD)]
    # alternatives refer to the same key; another pair of columns repeats it
    left_key = len({p[1] for p in as_good}) > 1 and schema.tables[left].columns[best[0]].primary_key
    return sorted(p for p in as_good if (p[0] == best[0] if left_key else p[1] == best[1]))


def _named(schema: Schema, table: int, column: int) -> Named:
    return schema.derived(_names)[table][column]


def _names(schema: Schema) -> list[list[Named]]:
    return [
        [Named(words(table.name), words(column.name)) for column in table.columns]
        for table in schema.tables
    ]


def _alike(schema: Schema, left: int, right: int) -> JoinKey:
    """Return two columns with the same specific name; a better condition than none."""
    columns = {c.name.lower(): i for i, c in enumerate(schema.tables[left].columns)}
    for j, column in enumerate(schema.tables[right].columns):
        i = columns.get(column.name.lower())
        if i is not None and is_specific(words(column.name)):
            return ((i, j),)
    return ()


def _neighbours(schema: Schema) -> tuple[frozenset[int], ...]:
    return schema.derived(_neighbours_of)


def _neighbours_of(schema: Schema) -> tuple[frozenset[int], ...]:
    """Return the tables that foreign keys connect to each table."""
    sets: list[set[int]] = [set() for _ in schema.tables]
    for key in schema.foreign_keys:
        if key.table != key.ref_table:
            sets[key.table].add(key.ref_table)
            sets[key.ref_table].add(key.table)
    return tuple(frozenset(s) for s in sets)


def _likely_neighbours(schema: Schema) -> tuple[frozenset[int], ...]:
    return schema.derived(_likely_neighbours_of)


def _likely_neighbours_of(schema: Schema) -> tuple[frozenset[int], ...]:
    """As ``_neighbours_of``, including tables that are connected by names only."""
    places = range(len(schema.tables))
    if len(places) > _MOST_TABLES:
        return _neighbours(schema)
    return tuple(
        frozenset(there for there in places if there != here and join_keys(schema, here, there))
        for here in places
    )


def connect(
    schema: Schema, tables: Sequence[int], via: Mapping[int, ColumnPosition] | None = None
) -> tuple[tuple[int, ...], tuple[Join, ...]]:
    """Join ``tables`` in this order.

    A table that no key connects to those before it adds the tables on the shortest path of keys
    to it. Without such a path, columns of the same name are compared; without those, the table is
    joined without a condition.

    Args:
        via: if several keys connect a table to another, a column of the one to use.

    Returns:
        The tables to put in FROM, and the joins between them.
    """
    placed: list[int] = [tables[0]]
    joins: list[Join] = []
    waiting = list(tables[1:])
    while waiting:
        # connected tables go first, so that the order alone never adds a table
        table = next((t for t in waiting if anchor(schema, placed, t) is not None), waiting[0])
        touches = anchor(schema, placed, table) is not None
        for step in [table] if touches else _path(schema, placed, table):
            joins += _joins(schema, placed, step, (via or {}).get(step))
            placed.append(step)
            if step in waiting:
                waiting.remove(step)
    return tuple(placed), tuple(joins)


def anchor(schema: Schema, placed: Sequence[int], table: int) -> int | None:
    """The position of the latest placed table that ``table`` joins; declared keys come first."""
    neighbours = _neighbours(schema)[table]
    order = sorted(range(len(placed)), key=lambda i: (placed[i] not in neighbours, -i))
    return next((i for i in order if join_keys(schema, placed[i], table)), None)


def _joins(
    schema: Schema, placed: Sequence[int], table: int, via: ColumnPosition | None
) -> list[Join]:
    source = anchor(schema, placed, table)
    if source is None:
        alike = ((i, _alike(schema, other, table)) for i, other in enumerate(placed))
        source, key = next(((i, key) for i, key in alike if key), (0, ()))
    else:
        other = placed[source]
        keys = join_keys(schema, other, table)
        key = next((k for k in keys if via in ((other, k[0][0]), (table, k[0][1]))), keys[0])
    return [
        Join(ColumnId(placed[source], a, source), ColumnId(table, b, len(placed)), len(placed))
        for a, b in key
    ]


def _path(schema: Schema, placed: Sequence[int], table: int) -> list[int]:
    """The path from the placed tables to ``table`` (included); only ``table`` without a path."""
    for neighbours in (_neighbours(schema), _likely_neighbours(schema)):
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
        if table in came_from:
            return path
    return [table]
