"""How much a visitor may bring."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "UploadLimits"]


@dataclass(frozen=True)
class UploadLimits:
    """Bounds of one upload; ``unpacked_bytes`` are those of a workbook or a Parquet file opened.

    ``timeout_s`` and ``memory_bytes`` belong to the process that reads tables, ``index_s`` to its
    look at their cells, and ``database_bytes`` to the SQLite file that it writes.
    """

    file_bytes: int = 50_000_000
    files: int = 20
    bytes_in_all: int = 200_000_000  # of the files of one upload
    rows: int = 200_000  # of one table
    columns: int = 200  # of one table
    tables: int = 100
    columns_in_all: int = 1_500  # Spider's largest database has 352
    name_length: int = 200  # characters of a table's or a column's name
    declarations: int = 1_000  # tables, views, indexes and triggers of a SQLite file
    declared_bytes: int = 1_000_000  # and the SQL that declares them
    notes: int = 50  # on what was guessed or changed
    unpacked_bytes: int = 300_000_000
    database_bytes: int = 200_000_000
    databases: int = 8  # that one visitor may have at a time
    visitor_bytes: int = 500_000_000  # on disk, beyond which nothing more is taken in
    timeout_s: float = 60.0
    index_s: float = 20.0
    memory_bytes: int = 3 * 1024**3


LIMITS = UploadLimits()
