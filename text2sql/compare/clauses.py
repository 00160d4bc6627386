"""Differences between two queries of Spider's fragment, clause by clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from text2sql.compare.wording import Wording
from text2sql.metrics.parts import join_conditions
from text2sql.query import Condition, Conditions, Query
from text2sql.schema import Schema

__all__ = ["ClauseDifference", "clause_differences"]

_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True)
class ClauseDifference:
    """The parts of a clause that only the gold or only the prediction has; either may be empty."""

    clause: str
    expected: str
    found: str

    def __str__(self) -> str:
        if self.expected and self.found:
            return f"{self.clause}: expected {self.expected}, got {self.found}"
        what = f"missing {self.expected}" if self.expected else f"unexpected {self.found}"
        return f"{self.clause}: {what}"


def clause_differences(gold: Query, found: Query, schema: Schema) -> tuple[ClauseDifference, ...]:
    """List every difference between two queries, including values, JOIN conditions and DISTINCT.

    The order of selected columns, of tables and of conditions does not count.
    """
    return tuple(_differences(gold, found, schema))


def _differences(gold: Query, found: Query, schema: Schema) -> Iterator[ClauseDifference]:
    words = Wording(schema, max(len(gold.sources), len(found.sources)) > 1)
    if gold.distinct != found.distinct:
        yield ClauseDifference("DISTINCT", *("DISTINCT" * q.distinct for q in (gold, found)))
    yield from _bags("SELECT", gold.select, found.select, words.unit)
    yield from _bags("FROM", gold.sources, found.sources, words.source)
    yield from _conditions("JOIN", join_conditions(gold), join_conditions(found), words)
    yield from _conditions("WHERE", gold.where, found.where, words)
    yield from _bags("GROUP BY", gold.group_by, found.group_by, words.unit)
    yield from _conditions("HAVING", gold.having, found.having, words)
    if gold.order_by != found.order_by:
        lists = (", ".join(map(words.order, q.order_by)) for q in (gold, found))
        yield ClauseDifference("ORDER BY", *lists)
    if gold.limit != found.limit:
        limits = ("" if q.limit is None else str(q.limit) for q in (gold, found))
        yield ClauseDifference("LIMIT", *limits)
    yield from _set_operation(gold, found, schema)


def _bags(
    clause: str, gold: Sequence[_T], found: Sequence[_T], write: Callable[[_T], str]
) -> Iterator[ClauseDifference]:
    missing, extra = Counter(gold) - Counter(found), Counter(found) - Counter(gold)
    if missing or extra:
        sides = (", ".join(map(write, side.elements())) for side in (missing, extra))
        yield ClauseDifference(clause, *sides)


def _conditions(
    clause: str, gold: Conditions, found: Conditions, words: Wording
) -> Iterator[ClauseDifference]:
    expected, got = list(map(_oriented, gold)), list(map(_oriented, found))
    if Counter(expected) != Counter(got):
        yield from _bags(clause, expected, got, words.condition)
    elif Counter(gold.connectors) != Counter(found.connectors):
        yield ClauseDifference(clause, words.conditions(gold), words.conditions(found))


def _oriented(condition: Condition) -> Condition:
    """Write ``b = a`` as ``a = b`` if both are columns, so that the two compare as equal."""
    left, right = condition.left, condition.right
    if condition.operator != "=" or type(left) is not type(right) or left is None:
        return condition
    first, second = sorted((left, right), key=repr)
    return replace(condition, left=first, right=second)


def _set_operation(gold: Query, found: Query, schema: Schema) -> Iterator[ClauseDifference]:
    if gold.right is None or found.right is None or gold.set_operator != found.set_operator:
        sides = (_set_operation_text(q, schema) for q in (gold, found))
        if gold.right is not None or found.right is not None:
            yield ClauseDifference("Set operation", *sides)
        return
    for difference in _differences(gold.right, found.right, schema):
        operator = (gold.set_operator or "").upper()
        yield replace(difference, clause=f"after {operator}, {difference.clause}")


def _set_operation_text(query: Query, schema: Schema) -> str:
    if query.right is None:
        return ""
    return f"{(query.set_operator or '').upper()} {Wording(schema).query(query.right)}"
