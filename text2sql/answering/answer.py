"""An answer: SQL for a question, its rows, its confidence, and the questions before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.answering.conversation.carried import Carried
from text2sql.answering.doubt import UNSURE, chance, doubt, reasons
from text2sql.answering.question_language import NOT_ENGLISH
from text2sql.answering.second_reading import SecondReading
from text2sql.generators.base import Candidate
from text2sql.generators.confidence import Evidence
from text2sql.sandbox import QueryResult

__all__ = ["Answer", "RankedCandidate", "ranked"]


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate and its outcome; ``ran`` is None if it was not run.

    ``agrees`` means that it returned the same rows as the answer, in any order.
    """

    sql: str
    score: float
    ran: bool | None = None
    error: str | None = None
    agrees: bool = False


def ranked(
    candidates: Sequence[Candidate], results: Sequence[QueryResult | None], same: Sequence[bool]
) -> tuple[RankedCandidate, ...]:
    """Return the candidates with their results; ``same`` says which have the answer's rows."""
    return tuple(
        RankedCandidate(c.sql, c.score)
        if result is None
        else RankedCandidate(c.sql, c.score, result.error is None, result.error, agrees)
        for c, result, agrees in zip(candidates, results, same, strict=True)
    )


@dataclass(frozen=True)
class Answer:
    """SQL for a question, with its rows; ``result`` is None if there is no database file.

    ``model`` is the model's name, followed by the first digits of the SHA-256 of its weights if it
    has any, as in ``pocket@1f0c3a9e``.

    ``confidence`` is the probability that the rows are right, and ``answerable`` the probability
    that the database can answer the question. For a model without fitted confidence, ``answerable``
    is None and ``confidence`` is the share of probability on candidates with these rows. Both are
    None if no candidate ran. They are computed from ``evidence``.

    ``missing`` holds sentences about what the question asks for but the answer lacks. ``read_as``
    is the question as the model read it, empty if it has no synonyms that a person gave.
    ``unused`` holds words of the question that the query does not use. ``second`` is the best
    candidate with other rows, None if there is none. ``example`` is the question for which a person
    gave this query, up to its values; empty if a model wrote it.

    ``follows`` is true if the answer goes on from the query before it. It then names the
    ``earlier`` questions, the first one first, and the parts of the query that are ``carried`` over
    from them.
    """

    question: str
    db_id: str
    model: str
    sql: str
    candidates: tuple[RankedCandidate, ...]
    result: QueryResult | None
    seconds: float
    confidence: float | None = None
    answerable: float | None = None
    evidence: Evidence | None = None
    missing: tuple[str, ...] = ()
    read_as: str = ""
    unused: tuple[str, ...] = ()
    second: SecondReading | None = None
    example: str = ""
    follows: bool = False
    earlier: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether the database does not seem to hold what the question asks for."""
        return self.answerable is not None and self.answerable < UNSURE

    @property
    def unread(self) -> bool:
        """Whether the question is not in English, the only language that the model reads."""
        return NOT_ENGLISH in self.missing

    @property
    def chance(self) -> str:
        """``confidence`` in words, if it is known: ``82% likely right``."""
        return chance(self.confidence, self._fitted)

    @property
    def doubt(self) -> str:
        """Warnings about the answer as one text; empty for a likely and complete answer."""
        if self.unread:
            return NOT_ENGLISH
        closeness = self.second.closeness if self.second else 0.0
        empty = self.result is not None and self.result.error is None and not self.result.rows
        why = reasons(self.unused, closeness, empty)
        return " ".join([*self.missing, doubt(self.confidence, self._fitted, why)]).strip()

    @property
    def _fitted(self) -> float | None:
        """``answerable``; 1 for a follow-up, which has none although its confidence is fitted."""
        return 1.0 if self.follows else self.answerable

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON; ``columns`` and ``rows`` are empty if nothing ran."""
        rows = (self.result or QueryResult((), (), False, 0.0)).to_dict()
        return {
            "question": self.question,
            "db_id": self.db_id,
            "model": self.model,
            "sql": self.sql,
            "candidates": [
                {"sql": c.sql, "score": round(c.score, 4), "ran": c.ran, "agrees": c.agrees}
                for c in self.candidates
            ],
            **rows,
            "seconds": round(self.seconds, 6),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "answerable": None if self.answerable is None else round(self.answerable, 4),
            "missing": list(self.missing),
            **({"read_as": self.read_as} if self.read_as else {}),
            **({"example": self.example} if self.example else {}),
            "earlier": list(self.earlier),
            "carried": [{"text": c.text, "without": c.without} for c in self.carried],
        }
