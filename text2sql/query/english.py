"""A query as an English sentence, for readers who do not know SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from text2sql.errors import QueryError
from text2sql.query.english_terms import Terms
from text2sql.query.joined import without_key
from text2sql.query.meanings import folded
from text2sql.query.nodes import (
    Call,
    Compound,
    Expression,
    Literal,
    Order,
    Ordinal,
    Select,
    Star,
    Statement,
    aggregated,
)
from text2sql.query.nouns import plural, with_article
from text2sql.query.scopes import Scope
from text2sql.schema import Schema
from text2sql.wording import enumerated

__all__ = ["in_english", "phrase"]

_PAIRS = {
    "union": "whatever is in either of these",
    "union all": "whatever is in either of these, repeated where it is in both",
    "intersect": "only what is in both of these",
    "except": "whatever is in the first of these but not in the second",
}
_STEPS = {
    "union": "add", "union all": "add, with repeats,", "intersect": "keep only what is also in",
    "except": "take away",
}  # fmt: skip


def in_english(query: Statement, schema: Schema) -> str:
    """``query`` as a sentence: ``The name of each singer whose age is more than 30.``

    The sentence uses the schema's names and leaves out nothing of the query: a wrong query reads
    wrong. Names and values are not escaped for HTML.

    Raises:
        QueryError: the query nests too deeply.
    """
    try:
        text = phrase(folded(query), schema, None)
    except RecursionError:
        raise QueryError("The query nests too deeply to be described in English.") from None
    return text[:1].upper() + text[1:] + "."


def phrase(query: Statement, schema: Schema, outer: Scope | None) -> str:
    """The sentence without its capital and full stop, for use inside another one."""
    if isinstance(query, Select):
        return _Sentence(query, schema, outer).text()
    sentences = [_Sentence(select, schema, outer) for select in query.selects]
    texts = [sentence.text(ends=False) for sentence in sentences]
    ending = "".join(_compound_ending(query, sentences[0]))
    end = f" – the whole{ending}" if ending else ""
    if len(texts) == 2:
        return f"{_PAIRS[query.operators[0]]}: (1) {texts[0]}; (2) {texts[1]}{end}"
    steps = [
        f"{_STEPS[operator]} ({number}) {text}"
        for number, (operator, text) in enumerate(zip(query.operators, texts[1:], strict=True), 2)
    ]
    return f"take (1) {texts[0]}; then {'; then '.join(steps)}{end}"


def _compound_ending(query: Compound, first: _Sentence) -> Iterator[str]:
    """ORDER BY and LIMIT of a set operation, worded by its first SELECT."""
    orders = []
    for order in query.order_by:
        place = order.expression
        number = place.number if isinstance(place, Ordinal) else 0
        items = first.select.items
        if number < len(items):
            place = items[number].expression
        orders.append(Order(place, order.descending))
    yield from first.ending(orders, query.limit, query.offset)


class _Sentence:
    """Describes one SELECT: its columns, its rows, their order and their number."""

    def __init__(self, select: Select, schema: Schema, outer: Scope | None) -> None:
        self.select = select
        self.schema = schema
        self.scope = Scope(select, schema, outer)
        self.shown = tuple(item.expression for item in select.items)
        self.terms = Terms(self.scope, lambda query, scope: phrase(query, schema, scope))

    def text(self, ends: bool = True) -> str:
        if not self.select.sources:
            return enumerated([self.terms.unit(part) for part in self.shown])
        if ends and self._takes_one():
            return self._single()
        if self.select.group_by:
            body = self._groups()
        else:
            body = self._shares() or self._items() + self._rows()
        select = self.select
        ending = self.ending(select.order_by, select.limit, select.offset) if ends else ()
        return body + "".join(ending)

    def _takes_one(self) -> bool:
        """Whether the result is the one row with the most or least of something."""
        select = self.select
        whole = any(map(aggregated, self.shown)) and not select.group_by
        one = select.limit == Literal(1) and select.offset is None and len(select.order_by) == 1
        return bool(one and not (select.distinct or select.having or whole))

    def _single(self) -> str:
        best = self.terms.extreme(self.select.order_by[0])
        filters = self._filters()
        if self.select.group_by:
            among = f", among the {self.terms.many()}{filters}" if filters else ""
            keys = set(self.shown) <= set(self.select.group_by)
            items = "" if keys else self._items()
            one = enumerated(self._keys())
            return f"{items}the {one} with the {best}{self._also()}{among}"
        among = f", among those{filters}" if filters else ""
        return f"{self._items()}the {self.terms.one()} with the {best}{among}"

    # the columns

    def _keys(self) -> list[str]:
        return [self.terms.group(unit) for unit in self.select.group_by]

    def _groups(self) -> str:
        select, filters = self.select, self._filters()
        having = select.having
        which = f" for which {self.terms.condition(having)}" if having is not None else ""
        among = f", among the {self.terms.many()}{filters}" if filters else ""
        shown = [unit for unit in self.shown if unit not in select.group_by]
        if not shown:
            return f"each {enumerated(self._keys())}{self._also()}{which}{among}"
        items = enumerated([self.terms.unit(unit) for unit in shown])
        return f"for each {enumerated(self._keys())}{self._also()}{which}{among}: {items}"

    def _items(self) -> str:
        if self.shown == (Star(),):
            return "everything about "
        if self.select.distinct and not any(map(aggregated, self.shown)):
            names = [self.terms.name(unit) for unit in self.shown]
            if len(names) == 1:
                return f"the different {plural(names[0])} of "
            return f"the different combinations of {enumerated(names)} of "
        if self._counts_rows():
            return "the number of "
        return enumerated(_with_one_article([self.terms.unit(u) for u in self.shown])) + " of "

    def _counts_rows(self) -> bool:
        """Whether the result is only the number of rows."""
        rows = f"the number of {self.terms.many()}"
        return len(self.shown) == 1 and self.terms.unit(self.shown[0]) == rows

    def _shares(self) -> str:
        """Counts and shares of rows; empty if the query selects anything else."""
        of_some = ("count_if", "percent")
        if not all(isinstance(part, Call) and part.name in of_some for part in self.shown):
            return ""
        rows = f"{self._filters()}{self._having()}"
        among = f", among the {self.terms.many()}{rows}" if rows else ""
        return enumerated([self.terms.unit(part) for part in self.shown]) + among

    # the rows

    def _rows(self) -> str:
        rows = f"{self._filters()}{self._having()}{self._also()}"
        if self._counts_rows():
            return f"{self.terms.many()}{rows}"
        if self.select.distinct or any(map(aggregated, self.shown)):
            return f"{'the' if self._filters() else 'all'} {self.terms.many()}{rows}"
        return f"each {self.terms.one()}{rows}"

    def _having(self) -> str:
        having = self.select.having
        return f", if {self.terms.condition(having)}" if having is not None else ""

    def _filters(self) -> str:
        """The conditions on a row: its partners in the join, and WHERE."""
        parts = [self.terms.condition(c) for c in without_key(self.select, self.schema)]
        if self.select.where is not None:
            parts.append(self.terms.condition(self.select.where))
        partners = [with_article(noun) for noun in self.terms.silent_partners()]
        having = f" with {enumerated(partners)}" if partners else ""
        return having + (f" where {' and '.join(parts)}" if parts else "")

    def _also(self) -> str:
        """The rows without a partner that an outer join adds."""
        optional = [with_article(noun) for noun in self.terms.optional_partners()]
        return f", also without {enumerated(optional, 'or')}" if optional else ""

    # the order and the number of rows

    def ending(
        self,
        order_by: Sequence[Order],
        limit: Expression | None,
        offset: Expression | None,
    ) -> Iterator[str]:
        if order_by:
            yield ", " + enumerated([self.terms.order(order) for order in order_by], "then")
        if limit is not None:
            yield _limit(self._count(limit), self._count(offset), bool(order_by))

    def _count(self, node: Expression | None) -> int | str:
        if isinstance(node, Literal) and isinstance(node.value, int):
            return node.value
        return 0 if node is None else self.terms.unit(node)


def _with_one_article(items: list[str]) -> list[str]:
    """``the name and age`` instead of ``the name and the age``, if all items are plain."""
    plain = all(item.startswith("the ") and " of " not in item for item in items)
    return [items[0], *(item.removeprefix("the ") for item in items[1:])] if plain else items


def _limit(limit: int | str, offset: int | str, ordered: bool) -> str:
    if isinstance(limit, str) or isinstance(offset, str):
        return f"; only {limit} of them, after the first {offset}"
    if offset:
        if limit == 1:
            return f"; only number {offset + 1:,} of them"
        return f"; only {limit:,} of them, after the first {offset:,}"
    if limit == 1:
        return "; only the first one" if ordered else "; only one of them"
    return f"; only the first {limit:,}" if ordered else f"; only {limit:,} of them"
