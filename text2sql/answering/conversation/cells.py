"""Changes that a cell may ask for: only rows with it, rows with it instead, all rows but those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.edits import showing, with_conditions, without
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Expression,
    Literal,
    Select,
    SelectItem,
    Subquery,
    walk,
)
from text2sql.query.reading import joined
from text2sql.schema import ColumnPosition

__all__ = ["compared", "of_cell"]


def of_cell(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a mentioned cell may ask for."""
    mention = context.mention
    for linked in mention.columns:
        truths = {
            "held" if context.existing(linked.place) else "not held": True,
            "new table cell": linked.place[0] not in context.tables,
            "already shown": context.is_shown(linked.place),
            "is a primary key": context.column(linked.place).primary_key,
        }
        given = (
            (f"found {mention.how}", 1.0),
            ("ways", len(mention.columns) / 5),
            ("words", float(mention.span[1] - mention.span[0])),
            *((name, 1.0) for name, true in truths.items() if true),
        )
        yield from compared(context, linked.place, Literal(mention.value), given)


def compared(
    context: Context, place: ColumnPosition, value: Literal, given: Given
) -> Iterator[Proposal]:
    """Yield a condition on ``place``, in addition to those on it or in place of them."""
    reached = context.reach(place)
    if reached is None:
        return
    select, column = reached
    known = context.existing(place)
    others = context.others(known)
    equal = Call("=", (column, value))
    unequal = Call("!=", (column, value))
    word = "replace" if known else "add"
    yield Proposal(f"{word} =", with_conditions(select, [*others, equal]), given)
    yield Proposal(f"{word} !=", with_conditions(select, [*others, unequal]), given)
    told = without(with_conditions(select, [*others, equal]), column)
    if told is not None:
        yield Proposal(f"{word} = and hide", told, given)
    if known:
        values = _values(known)
        both = Call("in", (column, *values, *([] if value in values else [value])))
        either = with_conditions(select, [*others, both])
        yield Proposal("or =", either, given)
        if column not in context.shown and not context.computes:
            yield Proposal("or = and show", showing(either, [*context.shown, column]), given)
        yield Proposal("and not", with_conditions(select, [*context.parts, unequal]), given)
    yield from _among(context, select, equal, others if known else [], given)
    yield from _instead(context, select, equal, known, given)


def _among(
    context: Context, select: Select, equal: Call, others: Sequence[Expression], given: Given
) -> Iterator[Proposal]:
    """Yield rows whose shown value some row, or no row, with this condition has as well."""
    key = context.shown[0]
    if not isinstance(key, ColumnRef) or select.group_by:
        return
    inner = Select((SelectItem(key),), select.sources, where=joined("and", [*others, equal]))
    part = Call("in", (key, Subquery(inner)))
    also = " also" if context.existing(context.place(equal.arguments[0]) or (-1, -1)) else ""
    for name, one in ((f"{also} among", part), (f"not{also} among", Call("not", (part,)))):
        yield Proposal(name.strip(), context.kept([*context.parts, one]), given)


def _instead(
    context: Context, select: Select, equal: Call, known: Sequence[Expression], given: Given
) -> Iterator[Proposal]:
    """Yield the condition in place of one on another column."""
    for part in context.others(known):
        values = _values([part])
        if len(values) == 1 and isinstance(values[0].value, str):
            rest = context.others([part])
            new = with_conditions(select, [*rest, equal])
            yield Proposal("instead of another", new, given)


def _values(parts: Sequence[Expression]) -> list[Literal]:
    return [n for part in parts for n in walk(part, inside=False) if isinstance(n, Literal)]
