"""The table of a result's rows on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import gradio as gr

from text2sql.query.headings import headings
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema
from text2sql.ui.cells import rounded, show

__all__ = ["LONGEST_CELL", "in_words", "rows_table"]

LONGEST_CELL = 120  # characters shown; a click shows all
_FEW_ROWS = 10  # up to here, a table has no search field and no buttons

ColumnKind = Literal["str", "number"]


def in_words(result: QueryResult, sql: str, schema: Schema) -> QueryResult:
    """Return the result of ``sql`` with headings in English."""
    return replace(result, columns=headings(sql, schema, result.columns))


def rows_table(result: QueryResult | None) -> gr.Dataframe:
    """Return an update of the table; it is hidden without rows, and cells are text, not markup."""
    if result is None or not result.rows:
        return gr.Dataframe({"headers": [], "data": []}, visible=False)
    kinds = [_kind(column) for column in zip(*result.rows, strict=True)]
    cells = [
        [
            rounded(value) if kind == "number" else show(rounded(value))
            for value, kind in zip(row, kinds, strict=True)
        ]
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


def _kind(column: tuple[Any, ...]) -> ColumnKind:
    """Return the type of a column; numbers with a NULL among them are shown as text."""
    return "number" if all(isinstance(value, int | float) for value in column) else "str"
