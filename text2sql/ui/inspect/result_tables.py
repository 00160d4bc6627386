"""The rows of the prediction and of the gold query side by side, with differences marked."""

from __future__ import annotations

from collections.abc import Set

from markupsafe import Markup

from text2sql.compare import RowMarks, row_marks
from text2sql.metrics import Execution
from text2sql.sandbox import QueryResult
from text2sql.ui.cells import html_table
from text2sql.wording import counted

__all__ = ["result_tables"]

SHOWN = 50  # rows of each result; with more, those that differ come first

_MISSING = ("−", "missing from the prediction")
_EXTRA = ("+", "not in the gold")


def result_tables(run: Execution) -> tuple[Markup, Markup]:
    """Return the rows of the prediction and of the gold query as escaped HTML."""
    marks = row_marks(run) or RowMarks()
    return (
        _table(run.prediction, marks.extra, _EXTRA, "Rows of the prediction"),
        _table(run.gold, marks.missing, _MISSING, "Rows of the gold query"),
    )


def _table(result: QueryResult, marked: Set[int], mark: tuple[str, str], caption: str) -> Markup:
    if result.error is not None:
        return Markup('<p class="t2s-alert">{}</p>').format(result.error)
    if not result.rows:
        return Markup('<p class="t2s-hint">No rows.</p>')
    places = _shown(len(result.rows), marked)
    marks = {n: mark for n, place in enumerate(places) if place in marked} if marked else None
    table = html_table(result.columns, [result.rows[place] for place in places], caption, marks)
    return Markup(
        '<p class="t2s-hint">{}</p>'
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="{}">{}</div>'
    ).format(_size(result, len(places), len(marked)), caption, table)


def _shown(rows: int, marked: Set[int]) -> list[int]:
    """Return the rows to show: all in order, or the marked ones first if there are too many."""
    if rows <= SHOWN:
        return list(range(rows))
    first = sorted(marked)[:SHOWN]
    others = (place for place in range(rows) if place not in marked)
    return first + [place for place, _ in zip(others, range(SHOWN - len(first)), strict=False)]


def _size(result: QueryResult, shown: int, marked: int) -> str:
    more = "more than " if result.truncated else ""
    differ = f", {marked:,} marked" if marked else ""
    part = ""
    if shown < len(result.rows):
        part = f"; {shown} are shown" + (", the marked ones first" if marked else "")
    return f"{more}{counted(len(result.rows), 'row')}{differ}{part}"
