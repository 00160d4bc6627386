"""What a model may know of a database: its tables, columns, keys and their names in English."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlite_utils import Database as SqliteUtils

from text2sql.errors import DatabaseError, SchemaError

__all__ = ["Column", "ForeignKey", "Schema", "Table", "connect_read_only", "natural_name"]


@dataclass(frozen=True)
class Column:
    """One column; ``type`` is one of Spider's ``text``, ``number``, ``time``, ``boolean``, ``others``."""

    name: str
    type: str = "text"
    natural: str = ""
    primary_key: bool = False


@dataclass(frozen=True)
class Table:
    """One table with its columns in the order of the database."""

    name: str
    columns: tuple[Column, ...]
    natural: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """``table.column`` refers to ``ref_table.ref_column``; all four are positions in the schema."""

    table: int
    column: int
    ref_table: int
    ref_column: int


@dataclass(frozen=True)
class Schema:
    """Tables and foreign keys of one database, in declaration order."""

    tables: tuple[Table, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def column_count(self) -> int:
        return sum(len(table.columns) for table in self.tables)

    @cached_property
    def _table_index(self) -> dict[str, int]:
        return {table.name.lower(): i for i, table in reversed(list(enumerate(self.tables)))}

    @cached_property
    def _column_index(self) -> list[dict[str, int]]:
        return [
            {c.name.lower(): j for j, c in reversed(list(enumerate(table.columns)))}
            for table in self.tables
        ]

    def find_table(self, name: str) -> int | None:
        """Position of the table called ``name``, in any case."""
        return self._table_index.get(name.lower())

    def find_column(self, table: int, name: str) -> int | None:
        """Position of the column called ``name`` in table number ``table``, in any case."""
        return self._column_index[table].get(name.lower())

    def serialize(self) -> str:
        """The reference's input format: ``table1(col1, col2) | table2(col3)``."""
        return " | ".join(f"{t.name}({', '.join(c.name for c in t.columns)})" for t in self.tables)

    @classmethod
    def from_sqlite(cls, path: Path | str) -> Schema:
        """Read a database file's own declarations.

        Raises:
            DatabaseError: the file is missing, not SQLite, or has no tables.
        """
        return _SqliteReader(Path(path)).read()

    @classmethod
    def from_tables_json(cls, entry: Mapping[str, Any]) -> Schema:
        """Read one entry of Spider's ``tables.json``.

        Raises:
            SchemaError: a field is missing or refers to a table or column that is not there.
        """
        try:
            return _from_tables_json(entry)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            name = entry.get("db_id", "?") if isinstance(entry, Mapping) else "?"
            raise SchemaError(
                f"The tables.json entry of {name!r} is not in Spider's form ({error!r}); "
                "it needs table_names_original, column_names_original, column_types, "
                "primary_keys and foreign_keys."
            ) from error

    @classmethod
    def from_text(cls, text: str) -> Schema:
        """Read ``table1(col1, col2) | table2(col3)`` or a spider-schema string with types.

        Nothing else is known from such a text: no keys, and no types unless it states them.

        Raises:
            SchemaError: no table can be read from ``text``.
        """
        return _from_text(text)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection for reading declarations and cells with SQL of our own.

    SQL that a person or a model wrote goes through ``text2sql.sandbox`` instead.

    Raises:
        DatabaseError: the file is missing or cannot be opened.
    """
    if not path.is_file():
        raise DatabaseError(f"There is no database file at {str(path)!r}; check the path.")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    return connection


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def natural_name(identifier: str) -> str:
    """The English reading of an identifier: ``releaseYear`` and ``Release_Year`` are ``release year``."""
    spaced = _CAMEL.sub(" ", identifier.replace("_", " ").replace("-", " "))
    return " ".join(spaced.lower().split()) or identifier.lower()


def _column_type(declared: str) -> str:
    """Spider's coarse type of a declared SQLite type, by SQLite's own affinity rules where they fit."""
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


class _SqliteReader:
    """Reads a database's declarations through sqlite-utils."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Schema:
        connection = connect_read_only(self.path)
        try:
            database = SqliteUtils(connection)
            names = [n for n in database.table_names() if not n.startswith("sqlite_")]
            tables = tuple(self._table(database, name) for name in names)
            if not tables:
                raise DatabaseError(
                    f"{str(self.path)!r} has no tables; choose a database that holds some."
                )
            return Schema(tables, self._foreign_keys(database, tables))
        except sqlite3.DatabaseError as error:
            raise DatabaseError(
                f"{str(self.path)!r} cannot be read as a SQLite database ({error}); "
                "choose a .sqlite or .db file that SQLite itself can open."
            ) from error
        finally:
            connection.close()

    def _table(self, database: SqliteUtils, name: str) -> Table:
        columns = tuple(
            Column(c.name, _column_type(c.type), natural_name(c.name), bool(c.is_pk))
            for c in database[name].columns
        )
        return Table(name, columns, natural_name(name))

    def _foreign_keys(
        self, database: SqliteUtils, tables: Sequence[Table]
    ) -> tuple[ForeignKey, ...]:
        schema = Schema(tuple(tables))
        found = []
        for position, table in enumerate(tables):
            quoted = table.name.replace('"', '""')
            rows = database.execute(f'PRAGMA foreign_key_list("{quoted}")').fetchall()
            # SQLite lists the last declared key first.
            for row in sorted(rows, key=lambda r: (-int(r[0]), int(r[1]))):
                key = self._foreign_key(schema, position, row[2], row[3], row[4])
                if key is not None:
                    found.append(key)
        return tuple(found)

    @staticmethod
    def _foreign_key(
        schema: Schema, table: int, ref_name: str, column_name: str, ref_column_name: str | None
    ) -> ForeignKey | None:
        """A declared key as positions; None where it points at nothing (SQLite does not check)."""
        ref_table = schema.find_table(ref_name)
        column = schema.find_column(table, column_name)
        if ref_table is None or column is None:
            return None
        if ref_column_name is None:  # "REFERENCES t" means t's primary key
            keys = [j for j, c in enumerate(schema.tables[ref_table].columns) if c.primary_key]
            ref_column = keys[0] if keys else None
        else:
            ref_column = schema.find_column(ref_table, ref_column_name)
        return None if ref_column is None else ForeignKey(table, column, ref_table, ref_column)


def _from_tables_json(entry: Mapping[str, Any]) -> Schema:
    originals, naturals = entry["column_names_original"], entry["column_names"]
    table_names = entry["table_names_original"]
    # composite keys appear as lists in later releases of the file
    primary = {
        i
        for key in entry["primary_keys"]
        for i in (key if isinstance(key, list) else [key])
    }
    columns: list[list[Column]] = [[] for _ in table_names]
    place: dict[int, tuple[int, int]] = {}
    for i, (table, name) in enumerate(originals):
        if table < 0:  # the entry for *
            continue
        place[i] = (table, len(columns[table]))
        columns[table].append(
            Column(name, entry["column_types"][i], naturals[i][1], i in primary)
        )
    tables = tuple(
        Table(name, tuple(columns[i]), entry["table_names"][i])
        for i, name in enumerate(table_names)
    )
    keys = tuple(ForeignKey(*place[a], *place[b]) for a, b in entry["foreign_keys"])
    if not tables:
        raise ValueError("no tables")
    return Schema(tables, keys)


_TYPED = re.compile(r"^(?P<name>.*?)\s*\((?P<type>text|number|time|boolean|others)\)$")


def _from_text(text: str) -> Schema:
    tables = tuple(_table_from_text(part) for part in text.split(" | ") if part.strip())
    if not tables:
        raise SchemaError(
            "The schema text is empty; write it as: table1(col1, col2) | table2(col3)."
        )
    return Schema(tables)


def _table_from_text(part: str) -> Table:
    part = part.strip()
    if " : " in part:  # spider-schema: `singer : Singer_ID (number) , Name (text)`
        name, _, rest = part.partition(" : ")
        columns = tuple(_column_from_text(c) for c in rest.split(" , ") if c.strip())
        return Table(name.strip(), columns, natural_name(name))
    if not part.endswith(")") or "(" not in part:
        raise SchemaError(
            f"Cannot read a table from {part!r}; write it as: table1(col1, col2) | table2(col3)."
        )
    name, _, rest = part[:-1].partition("(")
    columns = tuple(_column_from_text(c) for c in rest.split(",") if c.strip())
    return Table(name.strip(), columns, natural_name(name))


def _column_from_text(text: str) -> Column:
    typed = _TYPED.match(text.strip())
    name, type_ = (typed["name"], typed["type"]) if typed else (text.strip(), "text")
    return Column(name, type_, natural_name(name))
