"""The question back, with both readings."""

from __future__ import annotations

from text2sql.sandbox import QueryResult
from text2sql.ui.ask.readings_panel import marked, question_html, reading_html


def test_the_question_repeats_both_readings_if_they_are_short() -> None:
    assert question_html("The name of each <b>.", "The age of each b.").striptags() == (
        "Did you mean the name of each &lt;b&gt;, or the age of each b?".replace("&lt;b&gt;", "<b>")
    )
    assert question_html("x" * 99, "y" * 99).striptags() == "Which of these did you mean?"


def test_what_differs_between_two_readings_is_bold() -> None:
    assert marked("The name of each <i>.", "The age of each <i>.") == (
        "The <b>name</b> of each &lt;i&gt;."
    )


def test_a_reading_shows_its_first_rows_and_counts_the_others() -> None:
    result = QueryResult(tuple("abcde"), tuple((n,) * 5 for n in range(5)), False, 0.0)
    html = reading_html(marked("One.", "Two."), result)
    assert (html.count("<tr>"), html.count("<th ")) == (4, 4)
    assert html.endswith('<p class="t2s-hint">and 2 more rows</p>')


def test_a_reading_without_rows_says_so() -> None:
    html = reading_html(marked("One.", "Two."), QueryResult(("a",), (), False, 0.0))
    assert html.endswith('<p class="t2s-hint">No rows</p>')
