import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.evaluation.statistics import Score, mcnemar, score


def test_a_mean_comes_in_percent_with_its_interval() -> None:
    assert score([1.0, 0.0, 1.0, 1.0]) == Score(4, 75.0, 25.0, 100.0)


def test_what_never_varies_has_no_width() -> None:
    assert score([1.0] * 10) == Score(10, 100.0, 100.0, 100.0)


def test_the_interval_is_that_of_drawing_item_by_item() -> None:
    values = np.asarray([0.0, 0.25, 0.5, 1.0] * 25 + [1.0] * 50)
    draws = np.random.default_rng(7).choice(values, (4000, len(values))).mean(axis=1) * 100
    low, high = np.percentile(draws, [2.5, 97.5])
    found = score(values.tolist())
    assert (found.low, found.high) == (pytest.approx(low, abs=0.8), pytest.approx(high, abs=0.8))


def test_the_same_items_give_the_same_interval() -> None:
    values = [0.1, 0.9, 0.4]
    assert score(values) == score(values)


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="nothing to average"):
        score([])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_mean_lies_in_its_interval(values: list[float]) -> None:
    found = score(values)
    assert found.low - 1e-3 <= found.percent <= found.high + 1e-3
    assert found.percent == pytest.approx(100 * math.fsum(values) / len(values), abs=1e-3)


@pytest.mark.parametrize(
    ("fixed", "broken", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (1, 0, 1.0),
        (10, 0, 2 / 1024),
        (8, 2, 112 / 1024),
        (2, 8, 112 / 1024),
    ],
)
def test_mcnemar_is_the_exact_two_sided_binomial_test(fixed: int, broken: int, p: float) -> None:
    assert mcnemar(fixed, broken) == pytest.approx(p)


def test_mcnemar_stands_thousands_of_items() -> None:
    assert mcnemar(3000, 2000) < 1e-40
