"""Choice of a chart for a result: bars for categories, a line for times, points, or none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from text2sql.sandbox import QueryResult
from text2sql.ui.cells import show
from text2sql.wording import counted, cut

__all__ = ["Chart", "Mark", "chart_of", "no_chart"]

_NEEDED = "a chart needs one column of names or times and one of numbers, or two of numbers"

_MOST_BARS = 40
_FEWEST_MARKS = {"bars": 2, "line": 3, "points": 2}
_LONGEST_LABEL = 60
# columns of numbers that identify things rather than measure them
_NAMES = re.compile(r"(^|[_\W])(id|code|key|no|nr|number|phone|zip|postcode|year|month|day)$", re.I)
# headings of what SQL computes, whose last word is that of a column
_COMPUTED = re.compile(r"(total|average|number|percentage) ", re.I)
_YEARS = re.compile(r"(^|[_\W])years?($|[_\W])", re.I)
_MONTH = re.compile(r"\d{4}-\d{2}$")


ChartKind = Literal["bars", "line", "points"]


@dataclass(frozen=True)
class Mark:
    """One bar or one point; ``at`` is its time in days, or its number on the first axis."""

    label: str
    value: float
    at: float = 0.0


@dataclass(frozen=True)
class Chart:
    """Bars in the order of the rows, a line in the order of time, or points of two measures.

    ``label`` and ``value`` name the axes.
    """

    kind: ChartKind
    label: str
    value: str
    marks: tuple[Mark, ...]


def chart_of(result: QueryResult | None, asked: bool = False) -> Chart | None:
    """Return a chart of ``result``, or None if no chart suits it.

    A chart needs two columns, one of them a measure. Truncated results get none, because their
    chart would mislead. Two measures are drawn only if a chart was ``asked`` for.
    """
    if result is None or result.truncated or len(result.columns) != 2:
        return None
    columns = list(zip(*result.rows, strict=True)) or [(), ()]
    for label, value in ((0, 1), (1, 0)):
        if _measures(result.columns[value], columns[value]):
            chart = _chart(result.columns[label], columns[label], columns[value])
            if chart is not None and len(chart[1]) >= _FEWEST_MARKS[chart[0]]:
                return Chart(chart[0], result.columns[label], result.columns[value], chart[1])
    return _points(result, columns) if asked else None


def no_chart(result: QueryResult) -> str:
    """Return why ``result`` has no chart, for a visitor who asked for one."""
    if result.truncated:
        why = (
            f"the query returns more than {len(result.rows):,} rows, and a chart of the first ones "
            "would mislead. Ask for fewer, such as the total of each group"
        )
    elif len(result.columns) != 2:
        why = f"these rows have {counted(len(result.columns), 'column')}, and {_NEEDED}"
    else:
        why = f"these rows suit none: {_NEEDED}, each name once and at most {_MOST_BARS} of them"
    return f"You asked for a chart, but {why}."


def _points(result: QueryResult, columns: Sequence[Sequence[Any]]) -> Chart | None:
    """Return points for "plot A against B": A on the vertical axis, rows without either left out.

    The columns stand in the order in which the question names them.
    """
    known = [(y, x) for y, x in zip(*columns, strict=True) if y is not None and x is not None]
    if len(known) < _FEWEST_MARKS["points"] or not all(
        isinstance(value, int | float) and math.isfinite(value) for pair in known for value in pair
    ):
        return None
    marks = tuple(Mark(show(x), y, float(x)) for y, x in known)
    return Chart("points", result.columns[1], result.columns[0], marks)


def _chart(
    name: str, labels: Sequence[Any], values: Sequence[float]
) -> tuple[ChartKind, tuple[Mark, ...]] | None:
    if len(set(labels)) != len(labels):
        return None
    times = [_time(name, label) for label in labels]
    known = [time for time in times if time is not None]
    if len(known) == len(labels):
        marks = [Mark(show(x), y, at) for x, y, at in zip(labels, values, known, strict=True)]
        return "line", tuple(sorted(marks, key=lambda mark: mark.at))
    words = all(label is None or isinstance(label, str) for label in labels)
    if not words or len(labels) > _MOST_BARS:
        return None
    names = (cut(show(label), _LONGEST_LABEL) for label in labels)
    return "bars", tuple(Mark(name, y) for name, y in zip(names, values, strict=True))


def _measures(name: str, values: Sequence[Any]) -> bool:
    """Whether a column is a measure: numbers without gaps, but not ids, years and the like."""
    numbers = all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    return numbers and bool(_COMPUTED.match(name) or not _NAMES.search(name))


def _time(name: str, value: Any) -> float | None:
    """Return a point in time in days, or None if ``value`` is not one."""
    if isinstance(value, int):
        return date(value, 1, 1).toordinal() if _YEARS.search(name) and 0 < value < 9999 else None
    if not isinstance(value, str):
        return None
    text = f"{value}-01" if _MONTH.match(value) else value
    if _YEARS.search(name) and text.isdecimal() and len(text) == 4 and text != "0000":
        return date(int(text), 1, 1).toordinal()
    if text.isdecimal():  # 20240131 may be a number as well
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440
