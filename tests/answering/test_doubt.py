"""How likely an answer is to be right, in words."""

from __future__ import annotations

import pytest

from text2sql.answering.doubt import chance, doubt


@pytest.mark.parametrize(
    ("confidence", "answerable", "said"),
    [
        (0.821, 0.99, "82% likely right"),
        (0.999, 0.99, "99% likely right"),
        (0.001, 0.99, "1% likely right"),
        (0.821, None, "82% agreement"),
        (None, None, ""),
    ],
)
def test_a_chance_is_said_in_percent(
    confidence: float | None, answerable: float | None, said: str
) -> None:
    assert chance(confidence, answerable) == said


@pytest.mark.parametrize(("confidence", "answerable"), [(None, None), (0.5, None), (0.5, 0.5)])
def test_a_likely_answer_is_not_doubted(confidence: float | None, answerable: float | None) -> None:
    assert doubt(confidence, answerable) == ""


def test_an_unlikely_answer_is_doubted_by_what_was_measured() -> None:
    assert doubt(0.38, 0.9) == (
        "I am not sure: of answers like this one, 38% are right. "
        "Look at the other queries, or ask in other words."
    )
    assert doubt(0.38, None).startswith("I am not sure: only 38% of what I weighed returns these")


def test_a_question_that_the_database_cannot_answer_is_told_apart() -> None:
    assert doubt(0.1, 0.2) == (
        "This database does not seem to hold what the question asks for; this is the nearest I "
        "found. Choose another database, or ask about what its tables hold."
    )
