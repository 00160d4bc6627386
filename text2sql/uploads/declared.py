"""The declared schema of a SQLite file, read within limits and passed between processes as JSON."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from text2sql.errors import DatabaseError, UploadError
from text2sql.sandbox import run_query
from text2sql.schema import Column, ForeignKey, Schema, Table
from text2sql.uploads.limits import UploadLimits

__all__ = ["read_declared", "schema_from_json", "schema_to_json"]

_COUNT = (
    "SELECT sum(type = 'table'), count(*), max(length(name)), sum(length(sql)) FROM sqlite_master"
)


def read_declared(name: str, path: Path, limits: UploadLimits) -> Schema:
    """Read the schema of a SQLite file; messages call it ``name``.

    The sandbox counts the declarations before they are read here.

    Raises:
        UploadError: the file cannot be read or exceeds a limit.
    """
    counted = run_query(path, _COUNT)
    if counted.error is not None:
        raise UploadError(f"{name!r} cannot be read as a SQLite database: {counted.error}")
    tables, declared, longest, sql_bytes = (value or 0 for value in counted.rows[0])
    _check(name, tables, limits.tables, "tables")
    _check(name, declared, limits.declarations, "tables, views, indexes and triggers")
    _check(name, sql_bytes, limits.declared_bytes, "characters of declarations")
    _check_length(name, longest, limits)
    try:
        schema = Schema.from_sqlite(path)
    except DatabaseError as error:  # its message names our copy
        reason = str(error.__cause__) if error.__cause__ else "it has no tables"
        raise UploadError(
            f"{name!r} cannot be used as a database ({reason}); "
            "choose a SQLite file that contains tables."
        ) from error
    check_schema(name, schema, limits)
    return schema


def check_schema(name: str, schema: Schema, limits: UploadLimits) -> None:
    """Refuse schemas that would slow the page down for everybody.

    Raises:
        UploadError: a table or the schema has too many columns, or a name is too long.
    """
    widest = max(len(table.columns) for table in schema.tables)
    if widest > limits.columns:
        raise UploadError(
            f"{name!r} has a table with {widest:,} columns; the limit is {limits.columns:,}."
        )
    _check(name, schema.column_count, limits.columns_in_all, "columns in all")
    columns = (column.name for table in schema.tables for column in table.columns)
    _check_length(name, max(map(len, columns)), limits)


def _check(name: str, count: int, limit: int, what: str) -> None:
    if count > limit:
        raise UploadError(f"{name!r} has {count:,} {what}; the limit is {limit:,}.")


def _check_length(name: str, longest: int, limits: UploadLimits) -> None:
    if longest > limits.name_length:
        raise UploadError(
            f"{name!r} contains a name with {longest:,} characters; "
            f"the limit is {limits.name_length:,}."
        )


def schema_to_json(schema: Schema) -> list[Any]:
    """Convert ``schema`` to lists for JSON."""
    return [
        [astuple(table) for table in schema.tables],
        [astuple(key) for key in schema.foreign_keys],
    ]


def schema_from_json(found: list[Any]) -> Schema:
    """Read a schema that ``schema_to_json`` wrote."""
    tables, keys = found
    return Schema(
        tuple(_table(*table) for table in tables),
        tuple(ForeignKey(*key) for key in keys),
    )


def _table(
    name: str,
    columns: list[list[Any]],
    natural: str,
    view: bool,
    description: str,
    synonyms: list[str],
) -> Table:
    own = tuple(replace(Column(*c[:-1]), synonyms=tuple(c[-1])) for c in columns)
    return Table(name, own, natural, view, description, tuple(synonyms))
