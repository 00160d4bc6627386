"""Which hypotheses a beam goes on with."""

from __future__ import annotations

import pytest

from text2sql.generators.pocket.decoding import _HOPELESS, Hypothesis, _advance, _beaten
from text2sql.generators.pocket.features import QuestionFeatures
from text2sql.generators.pocket.ir import KEYWORDS


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


FEATURES = QuestionFeatures.__new__(QuestionFeatures)  # of which a finished query needs nothing


@pytest.mark.parametrize(("column", "kept"), [(1, 0), (2, 1)])
def test_a_query_combined_with_itself_is_never_finished(column: int, kept: int) -> None:
    from_, select, except_, end = map(KEYWORDS.index, ("from", "select", "except", "end"))
    table, first, second = (len(KEYWORDS) + node for node in (0, 1, column))
    said = (from_, table, select, first, except_, from_, table, select, second)
    finished: list[list[Hypothesis]] = [[]]
    _advance([Hypothesis(0, said, -1.0)], [[-0.1]], [[end]], [FEATURES], finished, 4)
    assert len(finished[0]) == kept
