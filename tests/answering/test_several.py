"""Which of several models return the same rows, in words."""

from __future__ import annotations

import pytest

from text2sql.answering.answer import Answer
from text2sql.answering.several import ModelAnswer, agreement_sentence, groups
from text2sql.sandbox import Failure, QueryResult


def answered(model: str, *rows: int) -> ModelAnswer:
    result = QueryResult(("n",), tuple((row,) for row in rows), False, 0.0)
    return ModelAnswer(model, Answer("How many?", "shop", model, "SELECT 1", (), result, 0.1))


def failed(model: str) -> ModelAnswer:
    result = QueryResult((), (), False, 0.0, Failure("unknown_column", "no such column: nope"))
    return ModelAnswer(model, Answer("How many?", "shop", model, "SELECT 1", (), result, 0.1))


@pytest.mark.parametrize(
    ("found", "same", "sentence"),
    [
        ([answered("a", 1, 2), answered("b", 2, 1)], [["a", "b"]], "a and b return the same rows."),
        ([answered("a", 1), answered("b", 2)], [["a"], ["b"]],
         "No two models return the same rows."),
        ([answered("a", 1), answered("b", 2), answered("c", 2)], [["b", "c"], ["a"]],
         "b and c return the same rows; a returns others."),
        ([answered("a", 1), answered("b", 2), answered("c", 2), answered("d", 3)],
         [["b", "c"], ["a"], ["d"]], "b and c return the same rows; a and d each return others."),
        ([answered("a", 1), failed("b"), ModelAnswer("c", error="It is not here.")], [["a"]], ""),
    ],
)  # fmt: skip
def test_models_with_equal_rows_are_named_together(
    found: list[ModelAnswer], same: list[list[str]], sentence: str
) -> None:
    assert (groups(found), agreement_sentence(found)) == (same, sentence)


def test_an_error_takes_the_place_of_an_answer_in_json() -> None:
    assert ModelAnswer("c", error="It is not here.").to_dict() == {
        "error": "It is not here.", "asked": "c", "right": None
    }  # fmt: skip
