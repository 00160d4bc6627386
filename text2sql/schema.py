"""The schema of a database, read from its file, from Spider's ``tables.json`` or from a text."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar

from text2sql.errors import DatabaseError
from text2sql.read_only import connect_read_only
from text2sql.schema_formats import read_tables_json, read_tables_text
from text2sql.tables import Column, ColumnPosition, ForeignKey, Table, natural_name

if TYPE_CHECKING:
    from sqlite_utils import Database as SqliteUtils

__all__ = ["Column", "ColumnPosition", "ForeignKey", "Schema", "Table", "natural_name"]

_DECLARATIONS_S = 10.0  # to read one database's declarations; usually milliseconds
_MOST_VIEWS = 100
_LONGEST_DESCRIPTION = 120  # characters of a column's, in the input of a model
_Made = TypeVar("_Made")


def _name(column: Column) -> str:
    return column.name


def _described(column: Column) -> str:
    text = shorten(column.description, _LONGEST_DESCRIPTION, placeholder="")
    return f"{column.name} ({text})" if text else column.name


@dataclass(frozen=True)
class Schema:
    """Tables and foreign keys of one database, in declaration order."""

    tables: tuple[Table, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def column_count(self) -> int:
        return sum(len(table.columns) for table in self.tables)

    @cached_property
    def column_positions(self) -> tuple[ColumnPosition, ...]:
        """The position of every column, in order."""
        return tuple(
            (t, c) for t, table in enumerate(self.tables) for c in range(len(table.columns))
        )

    @cached_property
    def _table_index(self) -> dict[str, int]:
        return {table.name.lower(): i for i, table in reversed(list(enumerate(self.tables)))}

    @cached_property
    def _column_index(self) -> list[dict[str, int]]:
        return [
            {c.name.lower(): j for j, c in reversed(list(enumerate(table.columns)))}
            for table in self.tables
        ]

    @cached_property
    def _derived(self) -> dict[Callable[[Schema], Any], Any]:
        return {}

    def derived(self, make: Callable[[Schema], _Made]) -> _Made:
        """Return ``make(self)``, computed once and cached with this schema."""
        if make not in self._derived:
            self._derived[make] = make(self)
        made: _Made = self._derived[make]
        return made

    def find_table(self, name: str) -> int | None:
        """The position of the table ``name`` in any letter case, None if there is none."""
        return self._table_index.get(name.lower())

    def find_column(self, table: int, name: str) -> int | None:
        """The position of the column ``name`` in table number ``table``, in any letter case."""
        return self._column_index[table].get(name.lower())

    def without_views(self) -> Schema:
        """The schema of the tables alone; views come last, so positions stay valid."""
        tables = tuple(table for table in self.tables if not table.view)
        known = range(len(tables))
        keys = (k for k in self.foreign_keys if k.table in known and k.ref_table in known)
        return replace(self, tables=tables, foreign_keys=tuple(keys))

    def serialize(self, descriptions: bool = False) -> str:
        """Write the reference's input format: ``table1(col1, col2) | table2(col3)``.

        With ``descriptions``, what people say of a column follows it: ``col1 (in euros)``.
        """
        written = _described if descriptions else _name
        return " | ".join(f"{t.name}({', '.join(map(written, t.columns))})" for t in self.tables)

    @classmethod
    def from_sqlite(cls, path: Path | str) -> Schema:
        """Read a database file's own declarations: its tables, then its views.

        Raises:
            DatabaseError: the file is missing, not SQLite, or has no tables.
        """
        return _read_sqlite(Path(path))

    @classmethod
    def from_tables_json(cls, entry: Mapping[str, Any]) -> Schema:
        """Read one entry of Spider's ``tables.json``.

        Raises:
            SchemaError: a field is missing or refers to a table or column that is not there.
        """
        return cls(*read_tables_json(entry))

    @classmethod
    def from_text(cls, text: str) -> Schema:
        """Read ``table1(col1, col2) | table2(col3)`` or a spider-schema string with types.

        The text has no keys, and only the spider-schema form has types.

        Raises:
            SchemaError: no table can be read from ``text``.
        """
        return cls(read_tables_text(text))


def _column_type(declared: str) -> str:
    """Map a declared SQLite type to Spider's type by SQLite's affinity rules if possible."""
    declared = declared.lower()
    if "bool" in declared or declared == "bit":
        return "boolean"
    if any(word in declared for word in ("date", "time", "year")):
        return "time"
    if any(word in declared for word in ("int", "real", "floa", "doub", "num", "dec", "money")):
        return "number"
    if "blob" in declared:
        return "others"
    return "text"


def _read_sqlite(path: Path) -> Schema:
    # imported here: it is slow to load, and schemas from tables.json do not need it
    from sqlite_utils import Database as SqliteUtils

    connection = connect_read_only(path, _DECLARATIONS_S)
    try:
        database = SqliteUtils(connection)
        tables = tuple(_tables(database))
        if not tables:
            raise DatabaseError(f"{str(path)!r} has no tables; choose a database that has some.")
        return Schema(tables, tuple(_foreign_keys(database, Schema(tables))))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
        ):
            raise DatabaseError(
                f"Another program is writing to {str(path)!r}; try again in a moment."
            ) from error
        raise DatabaseError(
            f"{str(path)!r} cannot be read as a SQLite database ({error}); "
            "choose a .sqlite or .db file that SQLite itself can open."
        ) from error
    finally:
        connection.close()


def _table_names(database: SqliteUtils) -> list[str]:
    """User tables: without SQLite's own and the internal tables of virtual tables."""
    listed = database.execute("PRAGMA main.table_list").fetchall()
    hidden = {name for _, name, kind, *_ in listed if kind == "shadow"}
    return [n for n in database.table_names() if n not in hidden and not n.startswith("sqlite_")]


def _tables(database: SqliteUtils) -> Iterator[Table]:
    for name in _table_names(database):
        try:
            yield _table_from_sqlite(database, name)
        except sqlite3.OperationalError as error:
            # a virtual table of a missing extension; the other tables are readable
            if "no such module" not in str(error):
                raise
    for name in _view_names(database):
        # one that refers to what is not there cannot be asked
        with suppress(sqlite3.OperationalError):
            yield replace(_table_from_sqlite(database, name), view=True)


def _view_names(database: SqliteUtils) -> list[str]:
    listed = database.execute("PRAGMA main.table_list").fetchall()
    return sorted(name for _, name, kind, *_ in listed if kind == "view")[:_MOST_VIEWS]


def _table_from_sqlite(database: SqliteUtils, name: str) -> Table:
    # table_info, which sqlite-utils uses, leaves out generated columns
    rows = database.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
    columns = tuple(
        Column(column, _column_type(declared), natural_name(column), bool(key))
        for _, column, declared, _, _, key, hidden in rows
        if hidden != 1  # internal columns of a virtual table
    )
    return Table(name, columns, natural_name(name))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _foreign_keys(database: SqliteUtils, schema: Schema) -> Iterator[ForeignKey]:
    """Declared keys in the order of declaration, without those to missing columns."""
    for position, table in enumerate(schema.tables):
        if table.view:
            continue
        # SQLite lists the last declared key first
        for key in reversed(database.table(table.name).foreign_keys):
            ref_table = schema.find_table(key.other_table)
            for name, ref_name in zip(key.columns, key.other_columns, strict=True):
                column = schema.find_column(position, name)
                if ref_table is None or column is None or ref_name is None:
                    continue
                if schema.tables[ref_table].view:
                    continue
                ref_column = schema.find_column(ref_table, ref_name)
                if ref_column is not None:
                    yield ForeignKey(position, column, ref_table, ref_column)
