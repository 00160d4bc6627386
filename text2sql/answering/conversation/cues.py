"""Changes that words without a column ask for: count, all, other, most, average, sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from text2sql.answering.conversation.context import Context, Proposal
from text2sql.answering.conversation.edits import (
    bare,
    computing,
    counted,
    grouped,
    places_in,
    row_of_extreme,
    showing,
    swapped,
)
from text2sql.answering.conversation.extremes import by_shown
from text2sql.answering.conversation.lexicon import AGGREGATE_WORDS
from text2sql.query.nodes import (
    Call,
    ColumnRef,
    Expression,
    Literal,
    Order,
    Select,
    SelectItem,
    Star,
    Subquery,
    aggregated,
)

__all__ = ["of_cue"]

_ROWS = Call("count", (Star(),))
_MORE = frozenset(("most", "highest", "greatest", "maximum", "top", "largest"))
_OPPOSITE = {
    "=": "!=", "!=": "=", "<": ">=", ">": "<=", "<=": ">", ">=": "<", "is": "is not",
    "is not": "is",
}  # fmt: skip


def of_cue(context: Context) -> Iterator[Proposal]:
    """Yield the changes that a word which names nothing in the database may ask for."""
    yield from _OF[context.mention.how](context)


def _count(context: Context) -> Iterator[Proposal]:
    select = context.select
    yield from _measure(context)
    given = (
        ("limited", float(select.limit is not None)),
        ("grouped", float(bool(select.group_by))),
    )
    yield Proposal("count", counted(select), given)
    if select.group_by:
        yield Proposal("count instead", showing(select, [*context.keys, _ROWS]))
        if not context.computes:
            yield Proposal("add count", showing(select, [*context.shown, _ROWS]))
    elif context.computes:
        yield Proposal("count rows instead", computing(select, [_ROWS]))


def _all(context: Context) -> Iterator[Proposal]:
    """Yield the query without a condition, without all conditions, or without its LIMIT."""
    select, parts = context.select, context.parts
    for i, part in enumerate(parts):
        free = context.kept([other for other in parts if other is not part])
        end = (f"from the end {min(len(parts) - i, 3)}", 1.0)
        given = (end, ("parts", len(parts) / 4))
        yield Proposal("drop one", free, given)
        places = places_in(select, context.linker.schema, part)
        reached = context.reach(places[0]) if places else None
        if reached and reached[1] not in context.shown:
            if context.computes:
                keys = [key for key in select.group_by if isinstance(key, ColumnRef)]
                yield Proposal("drop one and group", grouped(free, [*keys, reached[1]]), given)
            else:
                both = showing(free, [*context.shown, reached[1]])
                yield Proposal("drop one and show", both, given)
    if parts:
        yield Proposal("drop all", replace(select, where=None), (("parts", len(parts) / 4),))
    if select.limit is not None:
        yield Proposal("drop limit", replace(select, limit=None))


def _aggregate(context: Context) -> Iterator[Proposal]:
    """Yield an aggregate of the shown columns, or one aggregate in place of another."""
    select = context.select
    name = AGGREGATE_WORDS[context.question.lower[context.mention.span[0]]]
    places = [(e, context.place(e)) for e in context.shown]
    numbers = [e for e, place in places if place is not None and context.numeric(place)]
    for term in numbers[-2:]:
        given = (("numbers", len(numbers) / 3),)
        yield Proposal("aggregate shown", computing(select, [Call(name, (term,))]), given)
    for term in context.shown:
        if not isinstance(term, Call):
            continue
        if not aggregated(term):
            value = computing(select, [Call(name, (term,))])
            yield Proposal("aggregate shown", value, (("reckoned", 1.0),))
        elif select.group_by:
            yield Proposal("aggregate over groups", computing(select, [term]))
        if term.name in ("sum", "avg", "max", "min") and term.name != name:
            other = replace(term, name=name)
            yield Proposal("other aggregate", swapped(select, term, other))
            yield Proposal("both aggregates", showing(select, [*context.shown, other]))


def _reverse(context: Context) -> Iterator[Proposal]:
    """Yield the reverse order, or the rows that a condition left out."""
    select, parts = context.select, context.parts
    if select.order_by:
        first, *rest = select.order_by
        turned = replace(first, descending=not first.descending)
        given = (("limited", float(select.limit is not None)),)
        yield Proposal("turn order", replace(select, order_by=(turned, *rest)), given)
    for i, part in enumerate(parts):
        opposite = _opposite(part, context)
        if opposite is not None:
            new = [opposite if other is part else other for other in parts]
            given = ((f"from the end {min(len(parts) - i, 3)}", 1.0),)
            yield Proposal("opposite", context.kept(new), given)


def _opposite(part: Expression, context: Context) -> Expression | None:
    if not isinstance(part, Call):
        return None
    places = places_in(context.select, context.linker.schema, part)
    flag = context.linker.flag(places[0]) if places else None
    if flag and part.name == "=" and isinstance(part.arguments[1], Literal):
        other = flag[1] if part.arguments[1].value == flag[0] else flag[0]
        return Call("=", (part.arguments[0], Literal(other)))
    if part.name in _OPPOSITE:
        return Call(_OPPOSITE[part.name], part.arguments)
    if part.name == "not":
        return part.arguments[0]
    return Call("not", (part,)) if part.name in ("in", "like", "between", "exists") else None


def _extreme(context: Context) -> Iterator[Proposal]:
    """Yield rows with the most or the least of a value, or the largest or smallest groups."""
    select = context.select
    more = context.question.lower[context.mention.span[0]] in _MORE
    yield from by_shown(context, more)
    if select.group_by:
        for way, turn in (("told", more), ("turned", not more)):
            ordered = replace(select, order_by=(Order(_ROWS, turn),))
            yield Proposal(f"top count {way}", replace(ordered, limit=Literal(context.number())))
    elif len(context.shown) == 1 and isinstance(context.shown[0], ColumnRef):
        order = (Order(_ROWS, more),)
        groups = replace(select, distinct=False, group_by=(context.shown[0],), order_by=order)
        yield Proposal("top groups", replace(groups, limit=Literal(context.number())))
        yield Proposal("sort groups", groups)


def _order(context: Context) -> Iterator[Proposal]:
    for place, term in enumerate(context.shown[:4]):
        given = (
            (f"place {place}", 1.0),
            ("computed", float(aggregated(term))),
            ("only", float(len(context.shown) == 1)),
        )
        if not isinstance(term, Star):
            for way, descending in (("ascending", False), ("descending", True)):
                order = (Order(term, descending),)
                yield Proposal(f"order {way}", replace(context.select, order_by=order), given)


def _different(context: Context) -> Iterator[Proposal]:
    yield Proposal("distinct", replace(context.select, distinct=True))


def _star(context: Context) -> Iterator[Proposal]:
    yield Proposal("star", replace(showing(bare(context.select), [Star()]), distinct=False))


def _percent(context: Context) -> Iterator[Proposal]:
    """Yield a number as a percentage of all rows without a condition, or of the sum of groups."""
    select, parts = context.select, context.parts
    values = [value for value in context.shown if aggregated(value)]
    counts = len(values) == 1 and isinstance(values[0], Call) and values[0].name == "count"
    for i, part in enumerate(parts if counts else ()):
        rest = context.kept([other for other in parts if other is not part])
        given = ((f"from the end {min(len(parts) - i, 3)}", 1.0),)
        share = Call("percent", (part,))
        yield Proposal("percent of rows", showing(rest, [*context.keys, share]), given)
    for value in values if select.group_by else ():
        whole = Subquery(computing(select, [value]))
        share = Call("percent_of", (value, whole))
        yield Proposal("percent of groups", showing(select, [*context.keys, share]))


def _measure(context: Context) -> Iterator[Proposal]:
    """Yield queries that show the expression in ORDER BY."""
    for order in context.select.order_by[:1]:
        if order.expression not in context.shown:
            both = [*context.shown, order.expression]
            yield Proposal("show measure too", showing(context.select, both))
            yield Proposal("show measure", showing(context.select, [order.expression]))
    row = row_of_extreme(context.select)
    if row is not None:
        yield Proposal("row", showing(row, [Star()]))


def _that(context: Context) -> Iterator[Proposal]:
    """Yield rows with more or less than the single number that was shown."""
    select, only = context.select, context.shown[0]
    if len(context.shown) != 1 or select.group_by or len(select.sources) != 1:
        return
    value = only.arguments[0] if isinstance(only, Call) and only.arguments else only
    if not isinstance(value, ColumnRef) or select.sources[0].table is None:
        return
    names = context.linker.name_columns(select.sources[0].table)
    for operator in (">", "<"):
        part = Call(operator, (value, Subquery(select)))
        rows = Select((SelectItem(Star()),), select.sources, where=part)
        yield Proposal(f"compared {operator}", rows)
        shown = showing(rows, [ColumnRef(0, column) for _, column in names])
        yield Proposal(f"names compared {operator}", shown)


def _next(context: Context) -> Iterator[Proposal]:
    """Yield the rows after those that were shown."""
    limit, offset = context.select.limit, context.select.offset
    if isinstance(limit, Literal) and isinstance(limit.value, int):
        skipped = offset.value if isinstance(offset, Literal) else 0
        start = Literal(limit.value + (skipped if isinstance(skipped, int) else 0))
        for name, rows in (("next", Literal(context.number())), ("next as many", limit)):
            yield Proposal(name, replace(context.select, limit=rows, offset=start))


def _by_month(context: Context) -> Iterator[Proposal]:
    yield from _by_period(context, "month", ("%Y-%m", "%m"))


def _by_year(context: Context) -> Iterator[Proposal]:
    yield from _by_period(context, "year", ("%Y",))


def _by_period(context: Context, name: str, forms: Sequence[str]) -> Iterator[Proposal]:
    """Yield groups of rows by month or by year."""
    near = sorted(place for place in context.dates if place[0] in context.tables)
    for place in near[:3]:
        reached = context.reach(place)
        if reached is None:
            continue
        given = (
            (f"dates {len(near)}", 1.0),
            ("date shown", float(context.is_shown(place))),
            ("date held", float(bool(context.existing(place)))),
        )
        for form in forms:
            key = Call("strftime", (Literal(form), reached[1]))
            yield Proposal(f"group by {form}", grouped(reached[0], [key]), given)
            if reached[0].group_by:
                keys = [k for k in context.keys if k in reached[0].group_by]
                both = grouped(reached[0], [*keys, key])
                yield Proposal(f"group further by {name}", both, given)


_OF: dict[str, Callable[[Context], Iterator[Proposal]]] = {
    "count": _count, "all": _all, "aggregate": _aggregate, "reverse": _reverse,
    "extreme": _extreme, "order": _order, "different": _different, "star": _star,
    "measure": _measure, "that": _that, "next": _next, "month": _by_month, "year": _by_year,
    "percent": _percent,
}  # fmt: skip
