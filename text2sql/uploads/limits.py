"""The limits of uploads."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "UploadLimits"]

_GRACE_S = 10.0


@dataclass(frozen=True)
class UploadLimits:
    """The limits of one upload and of one visitor.

    ``unpacked_bytes`` limits the unpacked size of a workbook or a Parquet file. ``timeout_s`` and
    ``memory_bytes`` limit the process that reads the files, ``index_s`` its indexing of cells, and
    ``database_bytes`` the SQLite file that it writes.
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
    declared_bytes: int = 1_000_000  # of the SQL that declares them
    notes: int = 50  # about guesses and changes
    unpacked_bytes: int = 300_000_000
    database_bytes: int = 200_000_000
    databases: int = 8  # that one visitor may have at a time
    visitor_bytes: int = 500_000_000  # on disk; with more, uploads are refused
    timeout_s: float = 60.0
    index_s: float = 20.0
    memory_bytes: int = 3 * 1024**3

    @property
    def longest_s(self) -> float:
        """After how long an import is ended, on a machine that others use, too."""
        return self.timeout_s + self.index_s + _GRACE_S


LIMITS = UploadLimits()
