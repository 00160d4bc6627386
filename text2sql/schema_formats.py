"""Schemas in text form: Spider's ``tables.json``, and the input of text models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from text2sql.errors import SchemaError
from text2sql.tables import Column, ColumnPosition, ForeignKey, Table, natural_name

__all__ = ["read_tables_json", "read_tables_text"]

_TYPED = re.compile(r"^(?P<name>.*)\((?P<type>text|number|time|boolean|others)\)$")
_FORM = "write it as: table1(col1, col2) | table2(col3)."


def read_tables_json(
    entry: Mapping[str, Any],
) -> tuple[tuple[Table, ...], tuple[ForeignKey, ...]]:
    """The tables and foreign keys of one entry of Spider's ``tables.json``.

    Raises:
        SchemaError: a field is missing or refers to a table or column that is not there.
    """
    try:
        return _read_entry(entry)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        name = entry.get("db_id") if isinstance(entry, dict) else entry
        raise SchemaError(
            f"The tables.json entry of {name!r} is not in Spider's form ({error!r}); "
            "it needs table_names_original, column_names_original, column_types, "
            "primary_keys and foreign_keys."
        ) from error


def _read_entry(entry: Mapping[str, Any]) -> tuple[tuple[Table, ...], tuple[ForeignKey, ...]]:
    originals, naturals = entry["column_names_original"], entry["column_names"]
    # later releases list composite keys as nested lists
    keys = [key if isinstance(key, list) else [key] for key in entry["primary_keys"]]
    primary = {i for key in keys for i in key}
    columns: list[list[Column]] = [[] for _ in entry["table_names_original"]]
    place: dict[int, ColumnPosition] = {}
    for i, (table, name) in enumerate(originals):
        if table < 0:  # the entry for *
            continue
        place[i] = (table, len(columns[table]))
        type_, natural = entry["column_types"][i], naturals[i][1]
        columns[table].append(Column(_text(name), _text(type_), _text(natural), i in primary))
    names = zip(entry["table_names_original"], entry["table_names"], columns, strict=True)
    tables = tuple(Table(_text(name), tuple(own), _text(natural)) for name, natural, own in names)
    if not tables:
        raise ValueError("no tables")
    if not primary <= place.keys():
        raise ValueError(f"no column for primary key {min(primary - place.keys())}")
    return tables, tuple(ForeignKey(*place[a], *place[b]) for a, b in entry["foreign_keys"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def read_tables_text(text: str) -> tuple[Table, ...]:
    """The tables of ``table1(col1, col2) | table2(col3)`` or of a spider-schema string.

    Raises:
        SchemaError: no table can be read from ``text``.
    """
    tables = tuple(_table_from_text(part.strip()) for part in _split(text, "|\n"))
    if not tables:
        raise SchemaError(f"The schema text is empty; {_FORM}")
    return tables


def _split(text: str, separators: str) -> list[str]:
    """The non-blank parts between separators outside parentheses."""
    parts, start, depth = [], 0, 0
    for at, letter in enumerate(text):
        depth = max(0, depth + {"(": 1, ")": -1}.get(letter, 0))
        if letter in separators and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def _table_from_text(part: str) -> Table:
    name, colon, rest = part.partition(" : ")
    if not colon or "(" in name:  # else spider-schema: `singer : Singer_ID (number) , Name (text)`
        name, bracket, rest = part.removesuffix(")").partition("(")
        if not bracket or not part.endswith(")"):
            raise SchemaError(f"Cannot read a table from {part!r}; {_FORM}")
    columns = tuple(_column_from_text(column) for column in _split(rest, ","))
    if not name.strip() or not columns:
        raise SchemaError(f"A table needs a name and columns, unlike {part!r}; {_FORM}")
    return Table(name.strip(), columns, natural_name(name.strip()))


def _column_from_text(text: str) -> Column:
    typed = _TYPED.match(text.strip())
    name, type_ = (typed["name"].rstrip(), typed["type"]) if typed else (text.strip(), "text")
    return Column(name, type_, natural_name(name))
