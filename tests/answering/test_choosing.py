"""What a candidate is chosen by."""

from __future__ import annotations

from text2sql.answering.choosing import preference
from text2sql.generators.base import Candidate, Signals


def test_of_two_candidates_alike_the_one_that_uses_what_is_mentioned_is_preferred() -> None:
    mentioned = Candidate("a", -1.0, Signals(0.1, 0.9, 0.5, tables=-0.1, columns=-0.2))
    other = Candidate("b", -0.9, Signals(0.9, 0.9, 0.5, tables=-3.0, columns=-4.0))
    assert preference(mentioned) > preference(other)


def test_without_signs_the_probability_decides() -> None:
    assert preference(Candidate("a", -1.5)) == -1.5
