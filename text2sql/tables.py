"""Tables, columns and keys as a schema describes them, and their names in English."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["CAMEL_CASE", "Column", "ColumnPosition", "ForeignKey", "Table", "natural_name"]

ColumnPosition = tuple[int, int]
"""The position of a table in its schema, and of a column in that table, both from 0."""


@dataclass(frozen=True)
class Column:
    """One column; ``type`` is Spider's: ``text``, ``number``, ``time``, ``boolean``, ``others``.

    ``guessed_key`` marks a primary key that is guessed, not declared. ``synonyms`` are other words
    for it, or words with their meaning: ``takings = sum of fee``.
    """

    name: str
    type: str = "text"
    natural: str = ""
    primary_key: bool = False
    guessed_key: bool = field(default=False, compare=False)
    description: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table, or a view, with its columns in the order of the database.

    ``description`` and ``synonyms`` are as those of a column.
    """

    name: str
    columns: tuple[Column, ...]
    natural: str = ""
    view: bool = field(default=False, compare=False)
    description: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignKey:
    """``table.column`` refers to ``ref_table.ref_column``; all four are positions in the schema.

    ``guessed`` marks a key that the database does not declare.
    """

    table: int
    column: int
    ref_table: int
    ref_column: int
    guessed: bool = field(default=False, compare=False)


#: The positions between the words of ``releaseYear`` and ``HTTPServer``.
CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def natural_name(identifier: str) -> str:
    """Read an identifier as English: ``releaseYear`` and ``Release_Year`` give ``release year``."""
    spaced = CAMEL_CASE.sub(" ", identifier.replace("_", " ").replace("-", " "))
    return " ".join(spaced.lower().split()) or identifier.lower()
