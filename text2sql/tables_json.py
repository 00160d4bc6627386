"""Schemas written as entries of Spider's ``tables.json``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from text2sql.schema import Schema

__all__ = ["tables_entry"]


def tables_entry(
    db_id: str, schema: Schema, english: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Write ``schema`` as an entry of Spider's ``tables.json``.

    ``english`` maps ``table`` and ``table.column`` to names that replace their identifiers.
    Columns are numbered from 1 over the whole database; column 0 is ``*``, of table -1. All columns
    of a composite key are in the flat list, as in Spider.
    """
    english = english or {}
    places = [(t, c) for t, table in enumerate(schema.tables) for c in table.columns]
    first = list(accumulate((len(table.columns) for table in schema.tables), initial=1))
    return {
        "db_id": db_id,
        "table_names_original": [t.name for t in schema.tables],
        "table_names": [english.get(t.name, t.natural) for t in schema.tables],
        "column_names_original": [[-1, "*"], *([t, c.name] for t, c in places)],
        "column_names": [
            [-1, "*"],
            *([t, english.get(f"{schema.tables[t].name}.{c.name}", c.natural)] for t, c in places),
        ],
        "column_types": ["text", *(c.type for _, c in places)],
        "primary_keys": [i for i, (_, c) in enumerate(places, 1) if c.primary_key],
        "foreign_keys": [
            [first[key.table] + key.column, first[key.ref_table] + key.ref_column]
            for key in schema.foreign_keys
        ],
    }
