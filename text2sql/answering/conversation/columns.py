"""Changes that a mentioned column may ask for: show it, group, order or filter by it, drop it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.edits import (
    bare,
    by_key,
    computing,
    grouped,
    row_of_extreme,
    showing,
    swapped,
    with_conditions,
)
from text2sql.answering.conversation.lexicon import AGGREGATE_WORDS, BIRTHS
from text2sql.answering.conversation.linker import Linked
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Expression,
    Literal,
    Order,
    Select,
    SelectItem,
    Star,
)

__all__ = ["of_columns", "shown"]

_MOST = 4
_DIFFERENT = frozenset(("different", "distinct", "unique", "kinds", "types"))
_ALIKE = 0.05  # difference of scores below which words may mean several columns at once
_AGES = ("asked_age", "asked_old")  # the older a person, the earlier the birth
_PARTS_OF_DATES = (("month", "%Y-%m"), ("year", "%Y"))


def of_columns(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a mentioned column may ask for."""
    found = context.mention.columns
    best = max((linked.score for linked in found), default=0.0)
    for linked in found[:_MOST]:
        given = context.given(linked, best)
        yield from shown(context, linked, given)
        yield from _dropped(context, linked, given)
        yield from _referred(context, linked, given)
        reached = context.reach(linked.place)
        if reached is not None:
            yield from _grouped(context, linked, reached, given)
            yield from _ordered(context, linked, reached, given)
            yield from _flagged(context, linked, reached, given)
    close = [linked for linked in found if linked.score >= best - _ALIKE][:3]
    if len(close) > 1:
        yield from _several(context, close)


def shown(context: Context, linked: Linked, given: Given) -> Iterator[Proposal]:
    """Yield queries that show the column alone, in addition to the others, or aggregated."""
    yield from _of_extreme(context, linked, given)
    beside = context.reach_names(linked, outer=True)
    if beside is not None and context.shown != [Star()]:
        select, columns = beside
        if select.group_by or not context.computes:
            yield Proposal("add column", showing(select, [*context.shown, *columns]), given)
    named = context.reach_names(linked)
    if named is None:
        return
    select, columns = named
    column = columns[0]
    only = showing(bare(select), columns)
    yield Proposal("show column", only, given)
    if context.said & _DIFFERENT:
        yield Proposal("show different", replace(only, distinct=True), given)
    yield from _computed(context, select, column, given)
    yield from _instead(context, select, column, given)
    if len(context.shown) == 1:
        count = Call("count", (column,), distinct=True)
        yield Proposal("count different", computing(select, [count]), given)


def _referred(context: Context, linked: Linked, given: Given) -> Iterator[Proposal]:
    """Yield queries that show the name of the row that a foreign key refers to."""
    people = linked.why == "who"
    for key in context.linker.schema.foreign_keys:
        if (key.table, key.column) != linked.place and not (
            people and key.ref_table == linked.place[0]
        ):
            continue
        for source, entry in enumerate(context.select.sources):
            if entry.table != key.table:
                continue
            select, row = by_key(context.select, source, key)
            names = [
                ColumnRef(row, column) for _, column in context.linker.name_columns(key.ref_table)
            ]
            if not context.computes or select.group_by:
                both = [*context.shown, *names]
                yield Proposal("add name by key", showing(select, both), given)
            yield Proposal("show name by key", showing(bare(select), names), given)


def _of_extreme(context: Context, linked: Linked, given: Given) -> Iterator[Proposal]:
    """Yield columns of the row with the greatest or least value, if only that value was shown."""
    row = row_of_extreme(context.select)
    if row is None:
        return
    reached = replace(context, select=row).reach(linked.place)
    if reached is not None:
        select, column = reached
        yield Proposal("show of extreme", showing(select, [column]), given)
        both = [row.order_by[0].expression, column]
        yield Proposal("show of extreme and value", showing(select, both), given)


def _computed(
    context: Context, select: Select, column: ColumnRef, given: Given
) -> Iterator[Proposal]:
    keys = [e for e in context.shown if isinstance(e, ColumnRef) and e != column]
    if keys and context.numeric(context.linker_place(select, column)):
        added = Call("sum", (column,))
        if select.group_by:
            yield Proposal("add sum", showing(select, [*context.shown, added]), given)
        else:
            each = grouped(replace(select, items=(SelectItem(added),)), keys)
            yield Proposal("sum for each", each, given)
    for word in context.said & AGGREGATE_WORDS.keys():
        value = Call(AGGREGATE_WORDS[word], (column,))
        where = context.question.lower.index(word)
        distance = min(abs(where - context.mention.span[0]), 6) / 3
        near = (*given, ("aggregate distance", distance))
        yield Proposal("aggregate", computing(select, [value]), near)
        if keys and not select.group_by:
            each = grouped(replace(select, items=(SelectItem(value),)), keys)
            yield Proposal("aggregate for each", each, near)
        if select.group_by:
            yield Proposal("aggregate in groups", showing(select, [*context.keys, value]), near)
        if context.computes:
            yield Proposal("add aggregate", showing(select, [*context.shown, value]), near)


