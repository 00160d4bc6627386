"""The answer as a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from text2sql.answering.pipeline import Answer
from text2sql.sandbox import Failure, QueryResult
from text2sql.ui.ask.headline import Trust, headline, mark_ran, says, trust


def result(columns: str, *rows: tuple[Any, ...], **more: Any) -> QueryResult:
    return QueryResult(tuple(columns.split()), rows, more.pop("truncated", False), 0.0, **more)


@pytest.mark.parametrize(
    ("shown", "reading", "sentence"),
    [
        (result("n", (27,)), "The number of doctors.", "The number of doctors is 27."),
        (result("n", (27,)), "", "The answer is 27."),
        (result("n", ("Ann",)), "The name of each doctor.", "The name of each doctor: Ann."),
        (result("n", ("Ann",), ("Bo",)), "", "2 rows: Ann and Bo."),
        (result("a b", ("Ann", 3)), "", "1 row: Ann, 3."),
        (result("a b", ("Ann", None)), "The oldest doctor.", "The oldest doctor: Ann, NULL."),
        (result("a b c d", (1, 2, 3, 4)), "", "1 row."),
        (result("a b c d", (1, 2, 3, 4)), "The oldest doctor.", "1 row: the oldest doctor."),
        (result("a b", ("Ann", 3), ("Bo", 4)), "Each doctor.", "2 rows: each doctor."),
        (result("n", *((n,) for n in range(6))), "", "6 rows."),
        (result("n", ("x" * 99,), ("y",)), "", "2 rows."),
        (result("a b", (1, 2), (3, 4), truncated=True), "", "More than 2 rows."),
        (result("n"), "", "No rows match the question."),
        (result("n"), "The name of each doctor.", "No rows: the name of each doctor."),
        (
            result("n", (12_345,)),
            "The total fee of all visits.",
            "The total fee of all visits is 12,345.",
        ),
        (
            result("n", (12_345,)),
            "The latest year of all cars.",
            "The latest year of all cars is 12345.",
        ),
        (result("n", (10 / 3,)), "", "The answer is 3.3333."),
        (result("a b", (1, 2), (3, 4)), "x" * 200 + ".", "2 rows."),
        (result("a b", (1, 2), (3, 4)), "IDs of all.", "2 rows: IDs of all."),
        (
            result("a b", ("A", 2), ("B", 4)),
            "For each town: the town and the number of farms.",
            "2 rows: for each town, the town and the number of farms.",
        ),
    ],
)
def test_an_answer_is_a_sentence_with_its_value_or_its_rows(
    shown: QueryResult, reading: str, sentence: str
) -> None:
    assert headline(shown, reading).striptags() == sentence


def test_a_headline_says_the_reading_unless_it_is_long_or_the_query_fails() -> None:
    failed = result("n", failure=Failure("missing_column", "no such column: n"))
    cases = [(result("n", (1,)), "x" * 160), (result("n"), "x" * 161), (failed, "x"), (None, "x")]
    assert [says(shown, reading) for shown, reading in cases] == [True, False, False, False]


def test_the_value_is_marked_and_the_chance_stands_beside_it() -> None:
    assert headline(result("n", ("<i>",)), "", Trust("82% likely right")) == (
        '<div class="t2s-headline" role="status"><p>The answer is <output>&lt;i&gt;</output>.</p>'
        '<span class="t2s-chance">82% likely right</span></div>'
    )


def test_an_error_stands_where_the_answer_would() -> None:
    failed = result("n", failure=Failure("missing_column", "no such column: <b>"))
    assert headline(failed, "") == (
        '<p class="t2s-alert" role="alert">no such column: &lt;b&gt;</p>'
    )


@pytest.mark.parametrize(
    ("confidence", "missing", "unsure"),
    [(0.9, (), False), (0.3, (), True), (0.9, ("It lacks a year.",), True), (None, (), False)],
)
def test_an_answer_with_a_doubt_is_shown_as_unsure(
    confidence: float | None, missing: tuple[str, ...], unsure: bool
) -> None:
    answer = Answer(
        "Who?", "d", "m", "SELECT 1", (), None, 0.1, confidence, answerable=0.9, missing=missing
    )
    assert trust(answer).unsure is unsure


def test_a_query_of_the_visitor_has_no_chance_of_being_right() -> None:
    assert trust(None) == Trust()


def test_the_page_script_reads_which_sql_was_run() -> None:
    assert mark_ran("SELECT '\"<b>'") == (
        '<data value="SELECT &#39;&#34;&lt;b&gt;&#39;" hidden></data>'
    )
