"""The tables in CSV, TSV, Parquet files and workbooks; the content determines the format.

They are read in a separate process with limits on memory and time (``convert.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from text2sql.errors import UploadError
from text2sql.uploads.cell_kinds import holds
from text2sql.uploads.delimited import read_lines
from text2sql.uploads.encodings import decode
from text2sql.uploads.layout import Grid, Sheet, find_table
from text2sql.uploads.limits import UploadLimits
from text2sql.uploads.workbook import Page, read_workbook

__all__ = ["SQLITE_MAGIC", "Sheet", "read_sheets"]

SQLITE_MAGIC = b"SQLite format 3\0"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


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
    if start.startswith((b"PK", _OLD_EXCEL)):
        return _from_workbook(name, path, limits)
    return [_from_text(name, path, limits)]


def _from_text(name: str, path: Path, limits: UploadLimits) -> Sheet:
    text, note = decode(name, path.read_bytes())
    lines = read_lines(name, text)
    stripped = ([cell.strip() for cell in line] for line in lines)
    filled = ((n, line) for n, line in enumerate(stripped, start=1) if any(line))
    # a few more than the limit, since titles and totals do not count
    rows = list(islice(filled, limits.rows + 50))
    sheet = _sheet(name, Grid(Path(name).stem, rows), limits)
    notes = [*([note] if note else []), *_mended(lines.mended), *sheet.notes]
    return replace(sheet, notes=tuple(notes), comma=True if lines.separator == ";" else None)


def _mended(lines: Sequence[int]) -> list[str]:
    if not lines:
        return []
    which = f"line {lines[0]:,}" if len(lines) == 1 else f"{len(lines)} lines, first {lines[0]:,},"
    verb = "has" if len(lines) == 1 else "have"
    return [f"{which} {verb} a quotation mark that is never closed; it was read without it."]


def _from_workbook(name: str, path: Path, limits: UploadLimits) -> list[Sheet]:
    """Read the sheets of a workbook; a bad one is left out with a note, if there is a good one."""
    found: list[Sheet] = []
    notes: list[str] = []
    problems: list[UploadError] = []
    for page in read_workbook(name, path, limits):
        try:
            if page.problem is not None:
                notes.append(f"sheet {page.grid.name!r} was left out: {page.problem}.")
            elif page.grid.rows:
                found.append(_from_page(name, page, limits))
        except UploadError as error:
            problems.append(error)
            notes.append(f"sheet {page.grid.name!r} was left out: {error}")
    if not found:
        raise (
            problems[0]
            if problems
            else UploadError(f"{name!r} has no sheet with rows; choose another file.")
        )
    if len(found) == 1:
        found = [replace(found[0], name=Path(name).stem)]
    return [replace(found[0], notes=(*notes, *found[0].notes)), *found[1:]]


def _from_page(name: str, page: Page, limits: UploadLimits) -> Sheet:
    return replace(_sheet(name, page.grid, limits), percent=page.percent)


def _from_parquet(name: str, path: Path, limits: UploadLimits) -> Sheet:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
        about = file.metadata
        _check_width(name, about.num_columns, limits)
        _check_height(name, about.num_rows, limits)
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        unpacked = sum(group.total_byte_size for group in groups)
        if unpacked > limits.unpacked_bytes:
            raise UploadError(
                f"{name!r} would unpack to {unpacked / 1e6:,.0f} MB; "
                f"the limit is {limits.unpacked_bytes / 1e6:,.0f} MB."
            )
        header = tuple(str(column) for column in file.schema_arrow.names)
        rows = (
            row
            for batch in file.iter_batches(batch_size=10_000, use_threads=False)
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        )
        return Sheet(Path(name).stem, header, tuple(rows))
    except MemoryError:
        raise
    except (pyarrow.ArrowException, OSError) as error:
        raise UploadError(
            f"{name!r} cannot be read as a Parquet file ({error}); write it again."
        ) from error


# all formats


def _sheet(file: str, grid: Grid, limits: UploadLimits) -> Sheet:
    """Find the table in the cells of a sheet and check its size."""
    if not grid.rows:
        raise UploadError(f"{file!r} has no rows; choose a file with rows.")
    header, rows, notes = find_table(grid)
    _check_width(file, len(header), limits)
    _check_height(file, len(rows), limits)
    fitted = tuple(_fitted(file, number, row, len(header)) for number, row in rows)
    return Sheet(grid.name, tuple(header), fitted, tuple(notes))


def _fitted(file: str, number: int, line: Sequence[Any], width: int) -> tuple[Any, ...]:
    if any(map(holds, line[width:])):
        raise UploadError(
            f"Row {number:,} of {file!r} has more cells than there are names of columns ({width}); "
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
