"""Follow-ups: questions that change the query of the answer before them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from text2sql.answering.conversation.carried import Carried, carried_over
from text2sql.answering.conversation.edits import as_select
from text2sql.answering.conversation.linker import Linker
from text2sql.answering.conversation.mentions import Question
from text2sql.answering.conversation.options import Option, TurnOptions, softmax
from text2sql.answering.conversation.outcomes import Outcome, with_outcomes
from text2sql.answering.conversation.search import Change, changes
from text2sql.databases import Database
from text2sql.errors import QueryError, QuestionError
from text2sql.generators.base import Candidate
from text2sql.linking.words import split_words
from text2sql.query.english import in_english
from text2sql.query.nodes import Select
from text2sql.query.reading import read
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema

__all__ = [
    "Previous",
    "Turn",
    "agreeing",
    "carried_between",
    "chosen",
    "follow_up",
    "previous_query",
    "weights",
    "whole_text",
]


_MOST_WORDS = 25
_MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Previous:
    """The query that a follow-up goes on from, and the questions that led to it.

    ``confidence`` is the probability, from 0 to 1, that its rows were right; None if unknown.
    """

    sql: str
    questions: tuple[str, ...] = ()
    confidence: float | None = None

    @classmethod
    def from_dict(cls, answer: Mapping[str, Any]) -> Previous:
        """Read the output of ``Answer.to_dict``; only ``sql`` is required.

        Raises:
            QuestionError: ``sql`` is missing, or a value has the wrong type.
        """
        sql, question = answer.get("sql"), answer.get("question") or ""
        earlier, confidence = answer.get("earlier") or [], answer.get("confidence")
        texts = isinstance(earlier, list) and all(isinstance(t, str) for t in (*earlier, question))
        number = confidence is None or (
            isinstance(confidence, int | float) and 0 <= confidence <= 1
        )
        if not isinstance(sql, str) or not sql.strip() or not texts or not number:
            raise QuestionError(
                "The question before this one is not an answer: give its sql as a text, and its "
                "question if it is known."
            )
        return cls(sql, tuple(text for text in (*earlier, question) if text), confidence)


@dataclass(frozen=True)
class Turn:
    """A question after another one, with the ``changes`` of that query that it may ask for."""

    text: str
    question: Question
    previous: Select
    schema: Schema
    changes: tuple[Change, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """The texts in which a model reads the question, for each of READINGS."""
        return self.text, whole_text(self.text, self.previous, self.schema)

    def options(self, readings: Mapping[str, Sequence[Candidate]]) -> list[Option]:
        """Return the queries that the question may mean, the likeliest before any is run first."""
        of = TurnOptions(self.previous, self.changes, readings, self.question, self.schema)
        for option in of.found.values():
            option.score = _score(option.features)
        return sorted(of.found.values(), key=lambda option: -option.score)

    def carried(self, query: Select | None) -> tuple[Carried, ...]:
        """Return the parts of ``query`` that come from the query before, which can be taken off."""
        return () if query is None else carried_over(query, self.previous, self.schema)


def whole_text(question: str, previous: Select, schema: Schema) -> str:
    """Return a question that is complete without the one before it, for a model to read."""
    try:
        before = in_english(previous, schema).rstrip(".")
    except QueryError:
        return question
    return f"{before}, {question}".replace("“", '"').replace("”", '"')


def previous_query(sql: str, schema: Schema) -> Select | None:
    """Return the query to go on from; None if it is outside Spider's fragment."""
    try:
        return as_select(read(sql, schema))
    except QueryError:
        return None


def follow_up(question: str, previous: Previous, database: Database) -> Turn | None:
    """Return ``question`` as a turn after ``previous``.

    It is None if the query before it is outside Spider's fragment, if the question has more than
    25 words, or if the schema has more than 2,000 columns: the search would take too long, and a
    long question is usually a new one.
    """
    schema = database.schema
    query = previous_query(previous.sql, schema)
    long = len(split_words(question)) > _MOST_WORDS or schema.column_count > _MOST_COLUMNS
    if query is None or long:
        return None
    linker = Linker(database)
    words = Question.read(question, linker.index)
    found = changes(query, words, linker, weights()["changes"])
    return Turn(question, words, query, schema, tuple(found))


def carried_between(before: str, after: str, schema: Schema) -> tuple[Carried, ...]:
    """Return the parts of ``after`` that come from ``before``; none if either cannot be read."""
    previous, query = previous_query(before, schema), previous_query(after, schema)
    return () if previous is None or query is None else carried_over(query, previous, schema)


def chosen(
    options: Sequence[Option],
    results: Sequence[QueryResult | None],
    before: QueryResult | None,
) -> tuple[int, float]:
    """Return the place of the most likely option, and the probability of its rows.

    Args:
        results: the result of each option; None for a query that was not run.
        before: the result of the query before.
    """
    outcomes = [Outcome.of(result) for result in results]
    features = with_outcomes(options, outcomes, Outcome.of(before))
    likely = softmax([_score(one) for one in features])
    place = likely.index(max(likely))
    same = agreeing(results, place)
    return place, sum(p for p, agrees in zip(likely, same, strict=True) if agrees)


def _score(features: Mapping[str, float]) -> float:
    known = weights()["choice"]
    return sum(known.get(name, 0.0) * value for name, value in features.items())


def agreeing(results: Sequence[QueryResult | None], place: int) -> list[bool]:
    """Say for each result whether it has the rows of the one at ``place``, in any order."""
    rows = [None if r is None or r.error else sorted(map(repr, r.rows)) for r in results]
    return [i == place or (r is not None and r == rows[place]) for i, r in enumerate(rows)]


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Mapping[str, float]]:
    """Return the weights of the features of ``changes``, and of the ``choice`` among all options.

    ``python -m train.follow_ups`` fits them.
    """
    text = (files("text2sql") / "assets" / "follow_ups.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = json.loads(text)
    return found
