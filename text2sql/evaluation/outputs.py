"""Kinds of output: whether a prediction runs, times out, is empty or repeats itself."""

from __future__ import annotations

from typing import Literal as Choice

from text2sql.sandbox import QueryResult

__all__ = ["OutputKind", "is_repetitive", "output_kind"]

OutputKind = Choice["ok", "empty", "invalid", "timed_out"]

_SHORTEST_LOOP = 3
_LONGEST_LOOP = 40
_WORDS = 2000  # words that are checked; a loop shows within them


def output_kind(prediction: str, result: QueryResult | None) -> OutputKind:
    """Classify a prediction; without a result, any text is ``ok``."""
    if not prediction.strip():
        return "empty"
    if result is None or result.failure is None:
        return "ok"
    return "timed_out" if result.failure.kind == "timeout" else "invalid"


def is_repetitive(prediction: str) -> bool:
    """Whether the output loops: three or more words that are repeated immediately.

    ``GROUP BY x GROUP BY x`` is an example. Words that open a parenthesis must occur three times,
    because a subquery may start like its enclosing query.
    """
    words = prediction.lower().replace("(", " ( ").replace(")", " ) ").split()[:_WORDS]
    for size in range(_SHORTEST_LOOP, min(_LONGEST_LOOP, len(words) // 2) + 1):
        for start in range(len(words) - 2 * size + 1):
            unit = words[start : start + size]
            times = 2 if unit.count("(") == unit.count(")") else 3
            if words[start + size : start + times * size] == unit * (times - 1):
                return True
    return False
