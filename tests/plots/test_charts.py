import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.plots.charts import Point, bars, histogram, intervals, stacks

HALF = Point(50.0, 40.0, 60.0, 7)
NAME = "<script>alert('&')</script>"


def _titles(svg: str) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(svg).iter("title")]


def _heights(svg: str) -> list[float]:
    return [float(found.get("height", 0)) for found in ElementTree.fromstring(svg).iter("rect")]


def test_bars_start_at_zero_and_grow_with_their_value() -> None:
    full, half = _heights(bars({"a": {"x": Point(100.0, 100.0, 100.0, 1), "y": HALF}}))
    assert full == pytest.approx(2 * half)


def test_every_mark_says_what_it_is() -> None:
    told = "a, x: 50.0 (40.0 to 60.0, n = 7)"
    assert _titles(bars({"a": {"x": HALF}})) == [told]
    assert _titles(intervals({"a": {"x": HALF}})) == [told]
    assert _titles(stacks({"a": {"right": 3, "wrong": 0, "missing": 1}})) == [
        "a, right: 3",
        "a, missing: 1",
    ]


def test_names_cannot_break_out_of_the_plot() -> None:
    for svg in (
        bars({NAME: {NAME: HALF}}),
        intervals({NAME: {NAME: HALF}}),
        stacks({NAME: {NAME: 1}}),
        histogram([1.0, 2.0], NAME, {NAME: 1.5}),
    ):
        assert "<script" not in svg
        assert NAME in "".join(ElementTree.fromstring(svg).itertext())


@given(
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=2, max_size=200),
)
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    titles = _titles(histogram(values, "ms", {"median": values[0]}))
    assert sum(int(title.rsplit(" ", 1)[1].replace(",", "")) for title in titles) == len(values)
    assert len(titles) <= 42


def test_long_times_are_whole_numbers_not_powers_of_ten() -> None:
    svg = histogram([1200.0, 2400.0, 14000.0], "ms", {"median": 2400.0})
    text = " ".join(ElementTree.fromstring(svg).itertext())
    assert "median 2,400 ms" in text
    assert "e+0" not in text
