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
        "This answer is uncertain: about 38% of answers like this one are right. "
        "Check the other candidates, or ask in other words."
    )
    assert doubt(0.38, None).startswith("This answer is uncertain: only 38% of the")


def test_a_question_that_the_database_cannot_answer_is_told_apart() -> None:
    assert doubt(0.1, 0.2) == (
        "This database does not seem to contain what the question asks for, and this query is "
        "only the closest match. Choose another database, or ask about what its tables contain."
    )
