"""Variants of a database's schema: names abbreviated or in another style, or without keys.

They reveal a model that has memorized schemas, or that relies on written-out names and declared
keys. Cells stay unchanged, so a prediction over a variant is right if it returns the rows that the
gold query returns over the original.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.query import quote_identifier
from text2sql.schema import Column, Schema, Table, natural_name

__all__ = ["VARIANTS", "make_variant"]

_LONGEST_WORD = 4
_MOST_LETTERS = 4


def _abbreviated(name: str) -> str:
    """``customer_name`` as ``cstm_name``: long words keep four letters, no inner vowels."""
    return "_".join(_short(word) for word in natural_name(name).split())


def _short(word: str) -> str:
    if len(word) <= _LONGEST_WORD or not word.isalpha():
        return word
    return (word[0] + "".join(c for c in word[1:] if c not in "aeiou"))[:_MOST_LETTERS]


def _camel_case(name: str) -> str:
    """``customer_name`` as ``fldCustomerName``, with a prefix as some designers use it."""
    return "fld" + "".join(word.capitalize() for word in natural_name(name).split())


#: The function that changes the names; None if only the keys are removed.
VARIANTS: dict[str, Callable[[str], str] | None] = {
    "abbreviated": _abbreviated,
    "prefixed": _camel_case,
    "without keys": None,
}


def make_variant(database: Database, variant: str, folder: Path) -> Database:
    """Copy ``database`` with other names into ``folder``, with the same ``db_id``.

    A variant with other names has no views: SQLite renames their columns as it sees fit. A table
    that the schema lists but the file lacks, and SQLite's own tables, keep their names.

    Raises:
        DatabaseError: the database has no file, or its copy cannot be changed.
    """
    if database.path is None:
        raise DatabaseError(f"There is no database file for {database.db_id!r} to copy.")
    rename = VARIANTS[variant]
    if rename is None:
        return replace(database, schema=_without_keys(database.schema))
    schema = database.schema.without_views()
    path = folder / variant / f"{database.db_id}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(database.path, path)
        tables = _renamed(schema, rename, _own_tables(path))
        _rename_in_file(path, schema, tables)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(
            f"The names of {database.db_id!r} cannot be changed ({error}); leave it out."
        ) from error
    return replace(database, schema=replace(schema, tables=tables), path=path)


def _without_keys(schema: Schema) -> Schema:
    tables = tuple(
        replace(table, columns=tuple(replace(c, primary_key=False) for c in table.columns))
        for table in schema.tables
    )
    return Schema(tables)


def _own_tables(path: Path) -> frozenset[str]:
    """The tables of a file that can be renamed, in lower case."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT lower(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return frozenset(name for (name,) in found)


def _renamed(
    schema: Schema, rename: Callable[[str], str], own: frozenset[str]
) -> tuple[Table, ...]:
    names = _unique([rename(t.name) if t.name.lower() in own else t.name for t in schema.tables])
    return tuple(
        Table(name, _renamed_columns(table, rename), natural_name(name))
        if table.name.lower() in own
        else table
        for name, table in zip(names, schema.tables, strict=True)
    )


def _renamed_columns(table: Table, rename: Callable[[str], str]) -> tuple[Column, ...]:
    names = _unique([rename(column.name) for column in table.columns])
    return tuple(
        replace(column, name=name, natural=natural_name(name))
        for name, column in zip(names, table.columns, strict=True)
    )


def _unique(names: list[str]) -> list[str]:
    """The names, with a number after those that are already used."""
    found: list[str] = []
    for name in names:
        free, number = name, 2
        while free.lower() in {taken.lower() for taken in found}:
            free, number = f"{name}{number}", number + 1
        found.append(free)
    return found


def _rename_in_file(path: Path, schema: Schema, tables: tuple[Table, ...]) -> None:
    """Rename through unused names first: a new name may be the old name of another table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        for final in (False, True):
            for i, (old, new) in enumerate(zip(schema.tables, tables, strict=True)):
                if old is new:
                    continue
                here = quote_identifier(old.name if not final else f"renamed_{i}")
                there = quote_identifier(new.name if final else f"renamed_{i}")
                if not final:
                    _rename_columns(connection, here, old, new)
                connection.execute(f"ALTER TABLE {here} RENAME TO {there}")
        connection.commit()


def _rename_columns(connection: sqlite3.Connection, table: str, old: Table, new: Table) -> None:
    names = [(a.name, b.name) for a, b in zip(old.columns, new.columns, strict=True)]
    steps = [(a, f"renamed_{i}") for i, (a, _) in enumerate(names)]
    steps += [(f"renamed_{i}", b) for i, (_, b) in enumerate(names)]
    for before, after in steps:
        connection.execute(
            f"ALTER TABLE {table} RENAME COLUMN {quote_identifier(before)} "
            f"TO {quote_identifier(after)}"
        )
