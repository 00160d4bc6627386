"""Mutants of a query, each with one small mistake that a test suite should detect.

Each mutant differs from the query in one place: a comparison flipped, an aggregate swapped, a
clause or condition dropped, a column replaced, DISTINCT dropped, a join broken, a literal changed,
an order reversed, AND and OR or two set operators exchanged. Some mutants are equivalent to the
query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from text2sql.errors import QueryError
from text2sql.query.tree import statement
from text2sql.schema import Schema

__all__ = ["mutants"]

#: Changes one node of a tree in place.
_Change = Callable[[exp.Expr], object]

_COMPARISONS: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
}
_AGGREGATES: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Max: exp.Min,
    exp.Min: exp.Max,
    exp.Sum: exp.Avg,
    exp.Avg: exp.Sum,
}
_SET_OPERATORS: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Union: (exp.Intersect, exp.Except),
    exp.Intersect: (exp.Union, exp.Except),
    exp.Except: (exp.Union, exp.Intersect),
}
_MOST_COPIED = 15_000  # nodes; each mutant is a copy of the whole tree
_PREDICATES = (exp.Like, exp.In, exp.Between, exp.Is)
_CLAUSES = (exp.Where, exp.Having, exp.Group, exp.Order, exp.Limit)


def mutants(sql: str | exp.Expr, schema: Schema) -> list[str]:
    """Make queries with one mistake each, without repetition, in a fixed order.

    A query of thousands of words yields only some of its mutants. Empty if ``sql`` cannot be
    parsed; a tree that is read already stays unchanged.
    """
    try:
        tree = statement(sql) if isinstance(sql, str) else sql
    except QueryError:
        return []
    found: dict[str, None] = {}
    nodes = list(tree.walk())
    changes = (
        (place, change) for place, node in enumerate(nodes) for change in _changes(node, schema)
    )
    with suppress(RecursionError, SqlglotError):  # parsed, but cannot be written
        for place, change in islice(changes, _MOST_COPIED // len(nodes)):
            copy = exp.Subquery(this=tree.copy())  # so that the root can be replaced, too
            change(list(copy.this.walk())[place])
            found[_text(copy.this)] = None
        found.pop(_text(tree), None)
    return list(found)


def _text(tree: exp.Expr) -> str:
    return tree.sql("sqlite", unsupported_level=ErrorLevel.IGNORE)


def _changes(node: exp.Expr, schema: Schema) -> Iterator[_Change]:
    """Every mistake that can be made at ``node``."""
    yield from _operator_changes(node)
    yield from _clause_changes(node)
    if isinstance(node, exp.Column):
        yield from _column_changes(node, schema)
    elif isinstance(node, exp.Literal):
        yield from _literal_changes(node)


def _operator_changes(node: exp.Expr) -> Iterator[_Change]:
    kind = type(node)
    for other in _COMPARISONS.get(kind, ()):
        yield _as(other)
    if kind in _AGGREGATES:
        yield _as(_AGGREGATES[kind])
    for other in _SET_OPERATORS.get(kind, ()):
        yield _as(other)
    if isinstance(node, _PREDICATES) and not isinstance(node.parent, exp.Not):
        yield lambda n: n.replace(exp.Not(this=n.copy()))
    if isinstance(node, exp.And | exp.Or):
        yield _as(exp.Or if kind is exp.And else exp.And)
    if isinstance(node, exp.And | exp.Or | exp.SetOperation):
        yield lambda n: n.replace(n.args["this"].copy())
        yield lambda n: n.replace(n.args["expression"].copy())
    if isinstance(node, exp.Not):
        yield lambda n: n.replace(n.this.copy())


def _as(kind: type[exp.Expr]) -> _Change:
    """The same operands under another operator."""
    return lambda n: n.replace(kind(**n.copy().args))


def _clause_changes(node: exp.Expr) -> Iterator[_Change]:
    if isinstance(node, _CLAUSES):
        yield lambda n: n.pop()
    elif isinstance(node, exp.Distinct):
        yield _without_distinct
    elif isinstance(node, exp.Count) and isinstance(node.this, exp.Column):
        yield lambda n: n.set("this", exp.Distinct(expressions=[n.this.copy()]))
    elif isinstance(node, exp.Ordered):
        yield _reversed
    elif isinstance(node, exp.Join):
        yield lambda n: n.set("side", "LEFT")
        yield lambda n: n.set("on", None)
        yield lambda n: n.pop()


def _without_distinct(node: exp.Expr) -> None:
    if node.expressions:  # count(DISTINCT x)
        node.replace(node.expressions[0].copy())
    elif node.parent is not None:  # SELECT DISTINCT
        node.parent.set("distinct", None)


def _reversed(node: exp.Expr) -> None:
    descending = not node.args.get("desc")
    node.set("desc", descending or None)  # False would be written as ASC
    node.set("nulls_first", not descending)  # SQLite's default, so that it is not written


def _column_changes(node: exp.Column, schema: Schema) -> Iterator[_Change]:
    """Another column of the same table, if possible of the same type."""
    table = _table_of(node, schema)
    if table is None:
        return
    columns = schema.tables[table].columns
    position = schema.find_column(table, node.name)
    if position is None or len(columns) < 2:
        return
    following = [*columns[position + 1 :], *columns[:position]]
    alike = [column for column in following if column.type == columns[position].type]
    name = (alike or following)[0].name
    yield lambda n: n.set("this", exp.to_identifier(name))


def _table_of(node: exp.Column, schema: Schema) -> int | None:
    """The table that a column belongs to, searched from the innermost SELECT outwards."""
    select = node.find_ancestor(exp.Select)
    while select is not None:
        sources = [
            select.args.get("from_") or select.args.get("from"),
            *(select.args.get("joins") or ()),
        ]
        for source in sources:
            table = source.this if source is not None else None
            if not isinstance(table, exp.Table):
                continue
            found = schema.find_table(table.name)
            named = not node.table or node.table.lower() == table.alias_or_name.lower()
            if named and found is not None and schema.find_column(found, node.name) is not None:
                return found
        select = select.find_ancestor(exp.Select)
    return None


def _literal_changes(node: exp.Literal) -> Iterator[_Change]:
    if node.is_string:
        yield lambda n: n.replace(exp.Literal.string(n.name + "x"))
        return
    try:
        value = int(node.name)
    except ValueError:
        return
    yield lambda n: n.replace(exp.Literal.number(value + 1))
    if value > 0:
        yield lambda n: n.replace(exp.Literal.number(value - 1))
