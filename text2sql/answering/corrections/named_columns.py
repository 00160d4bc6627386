"""Every column of a list that the question names: ``name, town and phone of ...``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from text2sql.answering.corrections.question_context import QuestionContext, stems, tables_of
from text2sql.linking.words import stem
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Select,
    SelectItem,
    Statement,
    aggregated,
    conjuncts,
    walk,
)

__all__ = ["with_named_columns"]

_LONGEST = 4  # the most words of a name
_JOINING = frozenset(", and & plus with ;".split())
_BETWEEN = _JOINING | frozenset(
    "the their its his her a an along together as well also of for each in s ' ’".split()
)
#: Words before a list that make it no list of what to show.
_BEFORE = frozenset(
    "by per each every whose where when order ordered sort sorted group grouped than if or not no "
    "without same different both share shares".split()
)
#: Words and signs after a list of what to show; after others, its last column may be a condition.
_AFTER = frozenset(
    ". ? ! , ; ) of for in from at on by per who which that whose sorted ordered sort order".split()
)


@dataclass(frozen=True)
class _NamedColumn:
    """A column that the words from ``start`` to ``end`` name."""

    start: int
    end: int
    column: ColumnRef


def with_named_columns(query: Statement, context: QuestionContext) -> Statement:
    """Return ``query`` with all columns of a list of which it shows some."""
    if not isinstance(query, Select) or len(query.items) > 6:
        return query
    shown = [item.expression for item in query.items]
    if not query.group_by and any(map(aggregated, shown)):
        return query
    said = {*walk(query.items), *_fixed(query)}
    for listed in _lists(query, context):
        columns = [mention.column for mention in listed]
        new = [column for column in dict.fromkeys(columns) if column not in said]
        if new and any(column in shown for column in columns):
            return replace(query, items=(*query.items, *map(SelectItem, new)))
    return query


def _fixed(query: Select) -> Iterator[object]:
    """Yield what is equal to one value in every row, which nobody needs to see."""
    for condition in conjuncts(query.where):
        if isinstance(condition, Call) and condition.name in ("=", "is"):
            yield from condition.arguments


def _lists(query: Select, context: QuestionContext) -> Iterator[Sequence[_NamedColumn]]:
    """Yield the lists of two columns or more that the question asks to be shown."""
    lower = [word.lower() for word in context.words]
    tables = {
        part for table in tables_of(query) for part in stems(context.schema.tables[table].name)
    }
    run: list[_NamedColumn] = []
    for mention in [*_mentions(query, context), None]:
        between = lower[run[-1].end : mention.start] if run and mention else []
        joined = any(word in _JOINING for word in between) and all(
            word in _BETWEEN or stem(word) in tables for word in between
        )
        if run and not joined:
            if len(run) > 1 and _is_shown(run, lower):
                yield run
            run = []
        run += [mention] if mention else []


def _is_shown(run: Sequence[_NamedColumn], lower: Sequence[str]) -> bool:
    before = lower[max(run[0].start - 2, 0) : run[0].start]
    after = lower[run[-1].end : run[-1].end + 1]
    return not _BEFORE & set(before) and set(after) <= _AFTER


def _mentions(query: Select, context: QuestionContext) -> Iterator[_NamedColumn]:
    """Yield the columns in FROM that the question names in full, the longest names first."""
    names: dict[tuple[str, ...], set[ColumnRef]] = {}
    for table, source in tables_of(query).items():
        for place, column in enumerate(context.schema.tables[table].columns):
            for name in (column.natural, column.name):
                names.setdefault(stems(name), set()).add(ColumnRef(source, place))
    for table in tables_of(query):  # a table is meant rather than its column of the same name
        names.pop(stems(context.schema.tables[table].natural), None)
    shown = {item.expression for item in query.items}
    words = [stem(word) for word in context.words]
    start = 0
    while start < len(words):
        for end in range(min(start + _LONGEST, len(words)), start, -1):
            found = names.get(tuple(words[start:end]), set())
            found = found & shown or found
            if len(found) == 1:
                yield _NamedColumn(start, end, next(iter(found)))
                break
        else:
            end = start + 1
        start = end
