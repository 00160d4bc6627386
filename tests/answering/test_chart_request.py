"""Questions that ask for a chart."""

from __future__ import annotations

import pytest

from text2sql.answering.chart_request import asks_for_chart, without_chart


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Plot horsepower against weight", "Show the horsepower and weight"),
        ("please draw the number of flights by month", "Show the number of flights by month"),
        ("Draw a bar chart of sales per town", "Show the sales per town"),
        ("How many sales per town, as a bar chart?", "How many sales per town?"),
        ("Show a scatter plot of price and size.", "Show the price and size."),
        ("A pie chart of members by district", "Show the members by district"),
    ],
)
def test_a_chart_request_becomes_a_question_for_its_rows(question: str, rows: str) -> None:
    assert asks_for_chart(question)
    assert without_chart(question) == rows


@pytest.mark.parametrize(
    "question",
    [
        "Which songs are in the chart?",
        "List the plots of each gardener",
        "What is the plot of the film?",
        "How many charts are there?",
    ],
)
def test_other_questions_are_left_as_they_are(question: str) -> None:
    assert not asks_for_chart(question)
    assert without_chart(question) == question
