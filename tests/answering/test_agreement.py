"""Candidates choose among themselves by their rows."""

import math

import pytest

from text2sql.answering.agreement import Agreement, find_agreement
from text2sql.sandbox import Failure, QueryResult

_NO_TABLE = Failure("missing_table", "no such table: x")


def _rows(*rows: tuple[object, ...], failure: Failure | None = None) -> QueryResult:
    return QueryResult(("a",), rows, False, 0.0, failure)


def _place(scores: list[float], results: list[QueryResult | None]) -> int | None:
    agreement = find_agreement(scores, results)
    return agreement and agreement.place


def test_the_best_candidate_wins_where_all_differ() -> None:
    assert _place([0.0, -1.0], [_rows((1,)), _rows((2,))]) == 0


def test_two_that_agree_outweigh_a_slightly_better_one_and_their_best_is_taken() -> None:
    results = [_rows((1,)), _rows((2,)), _rows((2,))]
    assert _place([0.0, -0.3, -0.4], results) == 1


def test_rows_in_another_order_agree() -> None:
    results = [_rows((3,)), _rows((1,), (2,)), _rows((2,), (1,))]
    assert _place([0.0, -0.3, -0.4], results) == 1


def test_a_candidate_without_rows_gives_way_to_a_close_one_with_rows() -> None:
    assert _place([0.0, -0.5], [_rows(), _rows((1,))]) == 1
    assert _place([0.0, -9.0], [_rows(), _rows((1,))]) == 0


def test_of_two_close_ones_that_with_fewer_rows_wins_but_not_one_alone() -> None:
    many, few, one = ([(i,) for i in range(count)] for count in (60, 2, 1))
    assert _place([0.0, -1.0], [_rows(*many), _rows(*few)]) == 1
    assert _place([0.0, -3.0], [_rows(*many), _rows(*few)]) == 0
    assert _place([0.0, -0.4], [_rows(*one), _rows(*few)]) == 1


def test_beyond_a_hundred_the_number_of_rows_does_not_count() -> None:
    found = find_agreement([0.0, 0.0], [_rows(*[(i,) for i in range(n)]) for n in (100, 900)])
    assert found is not None
    assert found.closeness == 1.0


def test_a_candidate_that_returns_much_null_gives_way_to_a_close_one() -> None:
    assert _place([0.0, -0.4], [_rows((1,), (None,)), _rows((1,), (2,))]) == 1
    assert _place([0.0, -0.6], [_rows((1,), (None,)), _rows((1,), (2,))]) == 0
    whole = [_rows((1, "Ada", None, 3), (2, "Bo", 4, 5)), _rows((1,), (2,))]
    assert _place([0.0, -0.3], whole) == 0


def test_candidates_that_failed_or_were_not_tried_have_no_say() -> None:
    assert _place([0.0, -5.0, -6.0], [_rows(failure=_NO_TABLE), _rows((1,)), None]) == 1
    assert _place([0.0], [_rows(failure=_NO_TABLE)]) is None


def test_the_share_is_the_weight_of_the_candidates_with_the_rows_of_the_answer() -> None:
    results = [_rows((1,)), _rows((2,)), _rows((1,)), _rows(failure=_NO_TABLE), None]
    light = math.exp(-0.6)  # a candidate e times less likely weighs this much
    assert find_agreement([0.0, -1.0, -1.0, -1.0, -1.0], results) == Agreement(
        place=0,
        share=pytest.approx((1 + light) / (1 + 2 * light)),
        same=(True, False, True, False, False),
        second=1,
        closeness=pytest.approx(light / (1 + light)),
    )


def test_a_lone_answer_has_all_of_the_weight_even_without_rows() -> None:
    assert find_agreement([-7.0], [_rows()]) == Agreement(place=0, share=1.0, same=(True,))


def test_the_second_reading_is_the_best_candidate_of_the_next_group() -> None:
    results = [_rows((1,)), _rows((2,)), _rows((1,)), _rows((2,)), _rows((3,))]
    found = find_agreement([0.0, -0.3, -0.4, -0.5, -9.0], results)
    assert found is not None
    assert (found.place, found.second) == (0, 1)
    expected = (math.exp(-0.18) + math.exp(-0.3)) / (1 + math.exp(-0.24))
    assert found.closeness == pytest.approx(expected)


def test_there_is_no_second_reading_where_all_rows_are_the_same() -> None:
    found = find_agreement([0.0, -0.3], [_rows((1,)), _rows((1,))])
    assert found is not None
    assert (found.second, found.closeness) == (None, 0.0)
