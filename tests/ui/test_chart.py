"""Which results make a picture, and that the picture tells the truth."""

from __future__ import annotations

import re
from typing import Any

import pytest

from text2sql.sandbox import QueryResult
from text2sql.ui.chart import Chart, Mark, chart_of
from text2sql.ui.chart_html import chart_html


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


def test_bars_start_at_zero_also_below_it() -> None:
    html = chart_html(Chart("bars", "town", "balance", (Mark("a", 30), Mark("b", -10))))
    bars = re.findall(r"margin-left:([\d.]+)%;width:([\d.]+)%", html)
    assert bars == [("25.00", "75.00"), ("0.00", "25.00")]


def test_bars_that_are_all_zero_have_no_length() -> None:
    html = chart_html(Chart("bars", "town", "n", (Mark("a", 0), Mark("b", 0))))
    assert re.findall(r"width:([\d.]+)%", html) == ["0.00", "0.00"]


def test_a_line_spans_its_times_and_values_and_a_flat_one_is_in_the_middle() -> None:
    marks = (Mark("a", 2, at=1), Mark("b", 6, at=2), Mark("c", 4, at=5))
    assert 'points="0.00,100.00 25.00,0.00 100.00,50.00"' in chart_html(
        Chart("line", "day", "n", marks)
    )
    flat = tuple(Mark("a", 7, at=at) for at in (1, 2, 3))
    assert 'points="0.00,50.00 50.00,50.00 100.00,50.00"' in chart_html(
        Chart("line", "day", "n", flat)
    )


@pytest.mark.parametrize("kind", ["bars", "line"])
def test_names_and_labels_are_escaped(kind: Any) -> None:
    marks = tuple(Mark('<i>"', n, at=n) for n in range(3))
    html = chart_html(Chart(kind, "<b>", "<u>", marks))
    assert [tag for tag in ('<i>"', "<b>", "<u>") if tag in html] == []
    assert "&lt;u&gt; by &lt;b&gt;, 3 values" in html