def _instead(
    context: Context, select: Select, column: ColumnRef, given: Given
) -> Iterator[Proposal]:
    """Yield the column in place of the one that is aggregated."""
    names = ("sum", "avg", "max", "min")
    calls = [e for e in context.shown if isinstance(e, Call) and e.name in names]
    if len(calls) == 1 and isinstance(calls[0].arguments[0], ColumnRef):
        other = replace(calls[0], arguments=(column,))
        yield Proposal("swap aggregated", swapped(select, calls[0], other), given)


def _several(context: Context, close: Sequence[Linked]) -> Iterator[Proposal]:
    select, columns = context.select, list[Expression]()
    for linked in close:
        reached = replace(context, select=select).reach(linked.place, outer=True)
        if reached is None:
            return
        select, column = reached
        columns.append(column)
    new = [column for column in columns if column not in context.shown]
    if new and not context.computes and context.shown != [Star()]:
        yield Proposal("add columns", showing(select, [*context.shown, *new]))
    yield Proposal("show columns", showing(bare(select), columns))


def _grouped(
    context: Context, linked: Linked, reached: tuple[Select, ColumnRef], given: Given
) -> Iterator[Proposal]:
    select, column = reached
    if select.group_by:
        yield Proposal("regroup", grouped(select, [column]), given)
        keys = [key for key in select.group_by if key in context.shown]
        if column not in select.group_by:
            yield Proposal("group further", grouped(select, [*keys, column]), given)
    else:
        yield Proposal("group", grouped(select, [column]), given)
    if linked.place in context.dates:
        for name, form in _PARTS_OF_DATES:
            if {name, f"{name}s", f"{name}ly"} & context.said:
                key = Call("strftime", (Literal(form), column))
                yield Proposal(f"group by {name}", grouped(select, [key]), given)


def _ordered(
    context: Context, linked: Linked, reached: tuple[Select, ColumnRef], given: Given
) -> Iterator[Proposal]:
    select, column = reached
    late = context.mention.how in _AGES and bool(context.linker.names[linked.place] & BIRTHS)
    term: Expression = column
    if select.group_by and column not in select.group_by:
        term = Call("sum", (column,))
    for way, descending in (("ascending", False), ("descending", True)):
        ordered = replace(select, order_by=(Order(term, descending != late),))
        yield Proposal(f"order {way}", ordered, given)
        yield Proposal(f"first {way}", replace(ordered, limit=Literal(1)), given)


def _flagged(
    context: Context, linked: Linked, reached: tuple[Select, ColumnRef], given: Given
) -> Iterator[Proposal]:
    """Yield only rows in which the column is yes, no, known or unknown."""
    select, column = reached
    others = context.others(context.existing(linked.place))
    flag = context.linker.flag(linked.place)
    tests = [("is null", "is", Literal(None)), ("is not null", "is not", Literal(None))]
    if flag is not None:
        tests += [("is yes", "=", Literal(flag[0])), ("is no", "=", Literal(flag[1]))]
    for name, operator, value in tests:
        part = Call(operator, (column, value))
        yield Proposal(name, with_conditions(select, [*others, part]), given)


def _dropped(context: Context, linked: Linked, given: Given) -> Iterator[Proposal]:
    known = context.existing(linked.place)
    if known:
        free = context.kept(context.others(known))
        yield Proposal("drop condition", free, given)
        reached = context.reach(linked.place)
        if reached and context.computes:
            keys = [key for key in free.group_by if isinstance(key, ColumnRef)]
            yield Proposal("drop condition and group", grouped(free, [*keys, reached[1]]), given)
        elif reached and reached[1] not in context.shown:
            both = showing(free, [*context.shown, reached[1]])
            yield Proposal("drop condition and show", both, given)
    left = [i for i in context.select.items if context.place(i.expression) != linked.place]
    if left and len(left) < len(context.shown):
        yield Proposal("hide column", replace(context.select, items=tuple(left)), given)
