"""A database: its schema, and its SQLite file if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from text2sql.schema import Schema

__all__ = ["Database"]


@dataclass(frozen=True)
class Database:
    """A schema with its SQLite file, if there is one.

    ``path`` is None if only the schema is known: SQL can be written for it, but not run. ``group``
    is the heading of the database in lists. ``index`` is the file with the saved index of its
    cells, if any. ``keys_known`` says that the schema's keys are complete, so none are guessed
    (``linking/keys.py``).
    """

    db_id: str
    schema: Schema
    path: Path | None = None
    group: str = ""
    index: Path | None = None
    keys_known: bool = False

    @classmethod
    def from_sqlite(cls, path: Path | str) -> Database:
        """Open a SQLite file; its name without the ending is the ``db_id``.

        Raises:
            DatabaseError: the file is missing, not SQLite, or has no tables.
        """
        path = Path(path)
        return cls(path.stem, Schema.from_sqlite(path), path, "Files")

    @classmethod
    def from_schema_text(cls, text: str) -> Database:
        """Make a database without a file from ``singer(id, name) | song(id, singer_id)``.

        Raises:
            SchemaError: no table can be read from ``text``.
        """
        return cls("schema", Schema.from_text(text))
