"""Curves, and files that hold them."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from text2sql.plots.charts import Point
from text2sql.plots.curves import growth, reliability, save_picture

BINS = [(0.25, Point(0.0, 0.0, 0.0, 4)), (0.85, Point(75.0, 50.0, 93.8, 16))]
LINES = {"a question": [(10.0, 20.0), (1000.0, 200.0)], "the first": [(10.0, 100.0)]}
NAME = "<script>alert('&')</script>"


def _titles(svg: str) -> list[str]:
    return [
        found.text or "" for found in ElementTree.fromstring(svg).iter() if "title" in found.tag
    ]


def _circles(svg: str) -> list[dict[str, str]]:
    return [dict(e.attrib) for e in ElementTree.fromstring(svg).iter() if "circle" in e.tag]


def test_a_dot_of_the_reliability_curve_says_what_it_means() -> None:
    assert _titles(reliability(BINS)) == [
        "said 25%: 0.0% right (0.0 to 0.0, n = 4)",
        "said 85%: 75.0% right (50.0 to 93.8, n = 16)",
    ]


def test_dots_that_stand_for_more_answers_are_larger() -> None:
    few, many = (float(circle["r"]) for circle in _circles(reliability(BINS)))
    assert few < many


def test_a_point_of_growth_says_what_it_means() -> None:
    assert _titles(growth(LINES, "columns", "ms")) == [
        "a question, 10 columns: 20 ms",
        "a question, 1,000 columns: 200 ms",
        "the first, 10 columns: 100 ms",
    ]


def test_ten_times_as_long_is_as_high_wherever_it_starts() -> None:
    line = {"x": [(1.0, 10.0), (2.0, 100.0), (3.0, 1000.0)]}
    heights = [float(c["cy"]) for c in _circles(growth(line, "rows", "ms"))[1:]]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)


def test_names_cannot_break_out_of_the_plot() -> None:
    svg = growth({NAME: [(1.0, 1.0)]}, NAME, NAME)
    assert "<script" not in svg
    assert NAME in "".join(ElementTree.fromstring(svg).itertext())


def test_a_picture_holds_its_plots_and_their_colours(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    save_picture([reliability(BINS), growth(LINES, "rows", "ms")], path, "Both & more")
    picture = path.read_text()
    assert _titles(picture)[0] == "Both & more"
    assert len(_circles(picture)) == 2 + 5
    assert "prefers-color-scheme: dark" in picture
