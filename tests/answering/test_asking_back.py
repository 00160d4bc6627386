"""When a visitor is asked which of two readings was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from text2sql.answering.asking_back import CLOSE, UNLIKELY, Reading, two_readings
from text2sql.answering.pipeline import Answer
from text2sql.answering.second_reading import SecondReading
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema

SCHEMA = Schema.from_text("singer(name, age)")
ROWS = QueryResult(("a",), ((1,),), False, 0.0)
OTHER = QueryResult(("a",), ((2,),), False, 0.0)
ANSWER = Answer(
    "Who?", "d", "m", "SELECT name FROM singer", (), ROWS, 0.1, 0.5,
    second=SecondReading("SELECT age FROM singer", OTHER, CLOSE),
)  # fmt: skip


def test_two_close_readings_are_offered_with_their_words_and_rows() -> None:
    assert two_readings(ANSWER, SCHEMA) == (
        Reading("SELECT name FROM singer", ROWS, "The name of each singer."),
        Reading("SELECT age FROM singer", OTHER, "The age of each singer."),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"second": None},
        {"second": SecondReading("SELECT age FROM singer", OTHER, CLOSE - 0.01)},
        {"second": SecondReading("SELECT NAME FROM singer", OTHER, CLOSE)},
        {"second": SecondReading("SELECT rowid FROM singer", OTHER, CLOSE)},
        {"sql": "SELECT rowid FROM singer"},
        {"result": None},
        {"confidence": None},
        {"confidence": UNLIKELY - 0.01},
        {"answerable": 0.4},
    ],
    ids=str,
)
def test_nothing_is_asked_where_it_does_not_help(changes: dict[str, Any]) -> None:
    assert two_readings(replace(ANSWER, **changes), SCHEMA) is None
