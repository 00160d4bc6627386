"""The scope of a SELECT, which resolves its columns to columns of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from text2sql.query.nodes import (
    ColumnRef,
    Compound,
    Entry,
    Expression,
    Select,
    Statement,
    Subquery,
    children,
    field_names,
    first_select,
)
from text2sql.query.stars import spelled_out
from text2sql.schema import ColumnPosition, Schema

_Node = TypeVar("_Node")

__all__ = ["Scope", "each_select", "in_select", "scopes"]


@dataclass(frozen=True)
class Scope:
    """One SELECT and the scope of the enclosing query."""

    select: Select
    schema: Schema
    outer: Scope | None = None

    def place(self, column: ColumnRef) -> ColumnPosition | None:
        """The table and the column in the schema; None for a computed column."""
        scope: Scope | None = self
        for _ in range(column.outer):
            scope = scope.outer if scope else None
        if scope is None or column.source >= len(scope.select.sources):
            return None
        return scope._own(scope.select.sources[column.source], column.column)

    def place_of(self, expression: Expression) -> ColumnPosition | None:
        """As ``place``; None for any other expression."""
        return self.place(expression) if isinstance(expression, ColumnRef) else None

    def _own(self, entry: Entry, column: int) -> ColumnPosition | None:
        if entry.query is None:
            return entry.table or 0, column
        select = first_select(spelled_out(entry.query, self.schema))
        shown = select.items[column].expression
        return Scope(select, self.schema).place(shown) if isinstance(shown, ColumnRef) else None


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


def each_select(
    query: Statement,
    schema: Schema,
    change: Callable[[Scope], Select],
    outer: Scope | None = None,
) -> Statement:
    """``query`` with ``change`` of each SELECT in it, of an outer one before those in it."""
    if isinstance(query, Compound):
        parts = (_changed(select, schema, change, outer) for select in query.selects)
        return replace(query, selects=tuple(parts))
    return _changed(query, schema, change, outer)


def in_select(select: Select, change: Callable[[object], object]) -> Select:
    """``select`` with ``change`` of each node in it, the innermost first, outside its queries."""

    def inside(node: object) -> object:
        if isinstance(node, tuple):
            return tuple(map(inside, node))
        if isinstance(node, Select | Compound) or not field_names(type(node)):
            return node
        return change(_of_parts(node, inside))

    return _of_parts(select, inside)


def _subqueries(node: object) -> Iterator[Subquery]:
    """The queries in the expressions of one SELECT."""
    for child in children(node):
        if isinstance(child, Subquery):
            yield child
        elif not isinstance(child, Select | Compound):
            yield from _subqueries(child)


def _changed(
    select: Select, schema: Schema, change: Callable[[Scope], Select], outer: Scope | None
) -> Select:
    own = Scope(change(Scope(select, schema, outer)), schema, outer)

    def inside(node: object) -> object:
        if isinstance(node, tuple):
            return tuple(map(inside, node))
        if isinstance(node, Select | Compound):  # in FROM, which sees nothing of this SELECT
            return each_select(node, schema, change, outer)
        if isinstance(node, Subquery):
            return Subquery(each_select(node.query, schema, change, own))
        return _of_parts(node, inside)

    return _of_parts(own.select, inside)


def _of_parts(node: _Node, change: Callable[[object], object]) -> _Node:
    """``node`` with ``change`` of each of its fields, if it has any."""
    old = {name: getattr(node, name) for name in field_names(type(node))}
    new = {name: change(value) for name, value in old.items()}
    if all(new[name] is value for name, value in old.items()):
        return node
    return replace(node, **new)  # type: ignore[type-var]
