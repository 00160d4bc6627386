"""Databases by name: the bundled samples, a Spider folder, a file of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from text2sql.schema import Schema

__all__ = ["Database"]


@dataclass(frozen=True)
class Database:
    """A schema and, where there is one, the SQLite file behind it.

    ``path`` is None for a database of which only the schema is known: SQL can be
    written for it, not run. ``group`` is the heading it is listed under.
    """

    db_id: str
    schema: Schema
    path: Path | None = None
    group: str = ""

    @classmethod
    def from_sqlite(cls, path: Path | str) -> Database:
        """A SQLite file as a database, called by its file name."""
        path = Path(path)
        return cls(path.stem, Schema.from_sqlite(path), path, "File")

    @classmethod
    def from_schema_text(cls, text: str) -> Database:
        """Only a schema string such as ``singer(id, name) | song(id, singer_id)``."""
        return cls("schema", Schema.from_text(text))
