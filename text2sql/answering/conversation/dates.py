"""Changes that a year or a month may ask for: only its rows, or it in place of another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from text2sql.answering.conversation.cells import compared
from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.edits import with_conditions
from text2sql.answering.conversation.numbers import bounded
from text2sql.query.nodes import Call, ColumnRef, Expression, Literal, rebuilt
from text2sql.schema import ColumnPosition

__all__ = ["of_date"]

_YEAR = re.compile(r"(19|20)\d\d")
_MOST_NEW = 3  # date columns of tables that the query lacks


def of_date(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a mentioned year or month may ask for."""
    value = int(context.mention.value or 0)
    yield from _same(context, value)
    near = [place for place in sorted(context.dates) if place[0] in context.tables]
    far = [place for place in sorted(context.dates) if place[0] not in context.tables]
    spots = [*near, *far[:_MOST_NEW]]
    for place in spots:
        given = (
            ("date shown", float(context.is_shown(place))),
            ("date held", float(bool(context.existing(place)))),
            (f"dates {min(len(spots), 4)}", 1.0),
            ("new table date", float(place[0] not in context.tables)),
        )
        yield from _dated(context, place, value, given)
    if context.mention.kind == "year":
        yield from _numbered(context, value)


def _same(context: Context, value: int) -> Iterator[Proposal]:
    """Yield the same conditions for another year or month."""
    parts = context.parts
    new = tuple(_redated(part, context.mention.kind, value) for part in parts)
    if new != parts:
        changed = sum(a != b for a, b in zip(new, parts, strict=True))
        yield Proposal("same with date", context.kept(new), (("parts", float(changed)),))
        either = [p if p == n else Call("or", (p, n)) for p, n in zip(parts, new, strict=True)]
        yield Proposal("or date", context.kept(either))


def _redated(part: Expression, kind: str, value: int) -> Expression:
    def change(node: object) -> object:
        if not isinstance(node, Literal):
            return node
        text = node.value
        if kind == "year":
            if isinstance(text, str) and re.match(r"(19|20)\d\d(\D|$)", text):
                return Literal(f"{value}{text[4:]}")
            if isinstance(text, int) and 1900 <= text <= 2100:
                return Literal(value)
        elif isinstance(text, str) and re.match(r"(19|20)\d\d-\d\d", text):
            return Literal(f"{text[:5]}{value:02}{text[7:]}")
        elif isinstance(text, str) and re.fullmatch(r"%?-?\d\d-?%?", text):
            return Literal(re.sub(r"\d\d", f"{value:02}", text))
        return node

    return rebuilt(part, change)


def _dated(context: Context, place: ColumnPosition, value: int, given: Given) -> Iterator[Proposal]:
    reached = context.reach(place)
    if reached is None:
        return
    select, column = reached
    others = context.others(context.existing(place))
    bounds = _of_year(column, value) if context.mention.kind == "year" else (
        _of_month(column, value, context)
    )  # fmt: skip
    for name, part in bounds.items():
        yield Proposal(f"date {name}", with_conditions(select, [*others, part]), given)


def _of_year(column: ColumnRef, year: int) -> dict[str, Call]:
    return {
        "in": Call("like", (column, Literal(f"{year}%"))),
        "after": Call(">=", (column, Literal(f"{year + 1}-01-01"))),
        "since": Call(">=", (column, Literal(f"{year}-01-01"))),
        "before": Call("<", (column, Literal(f"{year}-01-01"))),
    }


def _of_month(column: ColumnRef, month: int, context: Context) -> dict[str, Call]:
    year = next((word for word in context.question.lower if _YEAR.fullmatch(word)), None)
    if year is None:
        return {"in": Call("like", (column, Literal(f"%-{month:02}-%")))}
    start = f"{year}-{month:02}"
    return {
        "in": Call("like", (column, Literal(f"{start}%"))),
        "since": Call(">=", (column, Literal(f"{start}-01"))),
        "before": Call("<", (column, Literal(f"{start}-01"))),
    }


def _numbered(context: Context, year: int) -> Iterator[Proposal]:
    """Columns that hold years as numbers."""
    for place in context.linker.places:
        if place[0] in context.tables and context.holds(place, year):
            names = context.linker.names[place]
            named = any(name.startswith("year") or name == "yr" for name in names)
            given = (("year number", 1.0), ("year named", float(named)))
            held = ("held" if context.existing(place) else "not held", 1.0)
            yield from compared(context, place, Literal(year), (*given, held))
            yield from bounded(context, place, year, given)
