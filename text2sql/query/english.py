"""What a query asks for, as an English sentence: to check SQL without reading SQL."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.query.english_terms import Terms
from text2sql.query.joined import along_key, main_source
from text2sql.query.model import STAR, ColumnUnit, OrderItem, Query, Unit
from text2sql.query.nouns import listed, plural, with_article
from text2sql.schema import Schema

__all__ = ["in_english"]

_PAIRS = {
    "union": "whatever is in either of these",
    "intersect": "only what is in both of these",
    "except": "whatever is in the first of these but not in the second",
}
_STEPS = {"union": "add", "intersect": "keep only what is also in", "except": "take away"}


def in_english(query: Query, schema: Schema) -> str:
    """``query`` as a sentence: ``The name of each singer whose age is more than 30.``

    Names are those of the schema, and everything that the query says is in it: what reads wrong
    is wrong. The text holds names and values as they are, so it is to be escaped.
    """
    text = _phrase(query, schema)
    return text[:1].upper() + text[1:] + "."


def _phrase(query: Query, schema: Schema) -> str:
    """The sentence without its capital and full stop, to stand inside another one."""
    if query.right is None or query.set_operator is None:
        return _Sentence(query, schema).text()
    chain = list(_chain(query))
    texts = [_Sentence(select, schema).text(ends=False) for select in chain]
    # ORDER BY and LIMIT stand in the last SELECT and count for the whole
    ending = "".join(_Sentence(chain[-1], schema).ending())
    end = f" – the whole{ending}" if ending else ""
    if len(chain) == 2:
        return f"{_PAIRS[query.set_operator]}: (1) {texts[0]}; (2) {texts[1]}{end}"
    steps = [
        f"{_STEPS[select.set_operator or 'union']} ({number}) {text}"
        for number, (select, text) in enumerate(zip(chain, texts[1:], strict=False), 2)
    ]
    return f"take (1) {texts[0]}; then {'; then '.join(steps)}{end}"


def _chain(query: Query) -> Iterator[Query]:
    """The SELECTs that set operators join, which SQLite does from left to right."""
    yield query
    if query.right is not None:
        yield from _chain(query.right)


class _Sentence:
    """Words one SELECT: what is shown, of which rows, in which order, how many."""

    def __init__(self, query: Query, schema: Schema) -> None:
        self.query = query
        self.schema = schema
        self.main = main_source(query, schema)
        self.terms = Terms(query, schema, self.main, lambda inner: _phrase(inner, schema))

    def text(self, ends: bool = True) -> str:
        if ends and self._takes_one():
            return self._single()
        body = self._groups() if self.query.group_by else self._shown() + self._rows()
        return body + ("".join(self.ending()) if ends else "")

    def _takes_one(self) -> bool:
        """Whether it is the row with the most or the least of something, and no other."""
        query = self.query
        plain = not (query.distinct or query.having or _aggregated(query.select))
        keys = not query.group_by or set(query.select) <= set(query.group_by)
        return plain and keys and query.limit == 1 and len(query.order_by) == 1

    def _single(self) -> str:
        best = self.terms.extreme(self.query.order_by[0])
        filters = self._filters()
        if self.query.group_by:
            among = f", among the {self.terms.many()}{filters}" if filters else ""
            return f"the {listed(self._keys())} with the {best}{among}"
        among = f", among those{filters}" if filters else ""
        return f"{self._shown()}the {self.terms.one()} with the {best}{among}"

    # what is shown

    def _keys(self) -> list[str]:
        return [self.terms.group(unit) for unit in self.query.group_by]

    def _groups(self) -> str:
        query, filters = self.query, self._filters()
        which = f" for which {self.terms.conditions(query.having)}" if query.having else ""
        among = f", among the {self.terms.many()}{filters}" if filters else ""
        shown = [unit for unit in query.select if unit not in query.group_by]
        if not shown:
            return f"each {listed(self._keys())}{which}{among}"
        items = listed([self.terms.unit(unit) for unit in shown])
        return f"for each {listed(self._keys())}{which}{among}: {items}"

    def _shown(self) -> str:
        query = self.query
        if query.select == (ColumnUnit(STAR),):
            return "everything about "
        if query.distinct and not _aggregated(query.select):
            names = [self.terms.name(unit) for unit in query.select]
            if len(names) == 1:
                return f"the different {plural(names[0])} of "
            return f"the different combinations of {listed(names)} of "
        if query.select == (ColumnUnit(STAR, "count"),):
            return "the number of "
        return listed(_with_one_article([self.terms.unit(u) for u in query.select])) + " of "

    # of which rows

    def _rows(self) -> str:
        query, filters = self.query, self._filters()
        if query.select == (ColumnUnit(STAR, "count"),):
            return f"{self.terms.many()}{filters}{self._having()}"
        if _aggregated(query.select) or query.distinct:
            return f"{'the' if filters else 'all'} {self.terms.many()}{filters}{self._having()}"
        return f"each {self.terms.one()}{filters}{self._having()}"

    def _having(self) -> str:
        having = self.query.having
        return f", if {self.terms.conditions(having)}" if having else ""

    def _filters(self) -> str:
        """What must be true of a row: of its partners in the join, and what WHERE says."""
        unsaid = [join for join in self.query.joins if not along_key(join, self.schema)]
        parts = [self.terms.join(join) for join in unsaid]
        if self.query.where:
            parts.append(self.terms.conditions(self.query.where))
        partners = [with_article(noun) for noun in self.terms.silent_partners()]
        having = f" with {listed(partners)}" if partners else ""
        return having + (f" where {' and '.join(parts)}" if parts else "")

    # in which order, how many

    def ending(self) -> Iterator[str]:
        query = self.query
        if query.order_by:
            yield ", " + listed([self.terms.order(item) for item in query.order_by], "then")
        if query.limit is not None:
            yield _limit(query.limit, query.order_by)


def _aggregated(units: tuple[Unit, ...]) -> bool:
    return any(unit.aggregate for unit in units)


def _with_one_article(items: list[str]) -> list[str]:
    """``the name and age`` in place of ``the name and the age``, where nothing else is said."""
    plain = all(item.startswith("the ") and " of " not in item for item in items)
    return [items[0], *(item.removeprefix("the ") for item in items[1:])] if plain else items


def _limit(limit: int, order: tuple[OrderItem, ...]) -> str:
    if limit == 1:
        return "; only the first one" if order else "; only one of them"
    return f"; only the first {limit:,}" if order else f"; only {limit:,} of them"
