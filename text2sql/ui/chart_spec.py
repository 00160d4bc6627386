"""Charts as Vega-Lite specifications, which Gradio's plot component draws in the page's colors.

Names and labels of a database appear only as data and titles, never as field names or expressions,
so nothing in them is interpreted. https://vega.github.io/vega-lite/docs/spec.html
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from gradio.components.plot import AltairPlotData

from text2sql.ui.chart import Chart, Mark

__all__ = ["chart_plot", "chart_spec"]

_BAR_PX = 26  # of each bar, with the space around it
_HEIGHT_PX = 280  # of a line or of points
_LABEL_PX = 180
_DRAWN_AS: dict[str, str] = {"bars": "bar", "line": "line", "points": "scatter"}
_WORDS = {"bars": "Bars", "line": "A line", "points": "Points"}

Spec = dict[str, Any]


def chart_plot(chart: Chart) -> AltairPlotData:
    """Return the value of a ``gr.Plot`` that shows ``chart``."""
    drawn: Any = _DRAWN_AS[chart.kind]
    return AltairPlotData(chart=drawn, plot=json.dumps(chart_spec(chart)))


def chart_spec(chart: Chart) -> Spec:
    """Return the specification; its description is what a screen reader says."""
    drawn = {"bars": _bars, "line": _line, "points": _points}[chart.kind](chart)
    said = f"{_WORDS[chart.kind]}: {chart.value} by {chart.label}, {len(chart.marks)} values"
    data = {"values": [_row(chart, mark) for mark in chart.marks]}
    return {"description": said, "background": "transparent", "data": data, **drawn}


def _row(chart: Chart, mark: Mark) -> Spec:
    at = _moment(mark.at) if chart.kind == "line" else mark.at
    return {"label": mark.label, "value": mark.value, "at": at}


def _moment(days: float) -> str:
    """Return a time in days since year 1 in ISO format."""
    return (datetime(1, 1, 1) + timedelta(days=days - 1)).isoformat()


def _axis(field: str, title: str, kind: str = "quantitative", **more: Any) -> Spec:
    return {"field": field, "type": kind, "title": title, **more}


def _tooltip(chart: Chart) -> list[Spec]:
    return [_axis("label", chart.label, "nominal"), _axis("value", chart.value)]


def _bars(chart: Chart) -> Spec:
    label = {"labelLimit": _LABEL_PX, "ticks": False, "labelPadding": 6}
    places = {
        "y": _axis("label", chart.label, "nominal", sort=None, axis=label),
        "x": _axis("value", chart.value, axis={"tickCount": 4}),
        "tooltip": _tooltip(chart),
    }
    return {"height": _BAR_PX * len(chart.marks), "mark": "bar", "encoding": places}


def _line(chart: Chart) -> Spec:
    places = {
        "x": _axis("at", chart.label, "temporal"),
        "y": _axis("value", chart.value, scale={"zero": False}),
        "tooltip": _tooltip(chart),
    }
    marks: list[Spec] = [{"mark": kind, "encoding": {}} for kind in ("line", "point")]
    return {"height": _HEIGHT_PX, "encoding": places, "layer": marks}


def _points(chart: Chart) -> Spec:
    tooltip = [_axis("at", chart.label), _axis("value", chart.value)]
    return {
        "height": _HEIGHT_PX,
        "mark": "point",
        "encoding": {
            "x": _axis("at", chart.label, scale={"zero": False}),
            "y": _axis("value", chart.value, scale={"zero": False}),
            "tooltip": tooltip,
        },
    }
