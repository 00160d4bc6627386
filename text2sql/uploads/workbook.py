"""The sheets of workbooks: .xlsx, .xlsb, .xls and .ods, read by calamine (Rust)."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from text2sql.errors import UploadError
from text2sql.uploads.cell_kinds import holds
from text2sql.uploads.layout import Grid
from text2sql.uploads.limits import UploadLimits
from text2sql.uploads.numbers import is_currency

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["Page", "read_workbook"]

_FORMATTED = 30  # rows in which the formats of cells are looked up
_INSIDE = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_STYLES = "xl/styles.xml"
#: Texts in the format of a number: [$€-407], "kr", and signs by themselves.
_LITERAL = re.compile(r'\[\$([^\]-]*)|"([^"]*)"|([$€£¥])')


@dataclass(frozen=True)
class Page:
    """A sheet with cells, or the reason why there is none; ``percent`` holds such columns."""

    grid: Grid
    problem: str | None = None
    percent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Shown:
    """How a sheet shows its numbers.

    ``percent`` holds the columns of percentages, and ``currencies`` the currency of each row, from
    1, in columns with several.
    """

    percent: frozenset[int] = frozenset()
    currencies: Mapping[int, Mapping[int, str]] = field(default_factory=dict)

    def with_currencies(self, number: int, row: list[Any]) -> list[Any]:
        """Return a row whose amounts name their currency, where the column has several."""
        for column, units in self.currencies.items():
            if number in units and column < len(row) and isinstance(row[column], int | float):
                row[column] = f"{row[column]:.15g} {units[number]}"
        return row


def read_workbook(name: str, path: Path, limits: UploadLimits) -> Iterator[Page]:
    """Yield the sheets of the workbook at ``path`` that have cells; messages call it ``name``.

    Hidden sheets are left out.

    Raises:
        UploadError: the file is not a workbook, or is too large.
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
        formats = _formats(file, limits)
        for sheet in book.sheets_metadata:
            if "WorkSheet" not in str(sheet.typ):
                continue
            if sheet.visible != SheetVisibleEnum.Visible:
                yield Page(Grid(sheet.name, []), "it is hidden in the workbook")
                continue
            yield _page(book, sheet.name, limits, formats.get(sheet.name, _Shown()))


def _page(book: CalamineWorkbook, title: str, limits: UploadLimits, shown: _Shown) -> Page:
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(title)
        lines = enumerate(sheet.to_python(skip_empty_area=False), start=1)
        filled = ((n, shown.with_currencies(n, row)) for n, row in lines if any(map(holds, row)))
        # a few more than the limit, since titles and totals do not count
        rows = list(islice(filled, limits.rows + 50))
        return Page(Grid(title, rows, sheet.merged_cell_ranges or ()), percent=shown.percent)
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


def _formats(file: IO[bytes], limits: UploadLimits) -> dict[str, _Shown]:
    """Return how each sheet shows its numbers; calamine has no formats.

    All rows are looked at only if the workbook has formats of several currencies.
    """
    import openpyxl

    found: dict[str, _Shown] = {}
    with suppress(Exception):  # not .xlsx, or only calamine can read it: then nothing is known
        rows = limits.rows + 50 if _has_currencies(file) else _FORMATTED
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found[sheet.title] = _shown(islice(sheet.iter_rows(), rows))
    return found


def _has_currencies(file: IO[bytes]) -> bool:
    with zipfile.ZipFile(file) as archive:
        styles = archive.read(_STYLES).decode("utf-8", "replace")
    formats = map(unescape, re.findall(r'formatCode="([^"]*)"', styles))
    return len(set(map(_currency, formats)) - {""}) > 1


def _shown(rows: Iterable[Iterable[Any]]) -> _Shown:
    percent: dict[int, list[bool]] = defaultdict(list)
    currencies: dict[int, dict[int, str]] = defaultdict(dict)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if not isinstance(cell.value, int | float):
                continue
            shown = cell.number_format or ""
            if number <= _FORMATTED:
                percent[place].append("%" in shown)
            if currency := _currency(shown):
                currencies[place][number] = currency
    return _Shown(
        frozenset(place for place, marks in percent.items() if all(marks)),
        {n: units for n, units in currencies.items() if len(set(units.values())) > 1},
    )


def _currency(shown: str) -> str:
    """Return the currency in the format of a number, or nothing."""
    texts = (next(filter(None, match.groups()), "") for match in _LITERAL.finditer(shown))
    return next((text.strip() for text in texts if is_currency(text.strip())), "")
