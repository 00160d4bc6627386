"""The plan of FROM: the tables and the join conditions that are written.

Tables that join on keys come first, in the query's own order; ``joins`` derives their
conditions. (The schema's order would be canonical, but the network cannot learn it: it sees a
schema as a set of tables.) Then follow, in the query's own order, the entries that need a keyword:
outer joins, a table used twice, other conditions, subqueries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from text2sql.errors import QueryError
from text2sql.linking.joins import JoinKey, anchor, connect, join_keys
from text2sql.query.nodes import Call, ColumnRef, Entry, Expression, Select, conjuncts, walk
from text2sql.schema import ColumnPosition, Schema

__all__ = ["From", "Special", "key_to", "plan", "via"]


@dataclass(frozen=True)
class Special:
    """Entry number ``source`` of the query's FROM, joined by a key or ``on`` a condition."""

    source: int
    left: bool = False
    again: bool = False
    key: ColumnPosition | None = None
    on: tuple[Expression, ...] = ()


@dataclass
class From:
    """The planned FROM: ``plain`` tables as (source, columns that name keys), ``specials``, and the
    conditions ``left_over`` for WHERE."""

    plain: list[tuple[int, list[ColumnPosition]]] = field(default_factory=list)
    specials: list[Special] = field(default_factory=list)
    left_over: list[Expression] = field(default_factory=list)


def plan(select: Select, schema: Schema) -> From:
    """Plan the FROM of ``select``.

    Raises:
        QueryError: FROM has an outer join that the language lacks, or a table three times.
    """
    return _Planner(select, schema).plan()


def key_to(
    schema: Schema, placed: Sequence[int], table: int, named: ColumnPosition | None
) -> tuple[int, JoinKey] | None:
    """The position among ``placed`` and the key on which ``table`` joins.

    Args:
        placed: the tables in FROM so far; -1 for a source that no key refers to.
        named: a column of the key to use, if there are several keys.
    """
    real = [position for position, other in enumerate(placed) if other >= 0]
    if named is None:
        source = anchor(schema, [placed[position] for position in real], table)
        if source is None:
            return None
        return real[source], join_keys(schema, placed[real[source]], table)[0]
    for position in real:
        for key in join_keys(schema, placed[position], table):
            if named == (placed[position], key[0][0]):
                return position, key
            if named == (table, key[0][1]) and table not in placed:
                return position, key
    return None


def via(
    schema: Schema, tables: Sequence[int], named: Sequence[ColumnPosition]
) -> dict[int, ColumnPosition]:
    """Which of the ``named`` columns says the key of which table, as ``connect`` wants it."""
    order, _ = connect(schema, tables)
    found: dict[int, ColumnPosition] = {}
    for position, table in enumerate(order):
        source = anchor(schema, order[:position], table) if position else None
        if source is None:
            continue
        for key in join_keys(schema, order[source], table):
            ends = ((order[source], key[0][0]), (table, key[0][1]))
            for end in ends:
                if end in named:
                    found.setdefault(table, end)
    return found


