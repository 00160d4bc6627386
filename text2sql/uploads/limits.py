"""How much a visitor may bring."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "UploadLimits"]


@dataclass(frozen=True)
class UploadLimits:
    """Bounds of one upload; ``unpacked_bytes`` are those of a workbook or a Parquet file opened.

    ``timeout_s`` and ``memory_bytes`` belong to the process that reads tables, and
    ``database_bytes`` to the SQLite file that it writes.
    """

    file_bytes: int = 50_000_000
    files: int = 20
    rows: int = 200_000  # of one table
    columns: int = 200  # of one table
    tables: int = 100
    unpacked_bytes: int = 300_000_000
    database_bytes: int = 200_000_000
    databases: int = 8  # that one visitor may have at a time
    timeout_s: float = 60.0
    memory_bytes: int = 3 * 1024**3


LIMITS = UploadLimits()
