"""Rows of a result as files to take home: CSV, Excel, JSON.

A spreadsheet runs a cell that starts like a formula, and what stands in a database may have been
written by anybody. So cells of a CSV file that would run get an apostrophe before them, by OWASP's
rule, unless somebody asks for the rows as they are; in an Excel file every text is a text.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from text2sql.sandbox import plain_value

__all__ = ["csv_text", "guarded", "json_text", "xlsx_bytes"]

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_EXACT = 2**53  # beyond it a spreadsheet's numbers lose digits
_SHEET = "Rows"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], raw: bool = False) -> str:
    """RFC 4180 text with a header; NULL is an empty field, a blob is hexadecimal.

    Unless ``raw``, no cell runs in a spreadsheet.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in (columns, *rows):
        writer.writerow([_plain(value) if raw else guarded(_plain(value)) for value in row])
    return file.getvalue()


def guarded(value: Any) -> Any:
    """``value`` with an apostrophe before it where a spreadsheet would take it for a formula."""
    risky = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def json_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """``columns`` and ``rows`` as one JSON object, which keeps types, order and equal names."""
    found = {"columns": list(columns), "rows": [list(map(plain_value, row)) for row in rows]}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An Excel workbook of one sheet: numbers and texts, and nothing that is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    for row in (columns, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _cell(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl takes a text that starts with = for a formula
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _cell(value: Any) -> Any:
    """What a cell can hold: a number that keeps its digits, a text without control characters."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    value = plain_value(_plain(value))
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", value) if isinstance(value, str) else value
