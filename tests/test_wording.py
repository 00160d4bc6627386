"""Numbers and times in words."""

from __future__ import annotations

import pytest

from text2sql.wording import counted, duration, ordinal


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12345, "12,345 rows")]
)
def test_things_are_counted_in_the_plural_unless_there_is_one(number: int, text: str) -> None:
    assert counted(number, "row") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "under 1 ms"), (0.064, "64 ms"), (0.9996, "1.0 s"), (1.24, "1.2 s"), (75.0, "75.0 s")],
)
def test_durations_come_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")],
)
def test_a_place_is_said_as_people_say_it(number: int, text: str) -> None:
    assert ordinal(number) == text
