"""Foreign keys in the descriptions of a database, by the names in its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from text2sql.databases import Database
from text2sql.linking.key_edits import undeclared_keys, with_chosen_keys
from text2sql.schema import ColumnPosition, ForeignKey, Schema

__all__ = ["key_texts", "with_described_keys"]

#: The names of each table in the files, and of its columns, by its name in the database.
NamesInFiles = Mapping[str, tuple[str, tuple[str, ...]]]


def key_texts(database: Database, names: NamesInFiles) -> tuple[str, ...]:
    """Return the keys that ``database`` does not declare as ``sale.customer_id = customer.id``."""
    texts = {place: text for text, place in _places(database.schema, names)}
    return tuple(
        f"{texts[key.table, key.column]} = {texts[key.ref_table, key.ref_column]}"
        for key in undeclared_keys(database)
    )


def with_described_keys(
    database: Database, texts: Sequence[str] | None, names: NamesInFiles
) -> tuple[Database, list[str]]:
    """Return ``database`` with these keys in place of guessed ones, and notes about unknown ones.

    Without ``texts``, the guessed keys stay.
    """
    if texts is None:
        return database, []
    places = {text.lower(): place for text, place in _places(database.schema, names)}
    keys, notes = [], []
    for text in texts:
        left, _, right = (part.strip().lower() for part in text.partition("="))
        if left in places and right in places and left != right:
            keys.append(ForeignKey(*places[left], *places[right], guessed=True))
        else:
            notes.append(f"The descriptions have a key {text!r}, whose columns are not there.")
    return with_chosen_keys(database, keys), notes


def _places(schema: Schema, names: NamesInFiles) -> list[tuple[str, ColumnPosition]]:
    return [
        (f"{given}.{column}", (t, c))
        for t, table in enumerate(schema.tables)
        for given, columns in [names[table.name]]
        for c, column in enumerate(columns)
    ]
