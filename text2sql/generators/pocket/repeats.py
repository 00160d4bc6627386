"""Detection of pointless repetitions in a query: ``x > x``, ``x - x``, ``IN (1, 1)``.

An uncertain network often points at one column twice where the question compares two. The search
drops such hypotheses, which leaves room for those with another column.
"""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.generators.pocket.ir import KEYWORDS
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    FUNCTIONS,
    LISTS,
    SET_OPERATORS,
)

__all__ = ["repeats"]


def _numbers(*words: str) -> frozenset[int]:
    return frozenset(map(KEYWORDS.index, words))


_COMPARED = _numbers(*COMPARISONS)
_OF_TWO = _numbers(*ARITHMETIC, *(word for word, (_, count) in FUNCTIONS.items() if count == 2))
_OF_ONE = _numbers(*AGGREGATES, *(word for word, (_, count) in FUNCTIONS.items() if count == 1))
_CONDITION = _numbers("where", "and", "or", "having", "on", "(", "not", "count_if", "percent")
_CONNECTED = _numbers("and", "or")
_LISTS = _numbers(*LISTS, "select", "group")
_SETS = _numbers(*SET_OPERATORS, "union_all")
_CLOSED = _numbers(")", "end")
_STAR, _BETWEEN, _SELECT, _DISTINCT = map(KEYWORDS.index, ("*", "between", "select", "distinct"))
_NOTHING = (-1,) * 7  # before the first output, so that every index below is valid


def repeats(outputs: Sequence[int], last: int) -> bool:
    """Whether ``last``, after ``outputs``, completes a repetition."""
    outputs = (*_NOTHING, *outputs, last)
    if last in _CLOSED:
        return _same_query(outputs)
    if last < len(KEYWORDS) and last != _STAR:
        return False
    return _same_arguments(outputs) or _same_condition(outputs) or _in_list(outputs)


def _same_arguments(outputs: Sequence[int]) -> bool:
    """``x > x``, ``- x x``, ``- sum x sum x``, ``between 1 1``."""
    last = outputs[-1]
    if outputs[-2] == last:
        return outputs[-3] in _OF_TWO or outputs[-3] == _BETWEEN
    if outputs[-3] != last:
        return False
    if outputs[-2] in _COMPARED:
        return outputs[-4] in _CONDITION
    return outputs[-2] in _OF_ONE and outputs[-4] == outputs[-2] and outputs[-5] in _OF_TWO


def _same_condition(outputs: Sequence[int]) -> bool:
    """``x = 1 or x = 1``."""
    return outputs[-4] in _CONNECTED and outputs[-3:] == outputs[-7:-4]


def _in_list(outputs: Sequence[int]) -> bool:
    """A column that is selected or grouped by twice, or a value that is in a list twice."""
    place = len(outputs) - 2
    while outputs[place] >= len(KEYWORDS):
        place -= 1
    if outputs[place] == _DISTINCT and outputs[place - 1] == _SELECT:
        place -= 1
    return outputs[place] in _LISTS and outputs[-1] in outputs[place + 1 : -1]


def _same_query(outputs: Sequence[int]) -> bool:
    """The same query on both sides of the last set operation."""
    place = next((i for i in range(len(outputs) - 1, 0, -1) if outputs[i] in _SETS), 0)
    right = outputs[place + 1 : -1]
    return place >= len(right) > 0 and outputs[place - len(right) : place] == right
