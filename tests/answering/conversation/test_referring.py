"""Questions that sound as if they went on from the one before."""

from __future__ import annotations

import pytest

from text2sql.answering.conversation.referring import refers_back
from text2sql.databases import Catalog


@pytest.mark.parametrize(
    "question",
    [
        "and the prices?", "what about York", "only the women", "sort by age", "how old are they?",
        "How many of those are organic?", "top 3", "the same for Lyon", "in descending order then",
        "gold", "?",
    ],
)  # fmt: skip
def test_a_follow_up_refers_back(question: str) -> None:
    assert refers_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many doctors are there?", "Show the name of each doctor.",
        "Sort the patients who have seen a doctor in Lyon by their last names",
        "Which doctors have patients who live in the same city as they do?",
        "What time is it?", "Is it possible to pay by card?", "the names of those who paid cash",
    ],
)  # fmt: skip
def test_a_question_of_its_own_does_not(question: str) -> None:
    assert not refers_back(question)


def test_hardly_any_question_of_the_samples_refers_back() -> None:
    catalog = Catalog.open()
    questions = [e.question for database in catalog for e in catalog.examples(database.db_id)]
    found = [question for question in questions if refers_back(question)]
    assert found == ["From how many different countries are the films?"]
