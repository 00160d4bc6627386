"""Rows as an update of the page's table."""

from __future__ import annotations

from typing import Any

from text2sql.sandbox import QueryResult
from text2sql.ui.rows import rows_table


def settings(rows: tuple[tuple[Any, ...], ...], *columns: str) -> dict[str, Any]:
    table = rows_table(QueryResult(columns, rows, False, 0.0))
    return {
        "value": table.value,
        "datatype": table.datatype,
        "visible": table.visible,
        "search": table.show_search,
    }


def test_numbers_stay_numbers_and_everything_else_becomes_text() -> None:
    found = settings(((1, 2.5, None, "<b>"), (2, 0.1, 3, b"x")), "a", "b", "c", "d")
    assert found["datatype"] == ["number", "number", "str", "str"]
    assert found["value"]["data"] == [[1, 2.5, "NULL", "<b>"], [2, 0.1, "3", "blob, 1 bytes"]]
    assert found["value"]["headers"] == ["a", "b", "c", "d"]


def test_quotients_have_four_decimals_and_what_was_entered_keeps_its_own() -> None:
    rows = ((10 / 3,), (2 / 30000,), (48.8566101,), (0.1 + 0.2,), (1e300 / 3,))
    cells = [[3.3333], [0.00006667], [48.8566101], [0.3], [1e300 / 3]]
    assert settings(rows, "a")["value"]["data"] == cells
    assert settings(((10 / 3,), (None,)), "a")["value"]["data"] == [["3.3333"], ["NULL"]]


def test_a_result_without_rows_hides_the_table() -> None:
    assert rows_table(None).visible is False
    assert settings((), "a")["visible"] is False


def test_only_a_long_table_gets_a_search_field() -> None:
    assert settings(((1,),) * 10, "a")["search"] == "none"
    assert settings(((1,),) * 11, "a")["search"] == "search"
