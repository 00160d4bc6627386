"""The sentences of the page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from text2sql.answering.pipeline import Answer
from text2sql.compare import Verdict
from text2sql.sandbox import Failure, QueryResult
from text2sql.ui import messages


def result(rows: tuple[tuple[Any, ...], ...] = (), **changes: Any) -> QueryResult:
    whole: dict[str, Any] = {"truncated": False, "elapsed_s": 0.012, "failure": None} | changes
    return QueryResult(("a",), rows, **whole)


@pytest.mark.parametrize(
    ("shown", "html"),
    [
        (result(((1,), (2,))), "<strong>2 rows</strong> in 12 ms</p>"),
        (result(), "<strong>No rows</strong> in 12 ms</p>"),
        (result(((1,),), truncated=True), "<strong>1 row</strong> (more were cut off) in 12 ms"),
    ],
)
def test_a_result_is_counted_and_timed(shown: QueryResult, html: str) -> None:
    assert html in messages.outcome(shown)


def test_an_answer_names_its_model_and_the_time_it_took() -> None:
    answer = Answer("Who?", "d", "<pocket>", "SELECT 1", (), result(((1,),)), 0.064, 0.821)
    assert messages.outcome(answer.result, messages.written(answer)) == (
        '<p class="t2s-outcome" role="status"><strong>1 row</strong> in 12 ms '
        "· written by &lt;pocket&gt; in 64 ms</p>"
    )


def test_an_answer_that_goes_on_from_the_one_before_says_so() -> None:
    answer = Answer("Who?", "d", "pocket", "SELECT 1", (), result(((1,),)), 0.064, follows=True)
    assert messages.written(answer) == " · goes on from the answer before, in 64 ms"


def test_an_answer_is_doubted_in_a_note_or_not_at_all() -> None:
    sure = Answer("Who?", "d", "m", "SELECT 1", (), result(((1,),)), 0.1, 0.8, answerable=0.9)
    assert messages.doubt(sure) == ""
    unsure = replace(sure, confidence=0.38)
    assert messages.doubt(unsure) == (f'<p class="t2s-doubt" role="status">{unsure.doubt}</p>')


def test_who_waits_reads_what_for_and_where_in_line() -> None:
    waits = [messages.working(1.25), messages.working(0.04, place=1), messages.loading("<m>", 2)]
    words = [re.sub(r"<.*?>", "", html) for html in waits]
    assert words == [
        "Writing SQL 1.2 s",
        "2nd in the queue 0.0 s",
        "Loading &lt;m&gt;. This can take a while 2.0 s",
    ]


def test_a_reading_is_escaped_and_nothing_where_there_is_none() -> None:
    assert messages.reading("The <b> of each t.") == (
        '<p class="t2s-reading">The &lt;b&gt; of each t.</p>'
    )
    assert messages.reading("") == ""
    assert messages.reading("", ["<t>", "u"]) == (
        '<p class="t2s-hint t2s-used">From <code>&lt;t&gt;</code>, <code>u</code>.</p>'
    )


def test_an_error_is_an_alert_with_its_sentence_escaped() -> None:
    failed = result(failure=Failure("missing_column", "no such column: <b>"))
    assert messages.outcome(failed) == (
        '<p class="t2s-alert" role="alert">no such column: &lt;b&gt;</p>'
    )


def test_a_database_without_a_file_says_why_there_are_no_rows() -> None:
    assert "Only the schema of this database is available" in messages.outcome(None)


@pytest.mark.parametrize(
    ("exact", "executed", "word"),
    [
        (True, True, "Right."),
        (False, True, "Right."),
        (True, None, "Right."),
        (False, False, "Wrong."),
        (True, False, "Wrong."),
        (None, None, "Not compared."),
    ],
)
def test_rows_decide_the_verdict_where_there_are_any(
    exact: bool | None, executed: bool | None, word: str
) -> None:
    html = messages.verdict(Verdict(exact, executed, "Because <it> is."))
    assert f">{word}</strong> Because &lt;it&gt; is.</p>" in html
