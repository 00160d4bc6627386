"""Changes that a number may ask for: a number of rows, or a bound on a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.edits import (
    places_in,
    replaced_literal,
    with_conditions,
)
from text2sql.linking.quantities import unit_stems
from text2sql.query.nodes import Call, ColumnRef, Literal, Star, aggregated, walk
from text2sql.schema import ColumnPosition

__all__ = ["bounded", "of_number"]

_COMPARED = ("<", "<=", ">", ">=")
_MOST_COLUMNS = 8
_ROWS = 100  # the most rows that a question asks for
_PLAIN = ("plain", "scaled")


def of_number(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a mentioned number may ask for."""
    number = context.mention.value
    assert isinstance(number, int | float)
    if context.mention.how == "plain":
        if isinstance(number, int) and 0 < number <= _ROWS:
            ordered = ("ordered", float(bool(context.select.order_by)))
            limited = replace(context.select, limit=Literal(number))
            yield Proposal("limit", limited, (ordered,))
        yield from _having(context, number)
    for place, given in _measured(context, number).items():
        yield from bounded(context, place, number, given)


def _having(context: Context, number: int | float) -> Iterator[Proposal]:
    """Yield groups of more or fewer rows than ``number``."""
    select, key = context.select, _key(context)
    for term in context.shown if select.group_by else ():
        if aggregated(term):
            for operator in _COMPARED:
                part = Call(operator, (term, Literal(number)))
                yield Proposal(f"having shown {operator}", replace(select, having=part))
    for operator in _COMPARED:
        part = Call(operator, (Call("count", (Star(),)), Literal(number)))
        if select.group_by:
            yield Proposal(f"having {operator}", replace(select, having=part))
        elif key is not None and len(select.sources) > 1:
            each = replace(select, group_by=(key,), having=part, distinct=False)
            yield Proposal(f"having each {operator}", each)


def _key(context: Context) -> ColumnRef | None:
    """The first column that is shown, or the primary key of the first table."""
    first, table = context.shown[0], context.select.sources[:1]
    if isinstance(first, ColumnRef):
        return first
    if not table or table[0].table is None:
        return None
    columns = context.linker.schema.tables[table[0].table].columns
    return next((ColumnRef(0, c) for c, one in enumerate(columns) if one.primary_key), None)


def _measured(context: Context, number: int | float) -> dict[ColumnPosition, Given]:
    """Return the columns that a number may be compared with, and the features of each."""
    found: dict[ColumnPosition, list[tuple[str, float]]] = {}
    for place, why, strength in _reasons(context):
        found.setdefault(place, []).append((why, strength))
    plain = context.mention.how in _PLAIN
    return {
        place: (
            *why,
            ("number is a cell", float(context.holds(place, number))),
            ("new table number", float(place[0] not in context.tables)),
            (f"as {plain}", 1.0),
        )
        for place, why in list(found.items())[:_MOST_COLUMNS]
    }


def _reasons(context: Context) -> Iterator[tuple[ColumnPosition, str, float]]:
    for part in context.parts:
        if isinstance(part, Call) and part.name in (*_COMPARED, "=", "between"):
            literals = [n for n in walk(part, inside=False) if isinstance(n, Literal)]
            if any(not isinstance(literal.value, str) for literal in literals):
                for place in places_in(context.select, context.linker.schema, part.arguments[0]):
                    yield place, f"compared {part.name}", 1.0
    how = context.mention.how
    units = frozenset[str]() if how in _PLAIN else unit_stems(how)
    for place in context.linker.places:
        if place[0] in context.tables and units & context.linker.names[place]:
            yield place, "unit", 1.0
    for other in context.mentions:
        if other.kind in ("columns", "adjective") and not other.how.startswith("asked"):
            for linked in other.columns[:2]:
                if context.numeric(linked.place):
                    yield linked.place, f"named {other.kind}", linked.score
    for expression in context.shown:
        shown = context.place(expression)
        if shown is not None and context.numeric(shown):
            yield shown, "shown number", 1 / len(context.shown)


def bounded(
    context: Context, place: ColumnPosition, number: int | float, given: Given
) -> Iterator[Proposal]:
    """Yield only rows in which ``place`` equals the number, exceeds it, or is below it."""
    reached = context.reach(place)
    if reached is None:
        return
    select, column = reached
    names = (*_COMPARED, "=", "!=", "between")
    known = [p for p in context.existing(place) if isinstance(p, Call) and p.name in names]
    others = context.others(known)
    word = "replace" if known else "add"
    for operator in names[:-1]:
        part = Call(operator, (column, Literal(number)))
        yield Proposal(f"{word} {operator}", with_conditions(select, [*others, part]), given)
        if known:
            either = Call("or", (*known, part))
            yield Proposal("or number", with_conditions(select, [*others, either]), given)
    for part in known:
        for literal in walk(part, inside=False):
            if isinstance(literal, Literal) and isinstance(literal.value, int | float):
                new = replaced_literal(part, literal, Literal(number))
                same = [new if p is part else p for p in context.parts]
                yield Proposal("same with number", with_conditions(select, same), given)