class _Planner:
    """Plans one FROM; ``pool`` holds its join conditions and WHERE, ``used`` the numbers of those
    that keys or ON express."""

    def __init__(self, select: Select, schema: Schema) -> None:
        self.select = select
        self.schema = schema
        self.sources = select.sources
        self.first: dict[int, int] = {}  # table -> its first source
        self.pool: list[Expression] = []
        self.used: set[int] = set()
        self._sort()

    def _sort(self) -> None:
        outer = False
        self.plain: list[int] = []
        self.special: list[int] = []
        for position, entry in enumerate(self.sources):
            if entry.join in ("right", "full"):
                raise QueryError(f"A {entry.join} join has no tokens.")
            left = entry.join == "left"
            outer |= left
            new = entry.table is not None and entry.table not in self.first
            if entry.table is not None:
                known = [s for s in range(position) if self.sources[s].table == entry.table]
                if len(known) > 1:
                    raise QueryError("A table three times in FROM has no tokens.")
            if new and not left and not (outer and self._needs_left(entry, position)):
                self.plain.append(position)
            else:
                self.special.append(position)
            if new and entry.table is not None:
                self.first[entry.table] = position
            if not left:
                self.pool += conjuncts(entry.on)
        self.pool += conjuncts(self.select.where)

    def _needs_left(self, entry: Entry, position: int) -> bool:
        """Whether an inner join's condition uses a column of an outer join."""
        lefts = {s for s in range(position) if s in self.special}
        return any(c.source in lefts for c in _own_columns(entry.on))

    def plan(self) -> From:
        result = From()
        plain = list(self.plain)
        moved: list[int] = []
        while True:
            taken = self._derived(plain)
            if isinstance(taken, list):
                break
            plain.remove(taken)
            moved.append(taken)
        result.plain = [(s, [key for at, key, _ in taken if at == s and key]) for s in plain]
        for _, _, used in taken:
            self.used |= used
        placed = list(plain)
        for source in sorted([*moved, *self.special], key=lambda s: (s in self.special, s)):
            result.specials.append(self._special(source, placed))
            placed.append(source)
        result.left_over = [c for i, c in enumerate(self.pool) if i not in self.used]
        return result

    def _derived(self, plain: list[int]) -> list[tuple[int, ColumnPosition | None, set[int]]] | int:
        """For each plain join the source after which its key is named, the column that names it and
        the conditions it expresses; or the source whose join does not follow from keys."""
        if not plain:
            return []
        tables = [self.sources[s].table or 0 for s in plain]
        order, _ = connect(self.schema, tables)
        by_table = {self.sources[s].table: s for s in plain}
        found: list[tuple[int, ColumnPosition | None, set[int]]] = []
        for position, table in enumerate(order):
            if table not in by_table:  # a table that is not in the query
                cause = next(t for t in order[position:] if t in by_table)
                return by_table[cause]
            if position == 0:
                continue
            choice = self._key(order[:position], table, by_table)  # type: ignore[arg-type]
            if choice is None:
                return by_table[table]
            # after the later of the two tables, because a column must follow its table
            other = order[anchor(self.schema, order[:position], table) or 0]
            later = max(by_table[table], by_table[other], key=plain.index)
            found.append((later, *choice))
        return found

    def _key(
        self, placed: Sequence[int], table: int, by_table: dict[int, int]
    ) -> tuple[ColumnPosition | None, set[int]] | None:
        position = anchor(self.schema, placed, table)
        if position is None:
            return None
        other = placed[position]
        keys = join_keys(self.schema, other, table)
        for key in keys:
            used = self._conditions_of(by_table[other], by_table[table], key)
            if used is None:
                continue
            if len(keys) < 2:
                return None, used
            for named in self._referring_first((table, key[0][1]), (other, key[0][0])):
                chosen = [k for k in keys if named in ((other, k[0][0]), (table, k[0][1]))]
                if chosen[0] == key:
                    return named, used
        return None

    def _referring_first(self, *pairs: ColumnPosition) -> list[ColumnPosition]:
        refers = {(k.table, k.column) for k in self.schema.foreign_keys}
        return sorted(pairs, key=lambda pair: pair not in refers)

    def _conditions_of(self, left: int, right: int, key: JoinKey) -> set[int] | None:
        """The numbers of the conditions that express ``key``; None if one of its pairs has none."""
        used = set()
        for a, b in key:
            ends = {(left, a), (right, b)}
            found = [i for i, c in enumerate(self.pool) if _ends(c) == ends]
            if not found:
                return None
            used |= set(found)
        return used

    def _special(self, source: int, placed: list[int]) -> Special:
        entry = self.sources[source]
        left = entry.join == "left"
        again = entry.table is not None and any(
            self.sources[p].table == entry.table for p in placed
        )
        if left:
            conditions = list(conjuncts(entry.on))
        else:
            conditions = [c for i, c in enumerate(self.pool) if i not in self.used]
        if entry.table is not None and (left or again):
            keyed = self._keyed(source, placed, again, conditions, alone=left)
            if keyed is not None:
                return keyed
        if left:
            return Special(source, True, again, on=tuple(conditions))
        on = self._links(source, placed)
        return Special(source, False, again, on=tuple(on))

    def _keyed(
        self, source: int, placed: list[int], again: bool, conditions: list[Expression], alone: bool
    ) -> Special | None:
        """The join on a key that ``conditions`` express; ``alone`` allows no further condition."""
        table = self.sources[source].table or 0
        tables = [self._first_table(p, placed) for p in placed]
        names: list[ColumnPosition | None] = [] if again else [None]
        for other in tables:
            for key in join_keys(self.schema, other, table) if other >= 0 else ():
                names.append((other, key[0][0]))
                if not again:
                    names.append((table, key[0][1]))
        for named in names:
            found = key_to(self.schema, tables, table, named)
            if found is None:
                continue
            ends = [{(placed[found[0]], a), (source, b)} for a, b in found[1]]
            used = [c for c in conditions if _ends(c) in ends]
            if len(used) < len(ends) or (alone and len(used) < len(conditions)):
                continue
            if not alone:
                self.used |= {i for i, c in enumerate(self.pool) if c in used}
            return Special(source, self.sources[source].join == "left", again, named)
        return None

    def _first_table(self, source: int, placed: list[int]) -> int:
        """The table of a source, or -1 if it is a query or a further instance of its table."""
        table = self.sources[source].table
        if table is None or any(
            self.sources[p].table == table for p in placed[: placed.index(source)]
        ):
            return -1
        return table

    def _links(self, source: int, placed: list[int]) -> list[Expression]:
        """The unused equalities between columns of ``source`` and of the sources placed before."""
        on = []
        for i, condition in enumerate(self.pool):
            ends = _ends(condition)
            if i in self.used or ends is None or not any(s == source for s, _ in ends):
                continue
            if all(s == source or s in placed for s, _ in ends) and len({s for s, _ in ends}) > 1:
                on.append(condition)
                self.used.add(i)
        return on


def _ends(condition: Expression) -> set[tuple[int, int]] | None:
    """The source and the column of each side of an equality; None for any other condition."""
    if not isinstance(condition, Call) or condition.name != "=":
        return None
    ends = {
        (c.source, c.column)
        for c in condition.arguments
        if isinstance(c, ColumnRef) and not c.outer
    }
    return ends if len(ends) == 2 else None


def _own_columns(node: object) -> list[ColumnRef]:
    return [n for n in walk(node) if isinstance(n, ColumnRef) and not n.outer]
