"""Whether probabilities mean what they say."""

from __future__ import annotations

import pytest

from text2sql.errors import DataError
from text2sql.evaluation.calibration import auc, calibration


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    found = calibration([0.25] * 4 + [0.75] * 4, [True] + [False] * 3 + [True] * 3 + [False])
    assert (found.ece, found.accuracy, found.mean) == (0.0, 0.5, 0.5)
    assert [(b.probability, b.right.n, b.right.percent) for b in found.bins] == [
        (0.25, 4, 25.0),
        (0.75, 4, 75.0),
    ]


def test_overconfidence_is_the_gap_between_probability_and_outcome() -> None:
    found = calibration([0.9] * 10, [True] * 6 + [False] * 4)
    assert found.to_dict() == {
        "n": 10,
        "accuracy": 0.6,
        "kept": 0.5,  # of equals, the first are refused
        "mean": 0.9,
        "ece": 0.3,
        "brier": 0.33,
        "auc": 0.5,
    }


def test_refusing_the_least_probable_fifth_keeps_the_others() -> None:
    found = calibration([0.1, 0.9, 0.8, 0.7, 0.6], [False, True, True, True, False])
    assert (found.accuracy, found.kept) == (0.6, 0.75)


def test_certainty_belongs_to_the_last_bin() -> None:
    assert [b.right.n for b in calibration([1.0, 0.95, 0.0], [True, True, False]).bins] == [1, 2]


def test_answers_that_are_all_right_say_nothing_about_calibration() -> None:
    with pytest.raises(DataError, match="Calibration needs both right and wrong answers"):
        calibration([0.5, 0.6], [True, True])


def test_the_auc_counts_pairs_in_order_and_ties_by_half() -> None:
    assert auc([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert auc([0.9, 0.8, 0.1], [False, True, True]) == 0.0
    assert auc([0.5, 0.5, 0.1], [True, False, False]) == 0.75
