"""The second reading of a question: the best query whose rows differ from the answer's."""

from __future__ import annotations

from dataclasses import dataclass

from text2sql.sandbox import QueryResult

__all__ = ["SecondReading"]


@dataclass(frozen=True)
class SecondReading:
    """The best candidate whose rows differ from the answer's.

    ``closeness`` is its weight divided by that of the answer, from 0 to 1.
    """

    sql: str
    result: QueryResult
    closeness: float
