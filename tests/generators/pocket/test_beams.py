"""Which hypotheses a beam goes on with."""

from __future__ import annotations

import pytest

from text2sql.generators.pocket.decoding import _HOPELESS, Hypothesis, _beaten


@pytest.mark.parametrize(
    ("finished", "score", "beaten"),
    [
        ((), -100.0, False),  # nothing to compare with
        ((-1.0,), -1.0 - _HOPELESS + 0.1, False),
        ((-1.0,), -1.0 - _HOPELESS - 0.1, True),  # far behind the best
        ((-1.0, -2.0), -1.9, False),
        ((-1.0, -2.0), -2.1, True),  # cannot overtake the second best of two
        ((-1.0, -3.0, -2.0), -1.9, False),
        ((-1.0, -3.0, -2.0), -2.1, True),
    ],
)
def test_a_hypothesis_is_dropped_once_it_cannot_matter(
    finished: tuple[float, ...], score: float, beaten: bool
) -> None:
    assert _beaten([Hypothesis(0, (), s) for s in finished], score, beams=2) is beaten
