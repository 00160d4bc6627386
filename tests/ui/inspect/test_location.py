"""Where one is in a run, and the address that says so."""

from __future__ import annotations

import pytest

from text2sql.ui.inspect.filters import Filters
from text2sql.ui.inspect.location import Location, nearest, step


@pytest.mark.parametrize(
    "place",
    [
        Location(),
        Location("a.db", 17),
        Location(
            "a b&c=ü.db", 1, Filters("shop", "extra", "does not run", "WHERE differs", "a & b")
        ),
        Location("a.db", 3, Filters(disagree=True)),
    ],
)
def test_an_address_names_the_same_place_again(place: Location) -> None:
    assert Location.from_address(place.address) == place


def test_an_address_is_short_where_nothing_is_filtered() -> None:
    assert Location("pocket.db", 17).address == "?tab=inspect&run=pocket.db&item=17"


@pytest.mark.parametrize("item", ["", "x", "-3", "1.5", "²", "٣", "9" * 40])
def test_an_item_that_is_no_number_is_none(item: str) -> None:
    assert Location.from_query({"run": "a.db", "item": item}) == Location("a.db", 0)


@pytest.mark.parametrize(
    ("current", "by", "expected"),
    [(2, 1, 5), (2, -1, 2), (5, -1, 2), (9, 1, 9), (3, 1, 5), (3, -1, 2), (0, -1, 0), (20, 1, 20)],
)
def test_a_step_goes_to_the_next_that_fits_and_stays_at_the_end(
    current: int, by: int, expected: int
) -> None:
    assert step((2, 5, 9), current, by) == expected


@pytest.mark.parametrize(("current", "expected"), [(0, 2), (2, 2), (3, 5), (9, 9), (10, 9)])
def test_without_a_step_the_nearest_is_the_next_else_the_last(current: int, expected: int) -> None:
    assert nearest((2, 5, 9), current) == expected


def test_of_nothing_nothing_is_near() -> None:
    assert nearest((), 3) is None
