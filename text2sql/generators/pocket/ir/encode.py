"""Translates a query tree into tokens of the model's language."""

from __future__ import annotations

from collections.abc import Iterator

from text2sql.errors import QueryError
from text2sql.generators.pocket.ir.encode_conditions import ConditionEncoder
from text2sql.generators.pocket.ir.idioms import (
    Best,
    find_aggregate_of_groups,
    find_best_of_groups,
)
from text2sql.generators.pocket.ir.sources import From, Special, plan
from text2sql.generators.pocket.ir.vocabulary import (
    MOST_SHOWN,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)
from text2sql.query.meanings import folded
from text2sql.query.nodes import (
    Compound,
    Expression,
    Literal,
    Select,
    Star,
    Statement,
    columns_of,
    conjuncts,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["to_tokens"]


def to_tokens(query: Statement, schema: Schema) -> list[Token]:
    """Translate ``query`` into the model's language, with a final ``end``.

    The translation is canonical: the order of conditions joined by AND does not depend on their
    order in ``query``.

    Raises:
        QueryError: the language cannot express the query; the message says which part.
    """
    return [*_SelectEncoder(schema, None).statement(folded(query)), "end"]


class _SelectEncoder(ConditionEncoder):
    """Translates one SELECT; ``outer`` translates the enclosing one."""

    def statement(self, query: Statement) -> Iterator[Token]:
        if isinstance(query, Compound):
            yield from self._compound(query)
            return
        best = find_best_of_groups(query, self.schema)
        if best is not None:
            yield from self._select(*best)
            return
        overall = find_aggregate_of_groups(query, self.schema)
        if overall is not None:
            yield from self._select(overall[1], overall=overall[0])
            return
        yield from self._select(query)

    def _compound(self, query: Compound) -> Iterator[Token]:
        for number, select in enumerate(query.selects):
            if number:
                yield query.operators[number - 1].replace(" ", "_")
            yield from _SelectEncoder(self.schema, self.outer)._select(
                spelled_out(select, self.schema)
            )
        yield from self.orders(query.order_by)
        yield from self._limit(query)

    def _select(
        self, query: Select, best: Best | None = None, overall: str = ""
    ) -> Iterator[Token]:
        self.sources = query.sources
        from_ = plan(query, self.schema)
        yield "from"
        yield from self._from(from_)
        yield "select"
        if query.distinct:
            yield "distinct"
        if overall:
            yield from ("overall", overall)
        for item in query.items:
            yield from self._item(item.expression)
        where = self.conjunction(from_.left_over)
        if where:
            yield from ("where", *where)
        if query.group_by:
            yield "group"
            for unit in query.group_by:
                yield from self.expression(unit)
        if query.having is not None:
            yield from ("having", *self.conjunction(conjuncts(query.having)))
        if best is not None:
            word, window, most = best
            yield from (word, ValueToken(most), "per")
            for unit in window.partition:
                yield from self.expression(unit)
            yield from self.orders(window.order)
        yield from self.orders(query.order_by)
        yield from self._limit(query)

    def _limit(self, query: Statement) -> Iterator[Token]:
        limit, offset = _whole(query.limit), _whole(query.offset)
        if offset and limit == 1:
            yield from ("nth", ValueToken(offset + 1))
        elif limit is not None:
            yield from ("limit", ValueToken(limit))
            if offset:
                yield from ("offset", ValueToken(offset))

    def _item(self, node: Expression) -> Iterator[Token]:
        if isinstance(node, Star) and node.source is not None:
            entry = self.sources[node.source]
            if entry.table is None or node.source in self.again:
                raise QueryError("The star of a query in FROM has no tokens.")
            yield from ("all_of", TableToken(entry.table))
            return
        yield from self.expression(node)

    # FROM

    def _from(self, from_: From) -> Iterator[Token]:
        shown = 0
        for special in from_.specials:
            inner = self.sources[special.source].query
            if inner is not None:
                self.shown[special.source] = shown
                shown += columns_of(spelled_out(inner, self.schema)) or 0
            elif special.again:
                self.again.add(special.source)
        if shown > MOST_SHOWN:
            raise QueryError(f"Queries in FROM with more than {MOST_SHOWN} columns have no tokens.")
        if not self.sources:
            yield "no_table"
        for source, keys in from_.plain:
            yield TableToken(self.sources[source].table or 0)
            yield from (ColumnToken(*key) for key in keys)
        for special in from_.specials:
            yield from self._special(special)

    def _special(self, special: Special) -> Iterator[Token]:
        entry = self.sources[special.source]
        if special.left:
            yield "left"
        if entry.query is not None:
            yield "("
            inner = spelled_out(entry.query, self.schema)
            yield from _SelectEncoder(self.schema, self.outer).statement(inner)
            yield ")"
        else:
            if special.again:
                yield "again"
            elif not special.left:
                yield "inner"
            yield TableToken(entry.table or 0)
        if special.key is not None:
            yield ColumnToken(*special.key)
        elif special.on:
            yield from ("on", *self.conjunction(special.on))
        elif special.left and not self._keyed(special):
            raise QueryError("An outer join without a condition has no tokens.")

    def _keyed(self, special: Special) -> bool:
        return (
            self.sources[special.source].query is None
            and self.sources[special.source].on is not None
        )


def _whole(limit: Expression | None) -> int | None:
    if limit is None:
        return None
    if not isinstance(limit, Literal) or not isinstance(limit.value, int) or limit.value < 0:
        raise QueryError("A LIMIT that is not a whole number has no tokens.")
    return limit.value
