"""Samples of the cells of a database, for guessing its keys.

All queries run in the sandbox, on samples of large tables, within a few seconds in all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from text2sql.databases import Database
from text2sql.linking.dates import is_iso_date
from text2sql.query import quote_identifier
from text2sql.sandbox import Limits, run_query
from text2sql.schema import ColumnPosition

__all__ = ["MOST_COLUMNS", "KeyCells"]

MOST_COLUMNS = 60  # of a table
_GUESSING_S = 3.0  # for one database; a small one takes a few milliseconds
_QUERY_S = 1.0
_ROWS = 20_000  # of a table that are sampled
_CELLS = 500  # distinct cells of a column that are looked up in another
_MOST_TEXTS = 200  # distinct texts of a column that is compared by its values alone


class KeyCells:
    """The cells of one database, queried when needed; None means unknown.

    ``cut_short`` says whether some are unknown because there was no time, or no free worker.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.schema = database.schema
        self.ends = time.monotonic() + _GUESSING_S
        self.cut_short = False
        self._counts: dict[int, list[tuple[int, int, int]] | None] = {}
        self._contained: dict[tuple[ColumnPosition, ColumnPosition], float | None] = {}

    def count(self, place: ColumnPosition) -> tuple[int, int, int] | None:
        """Of the sampled rows: their number, those with a value, and the distinct values."""
        table, column = place
        if table not in self._counts:
            self._counts[table] = self._count(table)
        counts = self._counts[table]
        return counts[column] if counts and column < len(counts) else None

    def unseen(self, table: int) -> bool:
        """Whether a table's cells are unknown: it is empty, or could not be read in time."""
        counted = self.count((table, 0))
        return counted is None or counted[0] == 0

    def unique(self, place: ColumnPosition) -> bool | None:
        """Whether the values of the column are unique; an empty column does not count."""
        counted = self.count(place)
        return None if counted is None else counted[0] == counted[1] == counted[2] > 0

    def contained(self, child: ColumnPosition, parent: ColumnPosition) -> float | None:
        """The share of the values of one column, or of a sample of them, that are in another.

        Empty texts and zeros, which often mean a missing value, are ignored.
        """
        if self._any_view(child[0]) or self.unseen(parent[0]):
            return None
        if (child, parent) not in self._contained:
            self._contained[child, parent] = self._contains(child, parent)
        return self._contained[child, parent]

    def texts(self, place: ColumnPosition) -> frozenset[str]:
        """Return the distinct texts of a column that has at most 200."""
        if self._any_view(place[0]):
            return frozenset()
        table, column = self._names(place)
        rows = self._run(
            f"SELECT DISTINCT {column} FROM (SELECT {column} FROM {table} LIMIT {_ROWS}) "
            f"LIMIT {_MOST_TEXTS + 1}"
        )
        if rows is None or len(rows) > _MOST_TEXTS:
            return frozenset()
        cells = [cell for (cell,) in rows if cell is not None]
        texts = frozenset(c for c in cells if isinstance(c, str))
        dates = any(map(is_iso_date, texts))
        return frozenset() if dates or len(texts) < len(cells) else texts

    def has_combinations(self, table: int, other: int, names: Sequence[str]) -> bool:
        """Whether every combination of values in the columns ``names`` also occurs in ``other``."""
        if self._any_view(table, other):
            return False
        here, there = (quote_identifier(self.schema.tables[t].name) for t in (table, other))
        columns = [quote_identifier(name) for name in names]
        same = " AND ".join(f"b.{c} = a.{c}" for c in columns)
        rows = self._run(
            f"SELECT count(*), sum(EXISTS (SELECT 1 FROM {there} b WHERE {same})) FROM "
            f"(SELECT DISTINCT {', '.join(columns)} FROM {here} LIMIT {_CELLS}) a"
        )
        return bool(rows and rows[0][0] and rows[0][0] == rows[0][1])

    def _count(self, table: int) -> list[tuple[int, int, int]] | None:
        if self._any_view(table):
            return None
        columns = self.schema.tables[table].columns[:MOST_COLUMNS]
        names = [quote_identifier(column.name) for column in columns]
        asked = ", ".join(f"count({n}), count(DISTINCT {n})" for n in names)
        name = quote_identifier(self.schema.tables[table].name)
        rows = self._run(f"SELECT count(*), {asked} FROM (SELECT * FROM {name} LIMIT {_ROWS})")
        if not rows:
            return None
        total, *rest = rows[0]
        return [(total, rest[i], rest[i + 1]) for i in range(0, len(rest), 2)]

    def _contains(self, child: ColumnPosition, parent: ColumnPosition) -> float | None:
        table, column = self._names(child)
        other, key = self._names(parent)
        rows = self._run(
            f"SELECT count(*), sum(cell NOT IN (SELECT {key} FROM {other} "
            f"WHERE {key} IS NOT NULL)) FROM (SELECT DISTINCT {column} AS cell FROM (SELECT "
            f"{column} FROM {table} LIMIT {_ROWS}) WHERE {column} NOT IN ('', 0) LIMIT {_CELLS})"
        )
        if not rows or not rows[0][0]:
            return None
        return float(1 - rows[0][1] / rows[0][0])

    def _names(self, place: ColumnPosition) -> tuple[str, str]:
        table = self.schema.tables[place[0]]
        return quote_identifier(table.name), quote_identifier(table.columns[place[1]].name)

    def _any_view(self, *tables: int) -> bool:
        """Whether one of the tables is a view; views are not run to guess keys."""
        return any(self.schema.tables[table].view for table in tables)

    def _run(self, sql: str) -> tuple[tuple[Any, ...], ...] | None:
        left_s = min(_QUERY_S, self.ends - time.monotonic())
        if self.database.path is None:
            return None
        if left_s <= 0:
            self.cut_short = True
            return None
        result = run_query(self.database, sql, Limits(left_s))
        if result.failure is not None and result.failure.kind in ("timeout", "busy"):
            self.cut_short = True
        return None if result.failure is not None else result.rows
