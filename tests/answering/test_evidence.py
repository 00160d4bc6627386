"""What speaks for an answer."""

from __future__ import annotations

import math

import pytest

from text2sql.answering.agreement import Agreement
from text2sql.answering.evidence import evidence
from text2sql.generators.base import Candidate, Signals
from text2sql.generators.confidence import Evidence, log_odds


def candidate(probability: float, omitted: float) -> Candidate:
    return Candidate("SELECT 1", math.log(probability), Signals(omitted, 0.9, 0.3))


def test_evidence_is_of_the_answer_and_of_all_that_agree_with_it() -> None:
    candidates = [candidate(0.5, 0.2), candidate(0.2, 0.4), candidate(0.1, 0.6)]
    agreement = Agreement(place=1, share=0.7, same=(False, True, True))
    found = evidence(candidates, agreement)
    assert found == Evidence(
        belief=pytest.approx(log_odds(0.3)),
        share=log_odds(0.7),
        omitted=log_odds(0.4),
        mentioned=log_odds(0.9),
        alike=0.3,
    )


def test_there_is_none_where_nothing_ran_or_the_model_says_nothing() -> None:
    assert evidence([candidate(0.5, 0.2)], None) is None
    assert evidence([Candidate("SELECT 1", 0.0)], Agreement(0, 1.0, (True,))) is None
