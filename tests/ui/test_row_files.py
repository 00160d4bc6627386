"""Rows as files: what reads back, and what a spreadsheet must not run."""

from __future__ import annotations

import base64
import csv
import io
import json
import math

import pytest
from openpyxl import load_workbook

from text2sql.sandbox import QueryResult
from text2sql.ui.row_files import KINDS, csv_text, guarded, json_text, row_file, xlsx_bytes

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
    "＝1", "-", "=", "+49 30 1234", '=HYPERLINK("http://evil","x")', "-1e", "--1",
)  # fmt: skip
HARMLESS = ("a=b", "1-2", "'=1", "", "x", "-5", "+5.25", "-1e6", "-.5", "Zoë", "a,b")


def test_a_csv_file_reads_back_as_what_was_shown() -> None:
    text = csv_text(["a", 'b "c"'], [(1, "x,\r\ny"), (None, "é"), (0.1 + 0.2, b"\xff")])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a", 'b "c"'],
        ["1", "x,\r\ny"],
        ["", "é"],
        ["0.30000000000000004", "ff"],
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    rows = csv.reader(io.StringIO(csv_text([text], [(text, 1)]), newline=""))
    assert list(rows) == [[f"'{text}"], [f"'{text}", "1"]]


@pytest.mark.parametrize("value", [*HARMLESS, -5, -2.5, None, 10**30, -math.inf])
def test_numbers_and_other_texts_stay_as_they_are(value: object) -> None:
    assert guarded(value) == value


def test_the_raw_form_changes_nothing() -> None:
    rows = [(text,) for text in FORMULAS]
    read = csv.reader(io.StringIO(csv_text(["a"], rows, raw=True), newline=""))
    assert list(read) == [["a"], *([text] for text in FORMULAS)]


def test_a_workbook_holds_numbers_as_numbers_and_no_formula() -> None:
    rows = [(text, -5, 2.5, None, b"\xff", 10**20, math.inf, "\x00bell") for text in FORMULAS]
    columns = [f"=c{n}" for n in range(8)]
    sheet = load_workbook(io.BytesIO(xlsx_bytes(columns, rows))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    read = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert read[0] == tuple(columns)
    assert [row[1:] for row in read[1:]] == [
        (-5, 2.5, None, "ff", "1" + "0" * 20, "inf", "\ufffdbell") for _ in rows
    ]
    texts = [str(row[0]).replace("\r", "\n") for row in read[1:]]
    assert texts == [text.replace("\r", "\n") for text in FORMULAS]


def test_json_keeps_types_order_and_columns_of_the_same_name() -> None:
    found = json.loads(json_text(["a", "a"], [(1, "=1"), (None, b"\xff"), (math.inf, 0.5)]))
    assert found == {
        "columns": ["a", "a"],
        "rows": [[1, "=1"], [None, "0xff"], ["inf", 0.5]],
        "truncated": False,
    }


def test_a_file_whose_rows_were_cut_off_says_so_in_its_name_and_nowhere_among_the_rows() -> None:
    cut = QueryResult(("a",), ((1,), (2,)), truncated=True, elapsed_s=0.0)
    files = {kind: row_file(kind, "shop", cut) for kind in KINDS}
    assert [file.name for file in files.values()] == [
        "shop-first-2-rows.csv",
        "shop-first-2-rows.xlsx",
        "shop-first-2-rows.json",
    ]
    assert {file.note for file in files.values()} == {
        "The file has the first 2 rows, and the query returns more. For all of them, use "
        "text2sql run --csv --max-rows in a terminal."
    }
    assert files["csv"].content == "a\r\n1\r\n2\r\n"
    book = load_workbook(io.BytesIO(base64.b64decode(files["xlsx"].content)))
    assert book.sheetnames == ["First 2 rows"]
    assert json.loads(files["json"].content)["truncated"] is True


def test_a_file_with_all_rows_is_named_after_its_database() -> None:
    whole = QueryResult(("a",), ((1,),), truncated=False, elapsed_s=0.0)
    file = row_file("csv", "shop", whole)
    assert (file.name, file.note) == ("shop.csv", "")
