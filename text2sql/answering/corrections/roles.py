"""Joins on the key that the question names: ``hair colour`` is not the eye colour."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext, stems
from text2sql.linking.joins import join_keys
from text2sql.query.nodes import Call, ColumnRef, Entry, Expression, Select, Statement, conjuncts
from text2sql.query.scopes import Scope, each_select
from text2sql.schema import ColumnPosition

__all__ = ["joined_by_role"]


def joined_by_role(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` joined on another key of the same two tables if only that one is named."""
    return each_select(query, context.schema, lambda scope: _joined(scope, context))


def _joined(scope: Scope, context: QuestionContext) -> Select:
    sources = scope.select.sources
    tables = Counter(entry.table for entry in sources)
    if len(sources) < 2 or max(tables.values()) > 1:  # a table twice has both keys
        return scope.select
    entries = tuple(_with_key(entry, scope, context) for entry in sources)
    return replace(scope.select, sources=entries)


def _with_key(entry: Entry, scope: Scope, context: QuestionContext) -> Entry:
    stated = conjuncts(entry.on)
    if len(stated) != 1 or not isinstance(stated[0], Call) or stated[0].name != "=":
        return entry
    return replace(entry, on=_named_key(stated[0], scope, context))


def _named_key(condition: Call, scope: Scope, context: QuestionContext) -> Expression:
    left, right = condition.arguments
    here, there = scope.place_of(left), scope.place_of(right)
    if here is None or there is None:
        return condition
    keys = [key[0] for key in join_keys(context.schema, here[0], there[0]) if len(key) == 1]
    if len(keys) < 2 or (here[1], there[1]) not in keys:
        return condition
    named = [pair for pair in keys if _is_named(pair, keys, (here[0], there[0]), context)]
    if len(named) != 1 or not isinstance(left, ColumnRef) or not isinstance(right, ColumnRef):
        return condition
    ends = (replace(left, column=named[0][0]), replace(right, column=named[0][1]))
    return replace(condition, arguments=ends)


def _is_named(
    pair: tuple[int, int],
    keys: list[tuple[int, int]],
    tables: tuple[int, int],
    context: QuestionContext,
) -> bool:
    """Whether the question has a word of a key that the other keys lack."""
    others = {word for key in keys if key != pair for word in _words(key, tables, context)}
    return bool((_words(pair, tables, context) - others) & set(stems(context.text)))


def _words(pair: tuple[int, int], tables: tuple[int, int], context: QuestionContext) -> set[str]:
    places: list[ColumnPosition] = list(zip(tables, pair, strict=True))
    return {word for place in places for word in stems(context.column(place).natural)}
