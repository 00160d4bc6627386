"""Primary and foreign keys, guessed from what columns are called and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.uploads.names import words

__all__ = ["GuessedKey", "foreign_keys", "primary_key"]

_KEY_WORDS = frozenset(("id", "key", "code", "no", "nr", "number", "uuid"))

Cells = Mapping[str, Sequence[Any]]  # the cells of a table by column


@dataclass(frozen=True)
class GuessedKey:
    """``table.column`` seems to refer to ``ref_table.ref_column``; all four are names."""

    table: str
    column: str
    ref_table: str
    ref_column: str


def primary_key(table: str, columns: Cells, others: Iterable[str] = ()) -> str | None:
    """The column that is called like a key and tells every row from every other.

    ``id`` before ``customer_id`` in ``customers`` before a first column such as ``code``, unless it
    is called like one of the ``others``, the tables beside this one.
    """
    own = words(table)
    foreign = {words(other) for other in others} - {own}
    first = next(iter(columns), None)

    def merit(column: str) -> int:
        named = words(column)
        if named == ("id",):
            return 3
        if len(named) > 1 and named[-1] in _KEY_WORDS and own[-len(named[:-1]) :] == named[:-1]:
            return 2
        means_another = any(named[-len(other) - 1 : -1] == other for other in foreign)
        return int(column == first and named[-1] in _KEY_WORDS and not means_another)

    best = sorted((c for c in columns if merit(c)), key=merit, reverse=True)
    return next((column for column in best if _is_unique(columns[column])), None)


def _is_unique(cells: Sequence[Any]) -> bool:
    return bool(cells) and None not in cells and len(set(cells)) == len(cells)


def foreign_keys(tables: Mapping[str, Cells], primary: Mapping[str, str]) -> list[GuessedKey]:
    """Columns called like another table's key whose every value is there.

    ``primary`` has the key of each table that has one.
    """
    found = []
    for table, columns in tables.items():
        for column, cells in columns.items():
            held = {cell for cell in cells if cell is not None}
            for other, key in _meant(table, column, primary):
                if held and held <= set(tables[other][key]):
                    found.append(GuessedKey(table, column, other, key))
                    break
    return found


def _meant(table: str, column: str, primary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The keys that a column may refer to by its name, the longest name first.

    ``home_team_id`` and ``team`` mean the key of ``teams``; ``parent_id`` that of its own table.
    """
    named = words(column)
    stem = named[:-1] if len(named) > 1 and named[-1] in _KEY_WORDS else named
    for other in sorted(primary, key=lambda name: -len(words(name))):
        if other == table and primary[other] == column:
            continue
        own, key = words(other), words(primary[other])
        by_table = stem != ("id",) and stem[-len(own) :] == own and (other != table or stem != own)
        by_key = len(key) > 1 and other != table and named[-len(key) :] == key
        by_parent = other == table and stem == ("parent",)
        if by_table or by_key or by_parent:
            yield other, primary[other]
