"""Guesses of foreign keys: from the names of columns, and from their values where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from text2sql.linking.key_cells import MOST_COLUMNS, KeyCells
from text2sql.linking.key_names import (
    ROLE,
    Named,
    is_own_key,
    key_like,
    likeness,
    lists_people,
    shared_prefixes,
    without,
    words,
)
from text2sql.query.nouns import plural
from text2sql.schema import ColumnPosition, ForeignKey, Schema, Table, natural_name

__all__ = ["KeyGuesses"]

_FEWEST_TEXTS = 3  # distinct texts of a column that is connected by its values alone
_MOST_TOGETHER = 4  # columns of a composite key
_NEARLY_ALL = 0.9  # the share of values that must occur if the names are certain
_CERTAIN = 3.3  # the similarity of such names
_SOME = 0.3  # the share of values that must occur if a table would have no key at all
_ENOUGH = 1.0  # the similarity of names if values were read
_ENOUGH_UNSEEN = 2.5  # the similarity of names without values


@dataclass(frozen=True)
class _Guess:
    child: ColumnPosition
    parent: ColumnPosition
    likeness: float
    merit: float


class KeyGuesses:
    """The guessed references of one schema, at most one for each column."""

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
            guesses = sorted(self._guesses_of(child), key=lambda g: (-g.merit, g.parent))
            roles = [g for g in guesses if g.likeness == ROLE]
            # a role that may refer to several tables of people is left out
            if guesses and not (guesses[0] in roles and len(roles) > 1):
                best[child] = guesses[0]
        kept = [g for g in best.values() if not self._is_weaker_reverse(g, best)]
        found = [ForeignKey(*g.child, *g.parent, guessed=True) for g in kept]
        found += self._by_values(found)
        found += self._by_names_alone(found)
        return [*found, *self._composite(found)]

    @staticmethod
    def _is_weaker_reverse(guess: _Guess, best: dict[ColumnPosition, _Guess]) -> bool:
        """Whether the opposite reference was guessed too, and is more likely."""
        back = best.get(guess.parent)
        if back is None or back.parent != guess.child:
            return False
        return (back.merit, back.child) > (guess.merit, guess.child)

    def _guesses_of(self, child: ColumnPosition) -> Iterator[_Guess]:
        if self._declared(child) or self._is_value(child):
            return
        own = self.primary[child[0]] == [child[1]] and is_own_key(self.named[child])
        for parent in self._parents():
            if parent == child or self._connected(child[0], parent[0]):
                continue
            sole = self.primary[parent[0]] == [parent[1]]
            if parent[0] == child[0] and not sole:
                continue
            merit = likeness(self.named[child], self.named[parent], sole)
            if own and not self._extends(child, parent):
                continue
            if merit >= _ENOUGH and (seen := self._value_score(child, parent, merit)):
                yield _Guess(child, parent, merit, merit + seen + 0.3 * sole)

    def _extends(self, child: ColumnPosition, parent: ColumnPosition) -> bool:
        """Whether a table extends another and shares its key, as ``user_profile`` does."""
        one, other = self.named[child], self.named[parent]
        return (
            one.column == other.column and is_own_key(other) and len(other.table) < len(one.table)
        )

    def _parents(self) -> list[ColumnPosition]:
        """The columns that a key may refer to: unique ones, and declared keys."""
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
            return sole or (key_like(self.named[place].column) and is_own_key(self.named[place]))
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

    def _value_score(self, child: ColumnPosition, parent: ColumnPosition, merit: float) -> float:
        """Return the score that the values add to that of the names; 0 if they contradict it."""
        contained = self.cells.contained(child, parent)
        if contained is None:
            return 0.1 if merit >= _ENOUGH_UNSEEN else 0.0
        if contained < (_NEARLY_ALL if merit >= _CERTAIN else 1):
            return 0.0
        counted = self.cells.count(parent)
        # of two columns that hold all values, the larger one is the complete list
        return 0.2 + min(0.1, (counted[2] if counted else 0) / 1e5)

    def _declared(self, child: ColumnPosition) -> bool:
        return any((k.table, k.column) == child for k in self.schema.foreign_keys)

    def _connected(self, one: int, other: int) -> bool:
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
            fitting = [
                p for p in fitting if not self._connected(child[0], p[0]) and p[0] != child[0]
            ]
            if len(fitting) == 1:
                yield ForeignKey(*child, *fitting[0], guessed=True)

    def _by_names_alone(self, found: Sequence[ForeignKey]) -> Iterator[ForeignKey]:
        """Connect isolated tables by names, even if many values do not match."""
        connected = {t for k in (*found, *self.schema.foreign_keys) for t in (k.table, k.ref_table)}
        for child in self.named:
            if child[0] in connected or self._is_value(child):
                continue
            ranked = sorted(
                (-likeness(self.named[child], self.named[p], self.primary[p[0]] == [p[1]]), p)
                for p in self._parents()
                if p[0] != child[0] and (self.cells.contained(child, p) or 0) >= _SOME
            )
            if ranked and -ranked[0][0] >= _ENOUGH_UNSEEN:
                connected.add(child[0])
                yield ForeignKey(*child, *ranked[0][1], guessed=True)

    def _is_text(self, place: ColumnPosition) -> bool:
        return self.schema.tables[place[0]].columns[place[1]].type == "text"

    def _composite(self, found: Sequence[ForeignKey]) -> Iterator[ForeignKey]:
        """Find composite keys: columns with equal names that are unique only together."""
        connected = {frozenset((k.table, k.ref_table)) for k in (*found, *self.schema.foreign_keys)}
        for other, primary in enumerate(self.primary):
            if not 2 <= len(primary) <= _MOST_TOGETHER:
                continue
            names = [self.schema.tables[other].columns[c].name for c in primary]
            for table in range(len(self.schema.tables)):
                mine = [self.schema.find_column(table, name) for name in names]
                if table == other or None in mine or frozenset((table, other)) in connected:
                    continue
                if self._connected(table, other) or not self.cells.has_combinations(
                    table, other, names
                ):
                    continue
                connected.add(frozenset((table, other)))
                for column, key in zip(mine, primary, strict=True):
                    yield ForeignKey(table, column or 0, other, key, guessed=True)


def _groups(schema: Schema) -> list[int]:
    """Return for each table the first table of the group that keys connect it with."""
    group = list(range(len(schema.tables)))

    def first(table: int) -> int:
        while group[table] != table:
            table = group[table]
        return table

    for key in schema.foreign_keys:
        one, other = sorted((first(key.table), first(key.ref_table)))
        group[other] = one
    return [first(table) for table in range(len(schema.tables))]
