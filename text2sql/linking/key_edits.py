"""Foreign keys that a person edits, written as ``sale.customer_id = customer.id``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from text2sql.databases import Database
from text2sql.errors import SchemaError
from text2sql.linking.keys import with_keys
from text2sql.schema import ColumnPosition, ForeignKey, Schema

__all__ = ["key_text", "parse_key", "undeclared_keys", "with_chosen_keys"]

_MOST_KEYS = 500


def undeclared_keys(database: Database) -> tuple[ForeignKey, ...]:
    """Return the keys that a database does not declare: guessed ones, or those of a person."""
    return tuple(key for key in with_keys(database).schema.foreign_keys if key.guessed)


def key_text(key: ForeignKey, schema: Schema) -> str:
    """Write a key as ``sale.customer_id = customer.id``, which ``parse_key`` reads."""
    here, there = schema.tables[key.table], schema.tables[key.ref_table]
    left, right = here.columns[key.column].name, there.columns[key.ref_column].name
    return f"{here.name}.{left} = {there.name}.{right}"


def parse_key(text: str, schema: Schema) -> ForeignKey:
    """Parse a key.

    Raises:
        SchemaError: the text is not a key, or its columns do not exist.
    """
    left, sign, right = text.partition("=")
    if not sign:
        raise SchemaError(f"{text!r} is not a key; write it as sale.customer_id = customer.id.")
    key = ForeignKey(*_place(left.strip(), schema), *_place(right.strip(), schema), guessed=True)
    if (key.table, key.column) == (key.ref_table, key.ref_column):
        raise SchemaError(f"{left.strip()!r} cannot refer to itself; name another column.")
    return key


def _place(text: str, schema: Schema) -> ColumnPosition:
    for table, entry in enumerate(schema.tables):
        if text.lower().startswith(f"{entry.name.lower()}."):
            column = schema.find_column(table, text[len(entry.name) + 1 :])
            if column is not None:
                return table, column
    raise SchemaError(f"There is no column {text!r}; write it as table.column.")


def with_chosen_keys(database: Database, keys: Sequence[ForeignKey]) -> Database:
    """Return ``database`` with its declared keys and these ones, without guessed keys.

    Raises:
        SchemaError: there are more than 500.
    """
    if len(keys) > _MOST_KEYS:
        raise SchemaError(f"These are {len(keys)} keys; the limit is {_MOST_KEYS}.")
    schema = with_keys(database).schema
    declared = tuple(key for key in schema.foreign_keys if not key.guessed)
    chosen = tuple(key for key in dict.fromkeys(keys) if key not in declared)
    return replace(database, schema=Schema(schema.tables, (*declared, *chosen)), keys_known=True)
