"""The decision whether to ask a visitor which of two readings of a question was meant.

A question can be read in two ways with different rows ("the most": the highest sum or the most
rows?). If the model finds the second nearly as likely as the first, one click of the visitor
decides it. ``python -m text2sql.benchmark asking_back`` measures what that click saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from text2sql.query.explanation import explanation

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.sandbox import QueryResult
    from text2sql.schema import Schema

__all__ = ["CLOSE", "UNLIKELY", "Reading", "two_readings"]

#: From this closeness on, the visitor is asked. Set after a look at the bundled samples and at
#: other people's databases; the first half of Spider dev only confirmed it.
CLOSE = 0.5
#: Below this confidence both readings are usually wrong, so a warning serves better.
UNLIKELY = 0.2


@dataclass(frozen=True)
class Reading:
    """A query, its rows and its explanation in English."""

    sql: str
    result: QueryResult
    words: str


def two_readings(
    answer: Answer, schema: Schema, close: float = CLOSE
) -> tuple[Reading, Reading] | None:
    """Return the two readings to choose from, or None if there is no need or no way to ask.

    The result is None if the second reading is much less likely, if both are unlikely, if their
    explanations in English are the same, or if the database seems to lack the data.
    """
    second = answer.second
    if second is None or second.closeness < close or answer.result is None or answer.foreign:
        return None
    if answer.confidence is None or answer.confidence < UNLIKELY:
        return None
    first = Reading(answer.sql, answer.result, explanation(answer.sql, schema))
    other = Reading(second.sql, second.result, explanation(second.sql, schema))
    if not first.words or not other.words or first.words == other.words:
        return None
    return first, other
