"""The sheets of workbooks: .xlsx, .xlsb, .xls and .ods, read by calamine (Rust)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from text2sql.errors import UploadError
from text2sql.uploads.layout import Grid, holds
from text2sql.uploads.limits import UploadLimits

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["Page", "read_workbook"]

_FORMATTED = 30  # rows in which the formats of cells are looked up
_INSIDE = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


@dataclass(frozen=True)
class Page:
    """A sheet with cells, or the reason why there is none; ``percent`` holds such columns."""

    grid: Grid
    problem: str | None = None
    percent: frozenset[int] = frozenset()


def read_workbook(name: str, path: Path, limits: UploadLimits) -> Iterator[Page]:
    """Yield the sheets of the workbook at ``path`` that have cells; messages call it ``name``.

    Hidden sheets are left out.

    Raises:
        UploadError: the file is no workbook, or it is too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    with path.open("rb") as file:
        _check_archive(name, file, limits)
        file.seek(0)
        try:
            book = CalamineWorkbook.from_filelike(file)
        except PasswordError as error:
            raise UploadError(
                f"{name!r} has a password; save it without one, and upload it again."
            ) from error
        except (CalamineError, OSError, ValueError) as error:
            raise UploadError(
                f"{name!r} cannot be read as a workbook ({error}); save it as .xlsx again."
            ) from error
        formats = _percent_columns(file)
        for sheet in book.sheets_metadata:
            if "WorkSheet" not in str(sheet.typ):
                continue
            if sheet.visible != SheetVisibleEnum.Visible:
                yield Page(Grid(sheet.name, []), "it is hidden in the workbook")
                continue
            yield _page(book, sheet.name, limits, formats.get(sheet.name, frozenset()))


def _page(
    book: CalamineWorkbook, title: str, limits: UploadLimits, percent: frozenset[int]
) -> Page:
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(title)
        lines = enumerate(sheet.to_python(skip_empty_area=False), start=1)
        filled = ((number, row) for number, row in lines if any(map(holds, row)))
        # a few more than the limit, since titles and totals do not count
        rows = list(islice(filled, limits.rows + 50))
        return Page(Grid(title, rows, sheet.merged_cell_ranges or ()), percent=percent)
    except (CalamineError, ValueError) as error:
        return Page(Grid(title, []), f"it cannot be read ({error})")


def _check_archive(name: str, file: IO[bytes], limits: UploadLimits) -> None:
    """Refuse an archive whose unpacked size is too large; readers enforce its declared sizes."""
    if file.read(2) != b"PK":  # Excel 97 to 2003, which is not packed
        return
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            named = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UploadError(
            f"{name!r} cannot be read as a workbook ({error}); save it as .xlsx again."
        ) from error
    if unpacked > limits.unpacked_bytes:
        raise UploadError(
            f"{name!r} would unpack to {unpacked / 1e6:,.0f} MB; "
            f"the limit is {limits.unpacked_bytes / 1e6:,.0f} MB."
        )
    if not named & set(_INSIDE):
        raise UploadError(
            f"{name!r} is a ZIP archive, not a workbook; unpack it and upload its files."
        )


def _percent_columns(file: IO[bytes]) -> dict[str, frozenset[int]]:
    """Return the columns of each sheet that are shown as percentages; calamine has no formats."""
    import openpyxl

    found: dict[str, frozenset[int]] = {}
    with suppress(Exception):  # not .xlsx, or only calamine can read it: then nothing is known
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = [list(row) for row in islice(sheet.iter_rows(), _FORMATTED)]
            found[sheet.title] = _shown_as_percent(rows)
    return found


def _shown_as_percent(rows: list[list[Any]]) -> frozenset[int]:
    shown: dict[int, list[bool]] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell.value, int | float):
                shown.setdefault(place, []).append("%" in (cell.number_format or ""))
    return frozenset(place for place, marks in shown.items() if all(marks))
