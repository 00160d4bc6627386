"""Rows of a result as a table on the page."""

from __future__ import annotations

from typing import Any, Literal

import gradio as gr

from text2sql.sandbox import QueryResult
from text2sql.ui.cells import show

__all__ = ["LONGEST_CELL", "rows_table"]

LONGEST_CELL = 120  # characters shown; a click shows all
_FEW_ROWS = 10  # up to here a table needs no tools

Kind = Literal["str", "number"]


def rows_table(result: QueryResult | None) -> gr.Dataframe:
    """An update of the table of rows: hidden where there are none; cells are text, never markup."""
    if result is None or not result.rows:
        return gr.Dataframe({"headers": [], "data": []}, visible=False)
    kinds = [_kind(column) for column in zip(*result.rows, strict=True)]
    cells = [
        [value if kind == "number" else show(value) for value, kind in zip(row, kinds, strict=True)]
        for row in result.rows
    ]
    many = len(result.rows) > _FEW_ROWS
    return gr.Dataframe(
        {"headers": list(result.columns), "data": cells},
        datatype=kinds,
        visible=True,
        show_search="search" if many else "none",
        buttons=["copy", "fullscreen"] if many else [],
    )


def _kind(column: tuple[Any, ...]) -> Kind:
    """Numbers stand on the right and sort as numbers; a NULL among them makes them text."""
    return "number" if all(isinstance(value, int | float) for value in column) else "str"
