"""Readers of CSV, TSV, Excel and Parquet files; the content determines the format, not the name.

They run in a separate process with limits on memory and time (``convert.py``).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from text2sql.errors import UploadError
from text2sql.uploads.limits import UploadLimits

__all__ = ["SQLITE_MAGIC", "Sheet", "read_sheets"]

SQLITE_MAGIC = b"SQLite format 3\0"
_SEPARATORS = ",;\t|"
_SAMPLED_LINES = 50
_LONGEST_CELL = 1_000_000


@dataclass(frozen=True)
class Sheet:
    """A table with the names in the file, and cells that are not typed yet."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def read_sheets(name: str, path: Path, limits: UploadLimits) -> list[Sheet]:
    """Read the tables in the file at ``path``; messages call it ``name``.

    Raises:
        UploadError: the format is unknown, the file is damaged, or it exceeds a limit.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise UploadError(f"{name!r} is empty; choose a file with rows.")
    if start.startswith(b"PAR1"):
        return [_from_parquet(name, path, limits)]
    if start.startswith(b"PK"):
        return _from_excel(name, path, limits)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UploadError(f"{name!r} is in the format of Excel 2003 or older; save it as .xlsx.")
    return [_from_text(name, path, limits)]


# text


def _from_text(name: str, path: Path, limits: UploadLimits) -> Sheet:
    text = _decoded(name, path.read_bytes())
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    lines = ([cell.strip() for cell in line] for line in reader)
    try:
        header, rows = _header(name, (line for line in lines if any(line)))
        return _sheet(name, Path(name).stem, header, rows, limits)
    except csv.Error as error:
        raise UploadError(
            f"{name!r} cannot be read as CSV near line {reader.line_num:,} ({error}); "
            "check its quotation marks."
        ) from error


def _decoded(name: str, raw: bytes) -> str:
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UploadError(
        f"{name!r} is not a CSV, TSV, SQLite, Excel (.xlsx) or Parquet file; choose one of these."
    )


def _separator(text: str) -> str:
    """Return the separator that most often splits the first lines into equally many cells."""
    lines = list(islice(io.StringIO(text), _SAMPLED_LINES))

    def merit(separator: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        width, times = max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))
        return (times / max(1, len(lines)) if width > 1 else 0.0, width)

    try:
        return max(_SEPARATORS, key=merit)
    except csv.Error:
        return ","


# Excel


def _from_excel(name: str, path: Path, limits: UploadLimits) -> list[Sheet]:
    try:
        _check_archive(name, path, limits)
        with path.open("rb") as file:  # openpyxl accepts only certain extensions in a path
            filled = list(_filled_sheets(name, file, limits))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise UploadError(
            f"{name!r} cannot be read as an Excel workbook ({error}); save it as .xlsx again."
        ) from error
    if not filled:
        raise UploadError(f"{name!r} has no sheet with rows; choose another file.")
    return [replace(filled[0], name=Path(name).stem)] if len(filled) == 1 else filled


def _filled_sheets(name: str, file: IO[bytes], limits: UploadLimits) -> Iterator[Sheet]:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for page in book.worksheets:
        page.reset_dimensions()  # a workbook may claim a million columns
        lines = (row for row in page.iter_rows(values_only=True) if any(map(_holds, row)))
        first = next(lines, None)
        if first is not None:
            header, rows = _header(name, chain([first], lines))
            yield _sheet(name, page.title, header, rows, limits)


def _check_archive(name: str, path: Path, limits: UploadLimits) -> None:
    """Refuse an archive whose unpacked size is too large; readers enforce its declared sizes."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        named = set(archive.namelist())
    _check_unpacked(name, unpacked, limits)
    if "xl/workbook.xml" not in named:
        raise UploadError(
            f"{name!r} is a ZIP archive, not a workbook; unpack it and upload its files."
        )


def _check_unpacked(name: str, unpacked: int, limits: UploadLimits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise UploadError(
            f"{name!r} would unpack to {unpacked / 1e6:,.0f} MB; "
            f"the limit is {limits.unpacked_bytes / 1e6:,.0f} MB."
        )


def _holds(cell: Any) -> bool:
    return cell is not None and cell != ""


# Parquet


def _from_parquet(name: str, path: Path, limits: UploadLimits) -> Sheet:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
        about = file.metadata
        _check_width(name, about.num_columns, limits)
        _check_height(name, about.num_rows, limits)
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        _check_unpacked(name, sum(group.total_byte_size for group in groups), limits)
        header = [str(column) for column in file.schema_arrow.names]
        rows = (
            row
            for batch in file.iter_batches(batch_size=10_000, use_threads=False)
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        )
        return _sheet(name, Path(name).stem, header, rows, limits)
    except MemoryError:
        raise
    except (pyarrow.ArrowException, OSError) as error:
        raise UploadError(
            f"{name!r} cannot be read as a Parquet file ({error}); write it again."
        ) from error


# all formats


def _header(file: str, lines: Iterable[Sequence[Any]]) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Return the column names and the lines of data; a first line that is data yields no names."""
    lines = iter(lines)
    first = next(lines, None)
    if first is None:
        raise UploadError(f"{file!r} has no rows; choose a file with rows.")
    if any(isinstance(cell, str) and not _is_number(cell) for cell in first):
        return _trimmed(["" if cell is None else str(cell).strip() for cell in first]), lines
    return [""] * len(first), chain([first], lines)


def _sheet(
    file: str,
    name: str,
    header: Sequence[str],
    lines: Iterable[Sequence[Any]],
    limits: UploadLimits,
) -> Sheet:
    _check_width(file, len(header), limits)
    rows: list[tuple[Any, ...]] = []
    for number, line in enumerate(lines, start=2):
        _check_height(file, len(rows) + 1, limits)
        rows.append(_fitted(file, number, line, len(header)))
    return Sheet(name, tuple(header), tuple(rows))


def _trimmed(header: list[str]) -> list[str]:
    while header and not header[-1]:
        header.pop()
    return header


def _is_number(text: str) -> bool:
    try:
        float(text or "0")
    except ValueError:
        return False
    return True


def _fitted(file: str, number: int, line: Sequence[Any], width: int) -> tuple[Any, ...]:
    if any(map(_holds, line[width:])):
        raise UploadError(
            f"Row {number:,} of {file!r} has more cells than the first row has names ({width}); "
            "name every column, and quote cells that contain the separator."
        )
    return (*line[:width], *[None] * (width - len(line)))


def _check_width(name: str, columns: int, limits: UploadLimits) -> None:
    if columns > limits.columns:
        raise UploadError(
            f"{name!r} has {columns:,} columns; the limit is {limits.columns:,}. "
            "Remove columns that you do not need."
        )


def _check_height(name: str, rows: int, limits: UploadLimits) -> None:
    if rows > limits.rows:
        raise UploadError(
            f"{name!r} has more than {limits.rows:,} rows, the limit; upload fewer rows."
        )
