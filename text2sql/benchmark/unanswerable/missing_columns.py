"""Databases without one column that a question needs, to see whether a model notices."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from text2sql.databases import Catalog, Database
from text2sql.errors import QueryError
from text2sql.linking.linked_schema import select_columns
from text2sql.query import quote_identifier
from text2sql.query.nodes import ColumnRef, walk
from text2sql.query.reading import read
from text2sql.query.scopes import scopes
from text2sql.schema import ColumnPosition, Schema
from text2sql.spider import Example

__all__ = ["remove_needed_columns", "spare_columns"]


def remove_needed_columns(
    questions: Sequence[Example], catalog: Catalog, folder: Path
) -> Iterator[tuple[Example, Database]]:
    """Pair each question with its database less one random column that its gold query uses.

    The databases are made in ``folder`` and get names of their own. Questions that need no columns
    other than keys are left out.

    Raises:
        Text2SQLError: a database is not in the catalog, or cannot be read.
    """
    rng = random.Random(0)
    made: dict[tuple[str, ColumnPosition], Database] = {}
    for question in questions:
        database = catalog.get(question.db_id)
        columns = spare_columns(question.query, database.schema)
        if database.path is None or not columns:
            continue
        place = rng.choice(columns)
        key = (question.db_id, place)
        if key not in made:
            made[key] = _without(database, database.path, place, folder / f"{len(made)}.sqlite")
        yield question, made[key]


def spare_columns(sql: str, schema: Schema) -> list[ColumnPosition]:
    """The columns that a query uses outside joins, except keys and the only column of a table."""
    try:
        used = set(_used_columns(sql, schema))
    except QueryError:
        return []
    keys = {(k.table, k.column) for k in schema.foreign_keys}
    keys |= {(k.ref_table, k.ref_column) for k in schema.foreign_keys}
    return [
        (table, column)
        for table, column in sorted(used)
        if (table, column) not in keys
        and not schema.tables[table].columns[column].primary_key
        and len(schema.tables[table].columns) > 1
    ]


def _used_columns(sql: str, schema: Schema) -> Iterator[ColumnPosition]:
    for scope in scopes(read(sql, schema), schema):
        for node in walk(replace(scope.select, sources=()), inside=False):
            place = scope.place(node) if isinstance(node, ColumnRef) else None
            if place is not None:
                yield place


def _without(database: Database, source: Path, place: ColumnPosition, path: Path) -> Database:
    """A copy of ``database`` at ``path`` without the column at ``place``."""
    kept = [other for other in database.schema.column_positions if other != place]
    schema = select_columns(database.schema, kept)
    with closing(sqlite3.connect(path.absolute().as_uri(), uri=True)) as copy:
        copy.execute("ATTACH ? AS whole", (f"{source.absolute().as_uri()}?mode=ro",))
        for table in schema.tables:
            name = quote_identifier(table.name)
            columns = ", ".join(quote_identifier(column.name) for column in table.columns)
            copy.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM whole.{name}")
        copy.commit()
    return Database(f"{database.db_id} without {_name(database.schema, place)}", schema, path)


def _name(schema: Schema, place: ColumnPosition) -> str:
    table = schema.tables[place[0]]
    return f"{table.name}.{table.columns[place[1]].name}"
