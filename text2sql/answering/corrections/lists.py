"""Conditions on all values of a list: ``from Brazil, Chile or Peru`` names three."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Compound,
    Expression,
    Literal,
    Select,
    Statement,
    conjunction,
    conjuncts,
    walk,
)
from text2sql.query.scopes import Scope, each_select

__all__ = ["listed_values"]

_LONGEST = 6  # the most words of a value
_BETWEEN = frozenset(", / & or nor and the from in either of".split())
_JOINING = frozenset(", / & or nor and".split())
_PER_GROUP = re.compile(r"\b(each|per|every|by|respectively|how many of|group\w*|compare\w*)\b")
_NUMBER = re.compile(r"^(how many|what is the (total )?number of|count)\b")


@dataclass(frozen=True)
class _List:
    """Values of one column as stored, in the question's order; ``either`` if ``or`` joins them."""

    values: tuple[str, ...]
    either: bool


def listed_values(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with conditions on some values of a list extended to all of them."""
    words = {word.lower() for word in context.words}
    if not words & _JOINING:
        return query
    if isinstance(query, Compound):
        return _merged(query, context)
    query = each_select(query, context.schema, lambda scope: _completed(scope, context))
    return _ungrouped(query, context) if isinstance(query, Select) else query


def _lists(number: int, context: QuestionContext) -> Iterator[_List]:
    """Return the lists of values of one column in a question."""
    found = list(_values(number, context))
    run: list[tuple[int, int, str]] = []
    joining: set[str] = set()
    for value in [*found, None]:
        between = _gap(run[-1], value, context) if run and value else None
        if run and between is None:
            if len(run) > 1:
                yield _List(
                    tuple(dict.fromkeys(text for _, _, text in run)), bool(joining & {"or", "nor"})
                )
            run, joining = [], set()
        joining |= between or set()
        run += [value] if value else []


def _gap(
    before: tuple[int, int, str], value: tuple[int, int, str], context: QuestionContext
) -> set[str] | None:
    """Return the words between two values, if they join them."""
    words = {word.lower() for word in context.words[before[1] : value[0]]}
    return words if words <= _BETWEEN and words & _JOINING else None


def _values(number: int, context: QuestionContext) -> Iterator[tuple[int, int, str]]:
    """Return the cells of a column in a question: first word, one past the last, as stored."""
    lower = [word.lower() for word in context.words]
    start = 0
    while start < len(lower):
        for end in range(min(start + _LONGEST, len(lower)), start, -1):
            text = context.index.exact.get(" ".join(lower[start:end]), {}).get(number)
            if text is not None and lower[start:end] != ["or"]:
                yield start, end, text
                break
        else:
            end = start + 1
        start = end


def _completed(scope: Scope, context: QuestionContext) -> Select:
    used = {node.value for node in walk(scope.select.where) if isinstance(node, Literal)}

    def complete(node: Expression) -> Expression:
        column, values, negative = _test_of(node)
        place = scope.place(column) if column is not None else None
        for listed in _lists(context.number(place), context) if place is not None else ():
            if _is_part(values, listed) and not set(listed.values) <= used:
                whole = Call("in", (column or node, *map(Literal, listed.values)))
                return Call("not", (whole,)) if negative else whole
        if isinstance(node, Call) and node.name in ("and", "or", "not"):
            return replace(node, arguments=tuple(map(complete, node.arguments)))
        return node

    where = scope.select.where
    return scope.select if where is None else replace(scope.select, where=complete(where))


def _is_part(values: Sequence[object], listed: _List) -> bool:
    """Whether a condition has some of the list; one value of ``A, B and C`` may be meant alone."""
    some = bool(values) and set(values) < set(listed.values)
    return some and (listed.either or len(set(values)) > 1)


def _test_of(node: object) -> tuple[ColumnRef | None, tuple[object, ...], bool]:
    """Return the column, the values and the negation of ``c = 'A' OR c IN ('B', 'C')``."""
    nothing: tuple[ColumnRef | None, tuple[object, ...], bool] = (None, (), False)
    if not isinstance(node, Call):
        return nothing
    left = node.arguments[0] if node.arguments else None
    if node.name in ("=", "!=", "in") and isinstance(left, ColumnRef):
        values = [a.value for a in node.arguments[1:] if isinstance(a, Literal)]
        texts = all(isinstance(value, str) for value in values)
        whole = texts and len(values) == len(node.arguments) - 1
        return (left, tuple(values), node.name == "!=") if whole else nothing
    if node.name == "not":
        column, values_, negative = _test_of(left)
        return (column, values_, not negative)
    if node.name in ("or", "and"):
        parts = [_test_of(argument) for argument in node.arguments]
        alike = len({(part[0], part[2]) for part in parts}) == 1
        if alike and parts[0][2] == (node.name == "and"):
            return parts[0][0], tuple(v for part in parts for v in part[1]), parts[0][2]
    return nothing


def _merged(query: Compound, context: QuestionContext) -> Statement:
    """Return one SELECT for an INTERSECT whose parts differ only in a value of ``A or B``."""
    first = query.selects[0]
    if set(query.operators) != {"intersect"} or query.order_by or query.limit is not None:
        return query
    tests = [_test_of(select.where) for select in query.selects]
    column = tests[0][0]
    same = all(
        replace(select, where=None) == replace(first, where=None) for select in query.selects
    )
    if not same or column is None or any(t[0] != column or t[2] for t in tests):
        return query
    place = Scope(first, context.schema).place(column)
    values = {value for test in tests for value in test[1]}
    for listed in _lists(context.number(place), context) if place is not None else ():
        if listed.either and values <= set(listed.values):
            whole = Call("in", (column, *map(Literal, listed.values)))
            return replace(first, where=whole)
    return query


def _ungrouped(query: Select, context: QuestionContext) -> Select:
    """Return one number for ``how many are from A, B or C``, instead of one for each value."""
    counted = [item for item in query.items if item.expression not in query.group_by]
    if len(query.group_by) != 1 or len(counted) != 1 or query.having or query.limit:
        return query
    if not _NUMBER.search(context.text) or _PER_GROUP.search(context.text):
        return query
    column, scope = query.group_by[0], Scope(query, context.schema)
    place = scope.place_of(column)
    for listed in _lists(context.number(place), context) if place is not None else ():
        whole: Expression = Call("in", (column, *map(Literal, listed.values)))
        stated = tuple(c for c in conjuncts(query.where) if column not in walk(c))
        if listed.either:
            where = conjunction((*stated, whole))
            return replace(query, items=tuple(counted), group_by=(), order_by=(), where=where)
    return query
