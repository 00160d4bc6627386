"""The filters for the items of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from text2sql.evaluation.items import Item
from text2sql.ui.inspect.filters import Choices, Filters, is_right, matching

Items = tuple[Item, ...]


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        (Filters(), (0, 1, 2, 3)),
        (Filters(database="shop"), (0, 1, 2, 3)),
        (Filters(database="clinic"), ()),
        (Filters(hardness="easy"), (0, 1, 2, 3)),
        (Filters(hardness="extra"), ()),
        (Filters(verdict="right"), (0, 3)),
        (Filters(verdict="wrong"), (1, 2)),
        (Filters(verdict="does not run"), (2,)),
        (Filters(clause="WHERE differs"), (1, 2)),
        (Filters(clause="SELECT differs"), (2, 3)),
        (Filters(clause="gold has no join"), (0, 1, 2, 3)),
        (Filters(clause="gold has LIKE"), ()),
        (Filters(text="TOWNS"), (2,)),
        (Filters(text="customers names"), (1,)),
        (Filters(text="names towns"), ()),
        (Filters(text="count(id)"), (3,)),
        (Filters(disagree=True), (3,)),
        (Filters(verdict="wrong", text="towns"), (2,)),
    ],
)
def test_an_item_is_let_through_where_it_has_all_that_is_asked_for(
    items: Items, filters: Filters, places: tuple[int, ...]
) -> None:
    assert matching(items, filters) == places


def test_only_what_a_run_has_can_be_chosen_with_how_often(items: Items) -> None:
    assert Choices.of(items) == Choices(
        database=(("shop (4)", "shop"),),
        hardness=(("easy (4)", "easy"),),
        verdict=(
            ("right (2)", "right"), ("wrong (2)", "wrong"), ("does not run (1)", "does not run"),
        ),
        clause=(
            ("SELECT differs (2)", "SELECT differs"),
            ("WHERE differs (2)", "WHERE differs"),
            ("keywords differs (2)", "keywords differs"),
            ("gold has no join (4)", "gold has no join"),
        ),
    )  # fmt: skip


def test_what_another_run_does_not_have_is_forgotten(items: Items) -> None:
    filters = Filters("clinic", "easy", "timed out", "WHERE differs", "towns", True)
    assert filters.among(Choices.of(items)) == Filters(
        hardness="easy", clause="WHERE differs", text="towns", disagree=True
    )


def test_execution_decides_what_is_right_else_the_next_best_that_was_measured(
    items: Items,
) -> None:
    assert [is_right(item) for item in items] == [True, False, False, True]
    only = replace(items[3], scores={"exact_set": 0.0, "rouge1": 0.9})
    assert is_right(only) is False
    assert is_right(replace(only, scores={"rouge1": 0.9})) is False
