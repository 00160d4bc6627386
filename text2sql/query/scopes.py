"""Resolves columns of the query tree to columns of the schema, through subqueries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from text2sql.query.nodes import (
    Column,
    Compound,
    Entry,
    Expression,
    Select,
    Statement,
    Subquery,
    children,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import Schema

__all__ = ["Scope", "scopes"]


@dataclass(frozen=True)
class Scope:
    """One SELECT and the scope of the enclosing query."""

    select: Select
    schema: Schema
    outer: Scope | None = None

    def place(self, column: Column) -> tuple[int, int] | None:
        """The table and the column in the schema; None for a computed column."""
        scope: Scope | None = self
        for _ in range(column.outer):
            scope = scope.outer if scope else None
        if scope is None or column.source >= len(scope.select.sources):
            return None
        return scope._own(scope.select.sources[column.source], column.column)

    def place_of(self, expression: Expression) -> tuple[int, int] | None:
        """As ``place``; None for any other expression."""
        return self.place(expression) if isinstance(expression, Column) else None

    def _own(self, entry: Entry, column: int) -> tuple[int, int] | None:
        if entry.query is None:
            return entry.table or 0, column
        inner = spelled_out(entry.query, self.schema)
        select = inner.selects[0] if isinstance(inner, Compound) else inner
        shown = select.items[column].expression
        return Scope(select, self.schema).place(shown) if isinstance(shown, Column) else None


def scopes(query: Statement, schema: Schema, outer: Scope | None = None) -> Iterator[Scope]:
    """The scope of every SELECT in ``query``, outer ones first."""
    for select in query.selects if isinstance(query, Compound) else (query,):
        own = Scope(select, schema, outer)
        yield own
        for entry in select.sources:
            if entry.query is not None:
                yield from scopes(entry.query, schema, outer)
        for subquery in _subqueries(select):
            yield from scopes(subquery.query, schema, own)


def _subqueries(node: object) -> Iterator[Subquery]:
    """The queries in the expressions of one SELECT."""
    for child in children(node):
        if isinstance(child, Subquery):
            yield child
        elif not isinstance(child, Select | Compound):
            yield from _subqueries(child)
