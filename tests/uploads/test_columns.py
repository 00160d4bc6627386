"""What the cells of a column are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from text2sql.uploads.columns import typed_column
from text2sql.uploads.typed_column import TypedColumn


@pytest.mark.parametrize(
    ("cells", "declared", "kept"),
    [
        (["1", "-2", ""], "INTEGER", (1, -2, None)),
        (["1", "2.5", "1e3"], "REAL", (1.0, 2.5, 1000.0)),
        (["1,234", "12,345,678"], "INTEGER", (1234, 12345678)),
        (["3", "N/A", "5"], "INTEGER", (3, None, 5)),
        (["007", "123"], "TEXT", ("007", "123")),  # a code
        (["NA", "DE"], "TEXT", ("NA", "DE")),  # Namibia
        (["12345678901234567890"], "TEXT", ("12345678901234567890",)),
        (["1", "two"], "TEXT", ("1", "two")),
        (["", None], "TEXT", (None, None)),
        ([" Zoë ", "a\0b"], "TEXT", ("Zoë", "ab")),
        (["2024-02-29", None], "DATE", ("2024-02-29", None)),
        (["2024-02-29 10:00", "2024-03-01"], "DATETIME", ("2024-02-29 10:00", "2024-03-01")),
        (["2023-02-29"], "TEXT", ("2023-02-29",)),  # no such day
        (["24.12.2024", "1.2.2024"], "DATE", ("2024-12-24", "2024-02-01")),
        (["12/24/2024", "1/2/2024"], "DATE", ("2024-12-24", "2024-01-02")),
        (["24/12/2024", "1/2/2024"], "DATE", ("2024-12-24", "2024-02-01")),
        (["2024/12/24"], "DATE", ("2024-12-24",)),
        (["1/2/2024"], "DATE", ("2024-01-02",)),  # which its note says
        ([1.0, 2, None], "INTEGER", (1, 2, None)),
        ([1.5, float("nan")], "REAL", (1.5, None)),
        ([float("inf"), 1], "REAL", (float("inf"), 1.0)),
        ([2**70], "REAL", (float(2**70),)),
        ([Decimal("1.50"), Decimal("2")], "REAL", (1.5, 2.0)),
        ([True, None, False], "BOOLEAN", (1, None, 0)),
        ([date(2024, 1, 2), datetime(2024, 1, 3)], "DATE", ("2024-01-02", "2024-01-03")),
        ([datetime(2024, 1, 2, 3, 4)], "DATETIME", ("2024-01-02 03:04:00",)),
        ([b"\x00\x01"], "BLOB", (b"\x00\x01",)),
        ([{"a": [1]}, "x"], "TEXT", ('{"a": [1]}', "x")),
        ([1, "x", b"\xff"], "TEXT", ("1", "x", "ff")),
        ([], "TEXT", ()),
    ],
)
def test_a_column_has_the_type_on_which_every_cell_agrees(
    cells: list[Any], declared: str, kept: tuple[Any, ...]
) -> None:
    assert typed_column(cells) == TypedColumn(declared, kept)


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        (["$5", "€6"], "$, €"),
        (["$1,234.50", "1.234,50 €", "3"], "$, €"),  # in two notations
        (["5 USD", "6 EUR", "7 CHF"], "CHF, EUR, USD"),
        (["5 kg", "6 lb"], "kg, lb"),
        ([*["$5"] * 10, "€6", "TBD"], "$, €"),
    ],
)
def test_different_currencies_stay_apart_and_are_said(cells: list[str], units: str) -> None:
    column = typed_column(cells)
    assert column == TypedColumn("TEXT", tuple(cells))
    assert column.note == (
        f"it stays text because its cells have different units ({units}), which a sum would add "
        "up as if they were one."
    )
    forced = typed_column(cells, chosen="number")
    assert forced.declared in ("INTEGER", "REAL")
    assert f"as you chose; its units ({units}) are added up as if they were one" in forced.note


@pytest.mark.parametrize("cells", [["€5", "6 EUR"], ["£5", "GBP 6", "7"], ["US$5", "6 USD"]])
def test_a_sign_and_its_code_are_one_currency(cells: list[str]) -> None:
    assert typed_column(cells).declared == "INTEGER"
    assert "added up" not in typed_column(cells, chosen="number").note
