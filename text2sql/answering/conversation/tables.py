"""Changes that a mentioned table may ask for: its names, groups by it, rows that refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text2sql.answering.conversation.columns import shown
from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.edits import bare, counted, grouped, places_in, showing
from text2sql.query.nodes import Call, ColumnRef, Entry, Select, SelectItem, Star, Subquery

__all__ = ["of_table"]


def of_table(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a mentioned table may ask for."""
    table, linked = context.mention.table, context.mention.columns[0]
    given = context.given(linked, linked.score)
    yield from shown(context, linked, given)
    reached = context.reach(linked.place)
    if reached is None or table is None:
        return
    select, column = reached
    columns = context.linker.schema.tables[table].columns
    yield from _freed(context, table, given)
    keys = [ColumnRef(column.source, c) for c, one in enumerate(columns) if one.primary_key]
    each = grouped(select, [column])
    yield Proposal("group", replace(each, group_by=tuple(dict.fromkeys((*keys, column)))), given)
    if table in context.tables:
        star = Star(column.source if len(select.sources) > 1 else None)
        yield Proposal("star", showing(bare(select), [star]), given)
        return
    yield from _with_partners(context, table, given)
    yield Proposal("count table", counted(select), given)
    yield Proposal("having table", replace(select, distinct=True), given)
    names = tuple(e for e in context.shown if isinstance(e, ColumnRef))
    if names and not select.group_by and not context.computes:
        count = Call("count", (Star(),))
        counting = showing(replace(select, group_by=names), [*context.shown, count])
        yield Proposal("add count of table", counting, given)


def _freed(context: Context, table: int, given: Given) -> Iterator[Proposal]:
    """Yield the query without the conditions on the table, in total or by name."""
    select, schema = context.select, context.linker.schema
    held = [p for p in context.parts if table in {t for t, _ in places_in(select, schema, p)}]
    named = context.reach_names(context.mention.columns[0])
    if not held or named is None or len(select.sources) == 1:
        return
    free = context.kept(context.others(held))
    yield Proposal("drop conditions of table", free, given)
    if context.computes:
        keys = [key for key in free.group_by if isinstance(key, ColumnRef)]
        yield Proposal("drop and group by table", grouped(free, [*keys, *named[1]]), given)
    else:
        for name, shown in (
            ("drop and show table", [*context.shown, *named[1]]),
            ("drop and show table first", [*named[1], *context.shown]),
        ):
            yield Proposal(name, showing(free, shown), given)


def _with_partners(context: Context, table: int, given: Given) -> Iterator[Proposal]:
    """Yield only rows that ``table`` refers to, or only rows that it does not refer to."""
    for key in context.linker.schema.foreign_keys:
        if key.table != table or key.ref_table not in context.tables:
            continue
        reached = context.reach((key.ref_table, key.ref_column))
        if reached is None:
            continue
        inner = Select((SelectItem(ColumnRef(0, key.column)),), (Entry(table),))
        part = Call("in", (reached[1], Subquery(inner)))
        for name, one in (("has some", part), ("has none", Call("not", (part,)))):
            yield Proposal(name, context.kept([*context.parts, one]), given)
