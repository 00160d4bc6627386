"""What is a table's data, and what only stands around it."""

from __future__ import annotations

from typing import Any

import pytest

from text2sql.uploads.layout import Grid, find_table


def table(*rows: list[Any]) -> tuple[list[str], list[list[Any]]]:
    header, found, _ = find_table(Grid("t", list(enumerate(rows, start=1))))
    return header, [cells for _, cells in found]


NAMES = ["id", "name", "n"]
BODY: list[list[Any]] = [["1", "a", "5"], ["2", "b", "6"], ["3", "c", "7"]]


@pytest.mark.parametrize(
    "title",
    [
        [["A report"]],
        [["A report", "", ""], ["of 2024"]],
        [["", "A report"]],
        [["As of", "2024-05-01"]],
    ],
)
def test_titles_are_left_out(title: list[list[Any]]) -> None:
    assert table(*title, NAMES, *BODY) == (NAMES, BODY)


@pytest.mark.parametrize(
    "below",
    [
        [["Total", "", "18"]],
        [["", "", "18"]],
        [["TOTAL:", "all", "18"]],
        [["Source: us"]],
        [["Summe", "", "18"], ["* preliminary"]],
        [["合计", "", "18"]],
    ],
)
def test_totals_and_remarks_below_are_left_out(below: list[list[Any]]) -> None:
    assert table(NAMES, *BODY, *below) == (NAMES, BODY)


@pytest.mark.parametrize(
    "last",
    [
        ["4", "Total", "9"],  # a company
        ["4", "Totalview", ""],
        ["", "", "19"],  # no sum
        ["Sum Ting", "d", "4"],
        ["4", "", ""],
    ],
)
def test_rows_that_only_look_like_totals_stay(last: list[Any]) -> None:
    assert table(NAMES, *BODY, last) == (NAMES, [*BODY, last])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["1", "Ann", "3.5"], ["2", "Bob", "4.5"]),
        (["Ann", "Rome"], ["Bob", "Rome"]),
        (["2024-01-01", "x"], ["2024-01-02", "y"]),
        ([1, 2], [3, 4]),
        (["1", "Ann", "TBD"], ["2", "Bob", "4.5"]),
    ],
)
def test_a_first_line_like_the_others_is_data(first: list[Any], second: list[Any]) -> None:
    third = [*second[:-1], first[-1]]
    assert table(first, second, third) == ([""] * len(first), [first, second, third])


@pytest.mark.parametrize(
    ("first", "below"),
    [
        (["name", "age"], [["Ann", "3"], ["Bob", "4"]]),
        (["name", "town"], [["Ann", "Oslo"], ["Bob", "Rome"]]),
        (["town", "2023", "2024"], [["Oslo", "1", "2"], ["Rome", "3", "4"]]),
        (["", "value"], [["a", "3"], ["b", "4"]]),
        (["day", "n"], [["2024-01-01", "3"], ["2024-01-02", "4"]]),
        (["only names"], []),
    ],
)
def test_a_first_line_unlike_the_others_names_the_columns(
    first: list[Any], below: list[list[Any]]
) -> None:
    assert table(first, *below) == (first, below)


def test_cells_too_many_through_thousands_without_quotes_are_no_row_names() -> None:
    header, rows = table(["name", "price"], ["Ann", "1", "234"], ["Bob", "2", "345"])
    assert (header, rows[0]) == (["name", "price"], ["Ann", "1", "234"])
