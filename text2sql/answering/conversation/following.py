"""Follow-ups: questions that change the query of the answer before them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from text2sql.answering.conversation.carried import Carried, carried_over
from text2sql.answering.conversation.edits import as_select
from text2sql.answering.conversation.linker import Linker
from text2sql.answering.conversation.mentions import Question
from text2sql.answering.conversation.search import NEW, changes
from text2sql.databases import Database
from text2sql.errors import QueryError, QuestionError
from text2sql.linking.words import split_words
from text2sql.query.nodes import Select
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema

__all__ = [
    "FollowUp",
    "Previous",
    "agreeing",
    "carried_between",
    "chosen",
    "follow_ups",
    "previous_query",
    "probabilities",
    "weights",
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
class FollowUp:
    """A query that a follow-up may mean.

    ``steps`` name the changes of the query before it. If ``new`` is true, there is none: the
    question is a new one.
    """

    query: Select
    previous: Select
    schema: Schema
    score: float
    steps: tuple[str, ...]

    @property
    def new(self) -> bool:
        return self.steps == (NEW,)

    @cached_property
    def sql(self) -> str:
        return write(self.query, self.schema)

    @property
    def carried(self) -> tuple[Carried, ...]:
        """The parts that come from the query before, each with the query that lacks it."""
        return carried_over(self.query, self.previous, self.schema)


def previous_query(sql: str, schema: Schema) -> Select | None:
    """Return the query to go on from; None if it is outside Spider's fragment."""
    try:
        return as_select(read(sql, schema))
    except QueryError:
        return None


def follow_ups(
    question: str,
    previous: Previous,
    database: Database,
) -> list[FollowUp]:
    """Return the queries that ``question`` may mean after ``previous``, the most likely first.

    The list is empty if the query before it is outside Spider's fragment, if the question has more
    than 25 words, or if the schema has more than 2,000 columns: the search would take too long, and
    a long question is usually a new one.
    """
    schema = database.schema
    query = previous_query(previous.sql, schema)
    long = len(split_words(question)) > _MOST_WORDS or schema.column_count > _MOST_COLUMNS
    if query is None or long:
        return []
    linker = Linker(database)
    found = changes(query, Question.read(question, linker.index), linker, weights())
    return [FollowUp(c.query, query, schema, c.score, c.steps) for c in found]


def carried_between(before: str, after: str, schema: Schema) -> tuple[Carried, ...]:
    """Return the parts of ``after`` that come from ``before``; none if either cannot be read."""
    previous, query = previous_query(before, schema), previous_query(after, schema)
    return () if previous is None or query is None else carried_over(query, previous, schema)


def chosen(found: Sequence[FollowUp], results: Sequence[QueryResult | None]) -> tuple[int, float]:
    """Return the place of the most likely query that runs, and the probability of its rows.

    Args:
        results: the results of the first of ``found``; None for a query that was not run.
    """
    ran = [i for i, result in enumerate(results) if result is not None and not result.error]
    place = ran[0] if ran else 0
    likely = probabilities([one.score for one in found])
    same = agreeing(results, place)
    return place, sum(p for p, agrees in zip(likely, same, strict=False) if agrees)


def agreeing(results: Sequence[QueryResult | None], place: int) -> list[bool]:
    """Say for each result whether it has the rows of the one at ``place``, in any order."""
    rows = [None if r is None or r.error else sorted(map(repr, r.rows)) for r in results]
    return [i == place or (r is not None and r == rows[place]) for i, r in enumerate(rows)]


def probabilities(scores: Sequence[float]) -> list[float]:
    """Return the softmax of the scores of alternatives."""
    most = max(scores, default=0.0)
    raised = [math.exp(score - most) for score in scores]
    return [one / sum(raised) for one in raised]


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """Return the weight of each feature of a change, as ``python -m train.follow_ups`` fits it."""
    text = (files("text2sql") / "assets" / "follow_ups.json").read_text(encoding="utf-8")
    found: dict[str, float] = json.loads(text)
    return found
