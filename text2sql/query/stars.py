"""The expansion of ``*`` to columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from text2sql.query.nodes import (
    ColumnRef,
    Compound,
    Entry,
    Select,
    SelectItem,
    Star,
    Statement,
    first_select,
)
from text2sql.schema import Schema

__all__ = ["spelled_out"]

_Query = TypeVar("_Query", Select, Statement)


def spelled_out(query: _Query, schema: Schema) -> _Query:
    """``query`` with every selected star expanded to columns, except in subqueries."""
    if isinstance(query, Compound):
        selects = tuple(spelled_out(select, schema) for select in query.selects)
        return replace(query, selects=selects)  # type: ignore[call-arg]
    if not any(isinstance(item.expression, Star) for item in query.items):
        return query
    items = tuple(part for item in query.items for part in _parts(item, query, schema))
    return replace(query, items=items)


def _parts(item: SelectItem, query: Select, schema: Schema) -> Iterator[SelectItem]:
    star = item.expression
    if not isinstance(star, Star):
        yield item
        return
    for source in range(len(query.sources)) if star.source is None else [star.source]:
        for column in range(_width(query.sources[source], schema)):
            yield SelectItem(ColumnRef(source, column))


def _width(entry: Entry, schema: Schema) -> int:
    if entry.query is None:
        return len(schema.tables[entry.table or 0].columns)
    return len(first_select(spelled_out(entry.query, schema)).items)
