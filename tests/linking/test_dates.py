"""Dates in words are found as a database of ISO dates compares them."""

from __future__ import annotations

from collections import Counter

import pytest

from text2sql.databases import Database
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.dates import DateInWords, find_dates, is_iso_date
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("between 1 June and 31 August 2024", ["2024-06-01", "2024-08-31"]),
        ("from July 1 until December 31, 2023", ["2023-07-01", "2023-12-31"]),
        ("on the 3rd of May 2021", ["2021-05-03"]),
        ("sold on June 2nd, 2019?", ["2019-06-02"]),
        ("in July 2024", ["2024-07"]),
        ("in Sept of 2024", ["2024-09"]),
        ("on 3 Feb 2014", ["2014-02-03"]),
        ("between May and July 2024", ["2024-05", "2024-07"]),
        ("every March", ["-03-"]),
        ("on 24 December", ["-12-24"]),
        ("born before 1935", ["1935-01-01", "1935-12-31"]),
        ("in 2019 or 2020", ["2019-01-01", "2019-12-31", "2020-01-01", "2020-12-31"]),
        ("since 2024-03-05", []),
        ("in march 2024 and on 3 may 2024", ["2024-03", "2024-05-03"]),
        ("who may march", []),
        ("May I see them", []),
        ("over 3000 seats", []),
    ],
)
def test_a_date_in_words_is_what_cells_begin_with(question: str, texts: list[str]) -> None:
    assert [date.text for date in find_dates(split_words(question))] == texts


def test_a_date_knows_its_words() -> None:
    assert find_dates(split_words("sold on the 3rd of May 2021 or later")) == [
        DateInWords("2021-05-03", (3, 8))
    ]


@pytest.mark.parametrize(
    ("cell", "is_date"),
    [
        ("2024-07-01", True),
        ("2024-07-01 12:30:00", True),
        ("2024-07-01T12:30", True),
        ("2024-07-011", False),
        ("2024-19-01", False),
        ("7 July 2024", False),
    ],
)
def test_a_cell_in_iso_form_is_a_date(cell: str, is_date: bool) -> None:
    assert is_iso_date(cell) is is_date


def test_dates_are_candidates_only_where_a_column_holds_dates(stadiums: Database) -> None:
    question = "concerts in July 2024"
    index = CellIndex.read(stadiums)

    def found() -> dict[str | int | float, set[int]]:
        candidates = find_candidates(question, split_words(question), index)
        return {c.value: c.columns for c in candidates}

    assert "2024-07" not in found()
    index._add_column(3, ["2024-07-01", "2023-01-31"], Counter())
    assert found()["2024-07"] == {3}
