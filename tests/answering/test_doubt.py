"""How likely an answer is to be right, in words."""

from __future__ import annotations

import pytest

from text2sql.answering.doubt import chance, doubt, reasons


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


@pytest.mark.parametrize(
    ("confidence", "answerable", "why"),
    [
        (None, None, ()),
        (0.5, None, ()),
        (0.5, 0.5, ()),
        (0.7, 0.9, ("no row matches",)),
    ],
)
def test_a_likely_answer_is_not_doubted(
    confidence: float | None, answerable: float | None, why: tuple[str, ...]
) -> None:
    assert doubt(confidence, answerable, why) == ""


def test_a_doubt_says_its_reasons() -> None:
    assert doubt(0.38, 0.9, ("no row matches", "it rains")) == (
        "This answer is probably wrong: no row matches; it rains. "
        "Look at the other candidates, or ask in other words."
    )
    assert doubt(0.38, None) == (
        "This answer is probably wrong: the model found no query that fits the question well. "
        "Look at the other candidates, or ask in other words."
    )


def test_an_answer_that_is_right_more_often_than_not_is_doubted_for_a_reason_only() -> None:
    assert doubt(0.6, 0.9, ("no row matches",)) == "Check this answer: no row matches."
    assert doubt(0.6, 0.9) == ""


@pytest.mark.parametrize(
    ("unused", "closeness", "empty", "why"),
    [
        ((), 0.0, False, ()),
        (("choir",), 0.1, False,
         ("you asked about “choir”, and the query does not use that word",)),
        (("choir", "club"), 0.0, False,
         ("you asked about “choir” and “club”, and the query does not use these words",)),
        ((), 0.4, True,
         ("the question can also be read in another way, with other rows", "no row matches")),
    ],
)  # fmt: skip
def test_reasons_are_words_other_readings_and_missing_rows(
    unused: tuple[str, ...], closeness: float, empty: bool, why: tuple[str, ...]
) -> None:
    assert reasons(unused, closeness, empty) == why


def test_a_question_that_the_database_cannot_answer_is_told_apart() -> None:
    assert doubt(0.1, 0.2) == (
        "This database does not seem to contain what the question asks for, and this query is "
        "only the closest match. Choose another database, or ask about what its tables contain."
    )
