"""Which results make a picture, and that the picture tells the truth."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from text2sql.sandbox import QueryResult
from text2sql.ui.chart import Chart, Mark, chart_of, no_chart
from text2sql.ui.chart_spec import chart_plot, chart_spec


def result(columns: str, *rows: tuple[Any, ...], truncated: bool = False) -> QueryResult:
    return QueryResult(tuple(columns.split()), rows, truncated, 0.0)


def test_a_category_and_a_number_are_bars_in_the_order_of_the_rows() -> None:
    found = chart_of(result("town total", ("York", 3), (None, 1.5)))
    assert found == Chart("bars", "town", "total", (Mark("York", 3), Mark("NULL", 1.5)))


def test_the_number_may_stand_first() -> None:
    found = chart_of(result("count(*) town", (3, "York"), (1, "Ghent")))
    assert found == Chart("bars", "town", "count(*)", (Mark("York", 3), Mark("Ghent", 1)))


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("built_year", (2021, 2019, 2020)),
        ("Year", ("2021", "2019", "2020")),
        ("month", ("2020-03", "2020-01", "2020-02")),
        ("day", ("2020-01-03", "2020-01-01", "2020-01-02")),
        ("at", ("2020-01-01 11:00", "2020-01-01 09:00", "2020-01-01 10:00:00")),
    ],
)
def test_a_time_and_a_number_are_a_line_in_the_order_of_time(
    name: str, times: tuple[Any, ...]
) -> None:
    found = chart_of(result(f"{name} n", *zip(times, (3, 1, 2), strict=True)))
    assert found is not None
    assert (found.kind, [mark.value for mark in found.marks]) == ("line", [1, 2, 3])


def test_totals_and_averages_are_measures_whatever_they_are_of() -> None:
    for heading in ("total_number", "average_price_per_day", "number_of_the_year"):
        named = QueryResult(("town", heading.replace("_", " ")), (("A", 1), ("B", 2)), False, 0.0)
        found = chart_of(named)
        assert found is not None
        assert found.kind == "bars"


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (result("a b", (1, 2), (3, 4), truncated=True), "the query returns more than 2 rows"),
        (result("a b c", (1, 2, 3)), "these rows have 3 columns"),
        (result("a b", ("x", "y")), "these rows suit none"),
    ],
)
def test_whoever_asked_for_a_chart_is_told_why_there_is_none(
    shown: QueryResult, reason: str
) -> None:
    assert no_chart(shown).startswith(f"You asked for a chart, but {reason}")


@pytest.mark.parametrize(
    "shown",
    [
        None,
        result("n", (1,), (2,)),
        result("a b c", ("x", "y", 1), ("z", "w", 2)),
        result("town total"),
        result("town total", ("York", 3)),
        result("town total", ("York", 3), ("Ghent", 4), truncated=True),
        result("town total", ("York", 3), ("Ghent", None)),
        result("town total", ("York", 3), ("York", 4)),
        result("town total", ("York", 3), ("Ghent", float("inf"))),
        result("town mayor", ("York", "Ann"), ("Ghent", "Bo")),
        result("name singer_id", ("Ann", 1), ("Bo", 2)),
        result("name founded_year", ("Ann", 1999), ("Bo", 2001)),
        result("seats rows", (1, 2), (3, 4)),
        result("name n", *((f"n{i}", i) for i in range(41))),
        result("year n", (2019, 1), (2020, 2)),
    ],
    ids=str,
)  # fmt: skip
def test_other_results_have_no_chart(shown: QueryResult | None) -> None:
    assert chart_of(shown) is None


def test_two_measures_are_points_only_if_a_chart_is_asked_for() -> None:
    cars = result("horsepower weight", (130, 3504.0), (None, 3000), (165, 3693))
    assert chart_of(cars) is None
    marks = (Mark("3504", 130, 3504.0), Mark("3693", 165, 3693.0))
    assert chart_of(cars, asked=True) == Chart("points", "weight", "horsepower", marks)


def test_bars_keep_the_order_of_the_rows() -> None:
    spec = chart_spec(Chart("bars", "town", "total", (Mark("b", 30), Mark("a", -10))))
    assert spec["data"]["values"] == [
        {"label": "b", "value": 30, "at": 0.0},
        {"label": "a", "value": -10, "at": 0.0},
    ]
    assert (spec["encoding"]["y"]["sort"], spec["encoding"]["x"]["title"]) == (None, "total")
    assert spec["description"] == "Bars: total by town, 2 values"


def test_a_line_has_its_points_at_their_times() -> None:
    marks = tuple(
        Mark(f"2020-01-0{day}", day, date(2020, 1, day).toordinal() + 0.5) for day in (1, 2)
    )
    spec = chart_spec(Chart("line", "day", "n", marks))
    assert [row["at"] for row in spec["data"]["values"]] == [
        "2020-01-01T12:00:00",
        "2020-01-02T12:00:00",
    ]


@pytest.mark.parametrize("kind", ["bars", "line", "points"])
def test_names_of_a_database_are_titles_and_data_never_fields(kind: Any) -> None:
    marks = tuple(Mark("datum.x[0]", n, at=n + 1) for n in range(3))
    spec = json.loads(chart_plot(Chart(kind, "a.b[c]", "d\\'e", marks)).plot)
    fields = set(re.findall(r'"field": "(\w+)"', json.dumps(spec)))
    assert fields <= {"label", "value", "at"}
    assert "a.b[c]" in json.dumps(spec["encoding"])
