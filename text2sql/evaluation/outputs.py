"""What kind of output a prediction is, before asking whether it is right."""

from __future__ import annotations

from typing import Literal as Choice

from text2sql.sandbox import QueryResult

__all__ = ["Output", "is_repetitive", "output_kind"]

Output = Choice["ok", "empty", "invalid", "timed_out"]

_SHORTEST_LOOP = 3
_LONGEST_LOOP = 40
_WORDS = 2000  # that are looked at; a loop shows in them


def output_kind(prediction: str, result: QueryResult | None) -> Output:
    """``invalid`` is SQL that does not run; without a result, anything written is ``ok``."""
    if not prediction.strip():
        return "empty"
    if result is None or result.failure is None:
        return "ok"
    return "timed_out" if result.failure.kind == "timeout" else "invalid"


def is_repetitive(prediction: str) -> bool:
    """Whether the model fell into a loop: three words or more that come again at once.

    ``GROUP BY x GROUP BY x`` is one. Words that open a bracket have to come three times, because
    a subquery may well start as the query around it does.
    """
    words = prediction.lower().replace("(", " ( ").replace(")", " ) ").split()[:_WORDS]
    for size in range(_SHORTEST_LOOP, min(_LONGEST_LOOP, len(words) // 2) + 1):
        for start in range(len(words) - 2 * size + 1):
            unit = words[start : start + size]
            times = 2 if unit.count("(") == unit.count(")") else 3
            if words[start + size : start + times * size] == unit * (times - 1):
                return True
    return False
