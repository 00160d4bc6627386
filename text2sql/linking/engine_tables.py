"""SQLite's own tables, which some entries of ``tables.json`` list and no query may use."""

from __future__ import annotations

from text2sql.linking.linked_schema import select_columns
from text2sql.schema import ColumnPosition, Schema

__all__ = ["own_columns", "without_engine_tables"]

_PREFIX = "sqlite_"  # reserved by SQLite: https://sqlite.org/fileformat2.html#intschema


def own_columns(schema: Schema) -> list[ColumnPosition]:
    """Return the columns of the tables that are not SQLite's own, in the order of the schema."""
    own = [not table.name.lower().startswith(_PREFIX) for table in schema.tables]
    return [place for place in schema.column_positions if own[place[0]]]


def without_engine_tables(schema: Schema) -> Schema:
    """Return ``schema`` without SQLite's own tables, such as ``sqlite_sequence``."""
    own = own_columns(schema)
    return schema if len(own) == schema.column_count else select_columns(schema, own)
