"""Charts as HTML, with text of constant size and the colors of the page."""

from __future__ import annotations

from markupsafe import Markup

from text2sql.ui.cells import show
from text2sql.ui.chart import Chart, Mark

__all__ = ["chart_html"]

_TIMES_SHOWN = 3
_DOTS = 60  # with more points, the dots would overlap


def chart_html(chart: Chart) -> Markup:
    """Draw ``chart`` with its numbers; a screen reader gets a label and reads the table of rows."""
    body = _bars(chart) if chart.kind == "bars" else _line(chart)
    what = "Bars" if chart.kind == "bars" else "A line"
    said = f"{what}: {chart.value} by {chart.label}, {len(chart.marks)} values"
    return Markup(
        '<figure class="t2s-chart" role="img" aria-label="{}">'
        '<figcaption aria-hidden="true">{} by {}'
        "</figcaption>{}</figure>"
    ).format(said, chart.value, chart.label, body)


def _range(marks: tuple[Mark, ...], zero: bool) -> tuple[float, float]:
    """Return the smallest and the largest value to show, which always differ."""
    values = [mark.value for mark in marks] + ([0.0] if zero else [])
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 1, high + 1) if low else (0.0, 1.0)


def _bars(chart: Chart) -> Markup:
    low, high = _range(chart.marks, zero=True)
    start, size = min(low, 0.0), max(high, 0.0) - min(low, 0.0)
    rows = []
    for mark in chart.marks:
        left = 100 * (min(mark.value, 0.0) - start) / size
        width = 100 * abs(mark.value) / size
        rows.append(
            Markup(
                '<div class="t2s-bar-name" title="{}">{}</div>'
                '<div class="t2s-bar-room"><div style="margin-left:{:.2f}%;width:{:.2f}%">'
                "</div></div><div>{}</div>"
            ).format(mark.label, mark.label, left, width, show(mark.value))
        )
    return Markup('<div class="t2s-bars">{}</div>').format(Markup("").join(rows))


def _line(chart: Chart) -> Markup:
    low, high = _range(chart.marks, zero=False)
    first, last = chart.marks[0].at, chart.marks[-1].at
    points = [
        (100 * (mark.at - first) / (last - first), 100 * (high - mark.value) / (high - low), mark)
        for mark in chart.marks
    ]
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y, _ in points)
    dots = (
        Markup("").join(_dot(x, y, mark) for x, y, mark in points) if len(points) <= _DOTS else ""
    )
    step = (len(points) - 1) / (_TIMES_SHOWN - 1)
    times = [points[round(step * n)][2].label for n in range(_TIMES_SHOWN)]
    return Markup(
        '<div class="t2s-line"><div class="t2s-line-values"><span>{}</span>'
        "<span>{}</span></div><div class='t2s-line-room'>"
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}"/></svg>{}</div>'
        '<div class="t2s-line-times">{}</div>'
        "</div>"
    ).format(
        show(high),
        show(low),
        path,
        dots,
        Markup("").join(Markup("<span>{}</span>").format(t) for t in times),
    )


def _dot(x: float, y: float, mark: Mark) -> Markup:
    title = f"{mark.label}: {show(mark.value)}"
    return Markup('<i title="{}" style="left:{:.2f}%;top:{:.2f}%"></i>').format(title, x, y)
