"""Changes that superlatives ask for: the oldest, the three cheapest, the largest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text2sql.answering.conversation.context import Context, Given, Proposal
from text2sql.answering.conversation.lexicon import ADJECTIVES, BIRTHS, SUPERLATIVES
from text2sql.answering.conversation.linker import Linked
from text2sql.query.nodes import Call, Expression, Literal, Order, Select, aggregated

__all__ = ["by_shown", "of_adjective"]

_AGES = frozenset(("old", "eld", "young", "senior", "junior"))
_MOST_COLUMNS = 5
_MOST_TERMS = 4


def of_adjective(context: Context) -> Iterator[Proposal]:
    """Yield the changes of a superlative; other adjectives say which column a number is about."""
    if context.mention.how != "superlative":
        return
    more = ADJECTIVES.get(str(context.mention.value), ((), True))[1]
    spoken = context.question.lower[context.mention.span[0]]
    columns = context.mention.columns if spoken not in SUPERLATIVES else ()
    best = max((linked.score for linked in columns), default=0.0)
    for linked in columns[:_MOST_COLUMNS]:
        yield from _by_column(context, linked, more, context.given(linked, best))
    yield from by_shown(context, more)


def _by_column(context: Context, linked: Linked, more: bool, given: Given) -> Iterator[Proposal]:
    reached = context.reach(linked.place)
    if reached is None:
        return
    select, column = reached
    dated = linked.place in context.dates or context.linker.names[linked.place] & BIRTHS
    descending = not more if dated and context.mention.value in _AGES else more
    grouped = select.group_by and column not in select.group_by
    term: Expression = Call("sum", (column,)) if grouped else column
    yield from _either_way(context, select, term, descending, given)


def _either_way(
    context: Context, select: Select, term: Expression, descending: bool, given: Given
) -> Iterator[Proposal]:
    for way, turn in (("told", descending), ("turned", not descending)):
        ordered = replace(select, order_by=(Order(term, turn),))
        yield Proposal(f"sort {way}", ordered, given)
        yield Proposal(f"top {way}", replace(ordered, limit=Literal(context.number())), given)


def by_shown(context: Context, more: bool) -> Iterator[Proposal]:
    """Yield the query ordered by a number that it computes, shows or orders by."""
    terms = _terms(context)
    for why, term in terms[:_MOST_TERMS]:
        if aggregated(term) and not context.select.group_by:
            continue
        given = ((f"by {why}", 1.0), ("terms", len(terms) / 4))
        for proposal in _either_way(context, context.select, term, more, given):
            yield proposal
            if why == "computed" and context.keys and proposal.name.startswith("top"):
                items = tuple(i for i in context.select.items if i.expression in context.keys)
                only = replace(proposal.query, items=items)
                yield Proposal(f"{proposal.name} key", only, given)


def _terms(context: Context) -> list[tuple[str, Expression]]:
    found = [("computed", e) for e in context.shown if aggregated(e)]
    found += [("ordered", order.expression) for order in context.select.order_by]
    for expression in context.shown:
        place = context.place(expression)
        if place is not None and context.numeric(place):
            found.append(("shown", expression))
    return found
