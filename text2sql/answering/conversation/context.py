"""A mention with the query that it may change, and what all changes need to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from text2sql.answering.conversation.edits import (
    conditions,
    place_of,
    places_in,
    reach,
    with_conditions,
)
from text2sql.answering.conversation.linker import Linked, Linker
from text2sql.answering.conversation.mentions import Mention, Question
from text2sql.linking.words import NUMBER_WORDS, number_of
from text2sql.query.nodes import ColumnRef, Expression, Select, aggregated
from text2sql.schema import Column, ColumnPosition

__all__ = ["Context", "Given", "Proposal"]

Given: TypeAlias = "tuple[tuple[str, float], ...]"
"""Features of a change, for or against it: each has a name and a strength."""


@dataclass(frozen=True)
class Proposal:
    """A change: its name, the query after it, and its features."""

    name: str
    query: Select
    features: Given = ()


@dataclass(frozen=True)
class Context:
    """``mention``, one of the ``mentions`` of a question, with the query ``select`` before it."""

    mention: Mention
    select: Select
    question: Question
    linker: Linker
    mentions: Sequence[Mention]

    @cached_property
    def parts(self) -> tuple[Expression, ...]:
        return conditions(self.select.where)

    @cached_property
    def tables(self) -> frozenset[int]:
        return frozenset(e.table for e in self.select.sources if e.table is not None)

    @cached_property
    def shown(self) -> list[Expression]:
        return [item.expression for item in self.select.items]

    @cached_property
    def computes(self) -> bool:
        return any(map(aggregated, self.shown))

    @cached_property
    def keys(self) -> list[Expression]:
        """The shown expressions that are not aggregated."""
        return [expression for expression in self.shown if not aggregated(expression)]

    @cached_property
    def said(self) -> frozenset[str]:
        return frozenset(self.question.lower)

    @cached_property
    def dates(self) -> frozenset[ColumnPosition]:
        return frozenset(self.linker.places[column] for column in self.linker.index.dates)

    def column(self, place: ColumnPosition) -> Column:
        return self.linker.schema.tables[place[0]].columns[place[1]]

    def existing(self, place: ColumnPosition) -> list[Expression]:
        """The conditions on a column."""
        return [p for p in self.parts if place in places_in(self.select, self.linker.schema, p)]

    def others(self, known: Sequence[Expression]) -> list[Expression]:
        return [part for part in self.parts if part not in known]

    def place(self, expression: object) -> ColumnPosition | None:
        return place_of(self.select, self.linker.schema, expression)

    def reach(self, place: ColumnPosition, outer: bool = False) -> tuple[Select, ColumnRef] | None:
        return reach(self.select, self.linker.schema, place, outer=outer)

    def reach_names(
        self, linked: Linked, outer: bool = False
    ) -> tuple[Select, list[ColumnRef]] | None:
        """As ``reach``; if ``linked`` names a row, with all columns that name it."""
        places = [linked.place]
        if linked.why in ("table", "who", "where"):
            places = self.linker.name_columns(linked.place[0])
        select, columns = self.select, []
        for place in places:
            found = reach(select, self.linker.schema, place, outer=outer)
            if found is None:
                return None
            select, column = found
            columns.append(column)
        return select, columns

    def is_shown(self, place: ColumnPosition) -> bool:
        return any(self.place(expression) == place for expression in self.shown)

    def linker_place(self, select: Select, column: ColumnRef) -> ColumnPosition:
        """The place in the schema of a column that ``reach`` found."""
        return select.sources[column.source].table or 0, column.column

    def numeric(self, place: ColumnPosition) -> bool:
        return self.linker.flat[place] in self.linker.index.with_numbers

    def holds(self, place: ColumnPosition, number: float) -> bool:
        return self.linker.flat[place] in self.linker.index.numbers.get(number, ())

    def kept(self, parts: Sequence[Expression]) -> Select:
        """Return the query with other conditions."""
        return with_conditions(self.select, parts)

    def number(self) -> int:
        """The number of rows that the question asks for; one, unless it says otherwise."""
        return next(self._numbers(), 1)

    def _numbers(self) -> Iterator[int]:
        for word in self.question.lower:
            number = number_of(word) if word[0].isdigit() else NUMBER_WORDS.get(word)
            if isinstance(number, int) and 1 < number <= 100 and word not in ("second", "third"):
                yield number

    def given(self, linked: Linked, best: float) -> Given:
        """Return the features of a column that words may mean; ``best`` is the highest score."""
        place = linked.place
        keys = self.linker.schema.foreign_keys
        truths = {
            f"new table {self.mention.kind}": place[0] not in self.tables,
            "already shown": self.is_shown(place),
            "in a condition": bool(self.existing(place)),
            "is a foreign key": any((k.table, k.column) == place for k in keys),
            "is a primary key": self.column(place).primary_key,
        }
        return (
            ("link", linked.score),
            ("behind best", best - linked.score),
            (f"why {linked.why}", 1.0),
            *((name, 1.0) for name, true in truths.items() if true),
        )
