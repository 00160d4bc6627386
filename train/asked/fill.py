"""The cells of a database, drawn as its file says; they are the same every time.

A table's plan is ``{"rows": n, "columns": {column: spec}}``, and a spec is a list:

    ["serial"]  ["serial", start]                 1, 2, 3 ...
    ["pool", [values]]  ["unique", [values]]      a random value; each value once, in order
    ["int", lo, hi]  ["float", lo, hi, digits]  ["year", lo, hi]
    ["date", lo, hi]  ["datetime", lo, hi]        YYYY-MM-DD, YYYY-MM-DD HH:MM:SS
    ["after", column, lo, hi]                     lo to hi days after the row's date in a column
    ["ref", "table.column"]                       a value of a table that was filled earlier
    ["ref1", "table.column"]                      the same, but each value at most once
    ["text", "template {0} {1}", spec, spec]      a text made from other specs
    ["sum", column, ...]  ["product", column, column]   of the row's columns
    ["null", share, spec]                         NULL in that share of the rows
"""

from __future__ import annotations

import datetime
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from text2sql.errors import DataError
from train.asked.dataset import AskedDatabase

__all__ = ["create"]

ColumnSpec = Sequence[Any]
CellValue = str | int | float | None


def create(database: AskedDatabase, path: str) -> sqlite3.Connection:
    """Create and fill ``database`` in ``path``, a new SQLite file or ":memory:".

    Raises:
        DataError: its plans do not fit its tables, or a spec is invalid.
        sqlite3.Error: its DDL is wrong.
    """
    connection = sqlite3.connect(path)
    for statement in database.ddl:
        connection.execute(statement)
    drawer = _Drawer(random.Random(database.db_id))
    for table, plan in database.fill.items():
        _fill_table(connection, table, plan, drawer)
    listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if missing := {name for (name,) in listed} - set(database.fill):
        raise DataError(f"{database.db_id!r} has no 'fill' for {sorted(missing)}.")
    connection.commit()
    return connection


def _fill_table(
    connection: sqlite3.Connection, table: str, plan: Mapping[str, Any], drawer: _Drawer
) -> None:
    specs: Mapping[str, ColumnSpec] = plan["columns"]
    info = connection.execute(f"PRAGMA table_info({_quoted(table)})")
    if differing := {row[1] for row in info} ^ set(specs):
        raise DataError(f"'fill' of {table!r} and its DDL differ in {sorted(differing)}.")
    drawer.taken.clear()
    rows = [drawer.row(specs, number) for number in range(plan["rows"])]
    names = ", ".join(map(_quoted, specs))
    marks = ", ".join("?" for _ in specs)
    connection.executemany(
        f"INSERT OR IGNORE INTO {_quoted(table)} ({names}) VALUES ({marks})",
        [tuple(row.values()) for row in rows],
    )
    kept = connection.execute(f"SELECT {names} FROM {_quoted(table)}").fetchall()
    drawer.filled[table] = {
        column: [row[i] for row in kept if row[i] is not None] for i, column in enumerate(specs)
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass
class _Drawer:
    """Draws the cells of a database, row by row.

    ``filled`` holds the columns of finished tables, ``taken`` the used values of each column in
    the current table, and ``current`` the row so far.
    """

    random: random.Random
    filled: dict[str, dict[str, list[CellValue]]] = field(default_factory=dict)
    taken: dict[str, set[CellValue]] = field(default_factory=lambda: defaultdict(set))
    current: dict[str, CellValue] = field(default_factory=dict)
    column: str = ""
    number: int = 0

    def row(self, specs: Mapping[str, ColumnSpec], number: int) -> dict[str, CellValue]:
        self.current, self.number = {}, number
        for column, spec in specs.items():
            self.column = column
            self.current[column] = self.draw(spec)
        return self.current

    def draw(self, spec: ColumnSpec) -> CellValue:
        kind, *arguments = spec
        draw: Callable[..., CellValue] | None = getattr(self, f"_{kind}", None)
        if draw is None:
            raise DataError(f"The column {self.column!r} has the unknown spec {kind!r}.")
        return draw(*arguments)

    def _serial(self, start: int = 1) -> int:
        return self.number + start

    def _pool(self, values: Sequence[CellValue]) -> CellValue:
        return self.random.choice(values)

    def _unique(self, values: Sequence[CellValue]) -> CellValue:
        if self.number >= len(values):
            raise DataError(f"{self.column!r} has {len(values)} values, but its table more rows.")
        return values[self.number]

    def _int(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    _year = _int

    def _float(self, low: float, high: float, digits: int = 2) -> float:
        return round(self.random.uniform(low, high), digits)

    def _day(self, low: str, high: str) -> str:
        first, last = datetime.date.fromisoformat(low), datetime.date.fromisoformat(high)
        days = self.random.randint(0, (last - first).days)
        return (first + datetime.timedelta(days=days)).isoformat()

    def _date(self, low: str, high: str) -> str:
        day = self._day(low, high)
        self._clock()  # drawn but unused, to keep later cells as they were when golds were checked
        return day

    def _datetime(self, low: str, high: str) -> str:
        return f"{self._day(low, high)} {self._clock()}"

    def _clock(self) -> str:
        return f"{self.random.randint(7, 20):02}:{self.random.randint(0, 59):02}:00"

    def _after(self, column: str, low: int, high: int) -> CellValue:
        if self.current[column] is None:
            return None
        day = datetime.date.fromisoformat(str(self.current[column])[:10])
        return (day + datetime.timedelta(days=self.random.randint(low, high))).isoformat()

    def _ref(self, place: str) -> CellValue:
        return self.random.choice(self._referred(place))

    def _ref1(self, place: str) -> CellValue:
        taken = self.taken[self.column]
        left = [value for value in self._referred(place) if value not in taken]
        if not left:
            raise DataError(f"{self.column!r} has used up the values of {place}.")
        chosen = self.random.choice(left)
        taken.add(chosen)
        return chosen

    def _referred(self, place: str) -> list[CellValue]:
        table, column = place.split(".")
        return self.filled[table][column]

    def _text(self, template: str, *specs: ColumnSpec) -> str:
        return template.format(*map(self.draw, specs))

    def _sum(self, *columns: str) -> CellValue:
        measures: list[Any] = [self.current[column] or 0 for column in columns]
        return cast(CellValue, round(sum(measures), 2))

    def _product(self, one: str, other: str) -> CellValue:
        measures: list[Any] = [self.current[column] or 0 for column in (one, other)]
        return cast(CellValue, round(measures[0] * measures[1], 2))

    def _null(self, share: float, spec: ColumnSpec) -> CellValue:
        drawn = self.draw(spec)
        return None if self.random.random() < share else drawn
