"""Small test databases with the schema of a given one and other rows.

Primary keys are unique and foreign keys refer to existing rows. All other values are drawn from the
column's own values, from the query's literals and from values close to them. There are ties, NULLs,
empty tables and parents without children. The same seed gives the same rows.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from text2sql.metrics.random_rows import ColumnShape, Hints, Rows, Style, TableShape, draw_rows
from text2sql.query import quote_identifier
from text2sql.read_only import connect_read_only
from text2sql.schema import ColumnPosition, Schema

__all__ = ["DatabaseFuzzer"]

_OWN_VALUES = 2_000
_LONGEST_VALUE = 200
_PAGE_BYTES = 512


class DatabaseFuzzer:
    """The parts of a database that are needed to make test databases; read once."""

    def __init__(self, path: Path, schema: Schema | None = None) -> None:
        """Read ``path``; ``schema`` may have keys that the file does not declare.

        Raises:
            DatabaseError: the file is missing or not a usable database.
        """
        declared = Schema.from_sqlite(path).without_views()
        with closing(connect_read_only(path)) as connection:
            self._declarations = [
                sql
                for (sql,) in connection.execute(
                    "SELECT sql FROM sqlite_master WHERE type IN ('table', 'view') AND sql NOT NULL"
                    " AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type, rowid"
                )
            ]
            self._tables = [
                _read_table(connection, declared, number, schema)
                for number in range(len(declared.tables))
            ]
        self._parents = _parents(declared, schema)
        self._schema = declared

    def place(self, table: str, column: str) -> ColumnPosition | None:
        """The position of a column; names may be in any letter case."""
        number = self._schema.find_table(table)
        position = None if number is None else self._schema.find_column(number, column)
        return None if number is None or position is None else (number, position)

    def write(
        self,
        path: Path,
        seed: str,
        style: Style,
        hints: Hints,
    ) -> None:
        """Make a new database with rows drawn in ``style``.

        Raises:
            sqlite3.Error: the schema cannot be created again (for example, it needs an extension).
        """
        rows = draw_rows(self._tables, self._parents, style, hints, seed)
        _write(path, self._declarations, self._tables, rows)

    def write_reordered(self, source: Path, path: Path, seed: str | None = None) -> None:
        """Copy a database without its keys, with its rows reversed or (given a ``seed``) shuffled.

        A query whose answer depends on the physical order of rows returns something else there.
        """
        declarations = [
            f"CREATE TABLE {quote_identifier(table.name)} ("
            + ", ".join(f"{quote_identifier(c.name)} {c.declared}" for c in table.columns)
            + ")"
            for table in self._tables
        ]
        with closing(connect_read_only(source)) as connection:
            rows = [
                [list(row) for row in connection.execute(_select(table))][::-1]
                for table in self._tables
            ]
        for lines in rows if seed is not None else ():
            random.Random(seed).shuffle(lines)
        views = [sql for sql in self._declarations if not sql.upper().startswith("CREATE TABLE")]
        _write(path, declarations + views, self._tables, rows)


def _read_table(
    connection: sqlite3.Connection, declared: Schema, number: int, schema: Schema | None
) -> TableShape:
    name = declared.tables[number].name
    quoted = quote_identifier(name)
    columns = []
    for position, (_, column, kind, required, _default, primary) in enumerate(
        connection.execute(f"PRAGMA table_info({quoted})")
    ):
        own = connection.execute(
            f"SELECT DISTINCT {quote_identifier(column)} FROM {quoted} LIMIT {_OWN_VALUES}"
        )
        values = tuple(v for (v,) in own if v is not None and len(str(v)) <= _LONGEST_VALUE)
        type_ = declared.tables[number].columns[position].type
        columns.append(ColumnShape(column, type_, kind, bool(required or primary), values))
    return TableShape(name, tuple(columns), _keys(connection, declared, number, schema))


def _keys(
    connection: sqlite3.Connection, declared: Schema, number: int, schema: Schema | None
) -> tuple[tuple[int, ...], ...]:
    table = declared.tables[number]
    groups = [tuple(i for i, column in enumerate(table.columns) if column.primary_key)]
    known = None if schema is None else schema.find_table(table.name)
    if schema is not None and known is not None and not groups[0]:
        names = {c.name.lower() for c in schema.tables[known].columns if c.primary_key}
        groups = [tuple(i for i, c in enumerate(table.columns) if c.name.lower() in names)]
    for _, index, unique, *_ in connection.execute(
        f"PRAGMA index_list({quote_identifier(table.name)})"
    ).fetchall():
        if unique:
            info = connection.execute(f"PRAGMA index_info({quote_identifier(index)})")
            groups.append(tuple(position for _, position, _ in info if position >= 0))
    return tuple(sorted({group for group in groups if group}))


def _parents(declared: Schema, schema: Schema | None) -> dict[ColumnPosition, ColumnPosition]:
    """Map each foreign key column to the column it refers to; declared keys come first."""
    parents: dict[ColumnPosition, ColumnPosition] = {}
    for key in declared.foreign_keys:
        parents.setdefault((key.table, key.column), (key.ref_table, key.ref_column))
    for key in schema.foreign_keys if schema is not None else ():
        child, parent = (
            _same_place(declared, schema, table, column)
            for table, column in ((key.table, key.column), (key.ref_table, key.ref_column))
        )
        if child is not None and parent is not None and child != parent:
            parents.setdefault(child, parent)
    return parents


def _same_place(
    declared: Schema, schema: Schema | None, table: int, column: int
) -> ColumnPosition | None:
    assert schema is not None
    number = declared.find_table(schema.tables[table].name)
    name = schema.tables[table].columns[column].name
    position = None if number is None else declared.find_column(number, name)
    return None if number is None or position is None else (number, position)


def _select(table: TableShape) -> str:
    names = ", ".join(quote_identifier(column.name) for column in table.columns)
    return f"SELECT {names} FROM {quote_identifier(table.name)}"


def _write(
    path: Path, declarations: Iterable[str], tables: Sequence[TableShape], rows: Sequence[Rows]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            f"PRAGMA page_size = {_PAGE_BYTES}; PRAGMA journal_mode = OFF;"
            " PRAGMA synchronous = OFF; BEGIN"
        )
        for sql in declarations:
            connection.execute(sql)
        for table, lines in zip(tables, rows, strict=True):
            names = ", ".join(quote_identifier(column.name) for column in table.columns)
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f"INSERT OR IGNORE INTO {quote_identifier(table.name)} ({names}) VALUES ({marks})",
                lines,
            )
        connection.execute("COMMIT")
