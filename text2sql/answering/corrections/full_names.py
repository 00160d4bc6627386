"""First and last names of people: who asks for names gets both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.query.nodes import ColumnRef, Compound, Expression, Select, SelectItem, Statement
from text2sql.query.scopes import Scope

__all__ = ["with_full_names"]

_FIRST = re.compile(r"(?:\w+ )?(?:first ?name|forename|given ?name|given|f ?na?me?)")
_LAST = re.compile(r"(?:\w+ )?(?:last ?name|surname|family ?name|l ?na?me?)")
#: Words that ask for one part of a name only.
_PART = re.compile(
    r"\b(?:first|last|given|family|christian)[- ]?names?\b|\b(?:fore|sur)names?\b|\binitials?\b"
)


def with_full_names(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with the other part of each name of which it shows one."""
    if isinstance(query, Compound) or _PART.search(context.text):
        return query
    scope = Scope(query, context.schema)
    items = [part for item in query.items for part in _whole(item.expression, scope, context)]
    shown = tuple(dict.fromkeys(items))
    if len(shown) == len(query.items):
        return query
    return replace(
        query, items=tuple(map(SelectItem, shown)), group_by=_grouped(query, scope, context)
    )


def _grouped(query: Select, scope: Scope, context: QuestionContext) -> tuple[Expression, ...]:
    parts = [part for group in query.group_by for part in _whole(group, scope, context)]
    return tuple(dict.fromkeys(parts))


def _whole(expression: Expression, scope: Scope, context: QuestionContext) -> Iterator[Expression]:
    """Yield ``expression``; both names, first name first, if it is one of them."""
    place = scope.place_of(expression)
    names = _names(context, place[0]) if place is not None else None
    if place is None or names is None or place[1] not in names:
        yield expression
    elif isinstance(expression, ColumnRef):
        yield from (replace(expression, column=column) for column in names)


def _names(context: QuestionContext, table: int) -> tuple[int, int] | None:
    """Return the columns of the first and the last name, if a table has one of each."""
    called = [column.natural.lower() for column in context.schema.tables[table].columns]
    first = [place for place, name in enumerate(called) if _FIRST.fullmatch(name)]
    last = [place for place, name in enumerate(called) if _LAST.fullmatch(name)]
    return (first[0], last[0]) if len(first) == len(last) == 1 else None
