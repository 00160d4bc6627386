"""Queries that say the same twice: ``x > x``, ``x - x``, ``IN (1, 1)``.

An unsure network likes to point at one column twice, where a question compares two. The search
leaves such hypotheses out, so that its place goes to the next column.
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
_NOTHING = (-1,) * 7  # so that every place before the last can be asked for


def repeats(outputs: Sequence[int], last: int) -> bool:
    """Whether ``last``, after ``outputs``, completes something that is said twice."""
    said = (*_NOTHING, *outputs, last)
    if last in _CLOSED:
        return _same_query(said)
    if last < len(KEYWORDS) and last != _STAR:
        return False
    return _same_arguments(said) or _same_condition(said) or _in_list(said)


def _same_arguments(said: Sequence[int]) -> bool:
    """``x > x``, ``- x x``, ``- sum x sum x``, ``between 1 1``."""
    last = said[-1]
    if said[-2] == last:
        return said[-3] in _OF_TWO or said[-3] == _BETWEEN
    if said[-3] != last:
        return False
    if said[-2] in _COMPARED:
        return said[-4] in _CONDITION
    return said[-2] in _OF_ONE and said[-4] == said[-2] and said[-5] in _OF_TWO


def _same_condition(said: Sequence[int]) -> bool:
    """``x = 1 or x = 1``."""
    return said[-4] in _CONNECTED and said[-3:] == said[-7:-4]


def _in_list(said: Sequence[int]) -> bool:
    """A column that is shown or grouped by twice, a value that is twice in a list."""
    place = len(said) - 2
    while said[place] >= len(KEYWORDS):
        place -= 1
    if said[place] == _DISTINCT and said[place - 1] == _SELECT:
        place -= 1
    return said[place] in _LISTS and said[-1] in said[place + 1 : -1]


def _same_query(said: Sequence[int]) -> bool:
    """Both sides of the last set operation."""
    place = next((i for i in range(len(said) - 1, 0, -1) if said[i] in _SETS), 0)
    right = said[place + 1 : -1]
    return place >= len(right) > 0 and said[place - len(right) : place] == right
