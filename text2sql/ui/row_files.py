"""Downloads of the rows of a result: CSV, Excel and JSON.

Spreadsheets run cells that look like formulas, and anybody may have written the values in a
database. So text cells of a CSV file that look like formulas get a leading apostrophe, as OWASP
advises, unless the caller asks for raw values. In Excel files, text cells are typed as text.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.sandbox import QueryResult, plain_value

__all__ = ["KINDS", "RowFile", "csv_text", "guarded", "json_text", "row_file", "xlsx_bytes"]

#: The types of files, with their names on buttons.
KINDS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_EXACT = 2**53  # larger numbers lose digits in a spreadsheet
_SHEET = "Rows"
_GUARDED = (
    "Some cells look like formulas. In this file they start with an apostrophe, so that no "
    "spreadsheet runs them. For the unchanged values, use text2sql run --csv in a terminal."
)


@dataclass(frozen=True)
class RowFile:
    """A download: its name, its content (Excel's in base64), and what to know about it."""

    name: str
    content: str
    note: str = ""


def row_file(kind: str, db_id: str, result: QueryResult) -> RowFile:
    """Return the rows of a query on the database ``db_id`` as a file of one of ``KINDS``.

    If a limit cut the rows off, the file's name says how many it has, because a program could
    mistake a note in the file for a row. So do the name of Excel's sheet and a field of JSON.
    """
    count = len(result.rows)
    name = f"{db_id}-first-{count}-rows" if result.truncated else db_id
    notes = []
    if result.truncated:
        notes = [
            f"The file has the first {count:,} rows, and the query returns more. For all of them, "
            "use text2sql run --csv --max-rows in a terminal."
        ]
    if kind == "xlsx":
        sheet = f"First {count} rows" if result.truncated else _SHEET
        content = b64encode(xlsx_bytes(result.columns, result.rows, sheet)).decode()
    elif kind == "json":
        content = json_text(result.columns, result.rows, result.truncated)
    else:
        content = csv_text(result.columns, result.rows)
        if content != csv_text(result.columns, result.rows, raw=True):
            notes.append(_GUARDED)
    return RowFile(f"{name}.{kind}", content, " ".join(notes))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], raw: bool = False) -> str:
    """Return RFC 4180 text with a header; NULL is an empty field, a blob is hexadecimal.

    Unless ``raw`` is set, no cell can run as a formula.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in (columns, *rows):
        writer.writerow([_plain(value) if raw else guarded(_plain(value)) for value in row])
    return file.getvalue()


def guarded(value: Any) -> Any:
    """Return ``value``, with a leading apostrophe if a spreadsheet would run it as a formula."""
    risky = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def json_text(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], truncated: bool = False
) -> str:
    """Return ``columns`` and ``rows`` as a JSON object, which keeps types and duplicate names.

    ``truncated`` says that the query returns more rows.
    """
    found = {
        "columns": list(columns),
        "rows": [list(map(plain_value, row)) for row in rows],
        "truncated": truncated,
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = _SHEET) -> bytes:
    """Return an Excel workbook with one sheet of numbers and texts, and no formulas."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in (columns, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _cell(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl treats a text that starts with = as a formula
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _cell(value: Any) -> Any:
    """Convert a value to what a cell can hold without loss, and replace control characters."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    value = plain_value(_plain(value))
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", value) if isinstance(value, str) else value
