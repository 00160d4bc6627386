"""Reads SQL into ``Query``; the grammar is sqlglot's, the fragment is Spider's.

What lies outside the fragment is refused by name, never dropped: a query that was read means
what its text means to SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal as Choice

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.expressions import COMPARISONS, Expressions
from text2sql.query.model import (
    STAR,
    ColumnRef,
    ColumnUnit,
    Conditions,
    Join,
    OrderItem,
    Query,
    SetOperator,
    Source,
    Unit,
)
from text2sql.query.scope import Scope
from text2sql.query.tree import (
    bare,
    limit_of,
    only,
    operands,
    ordered,
    outside,
    shorten,
    statement,
    text_of,
    unwrap,
)
from text2sql.schema import Schema

__all__ = ["parse"]

_SET_OPERATORS: dict[type[exp.Expr], SetOperator] = {
    exp.Union: "union", exp.Intersect: "intersect", exp.Except: "except",
}  # fmt: skip


def parse(sql: str, schema: Schema) -> Query:
    """Read ``sql`` against ``schema``.

    As in SQLite, a double-quoted word is a column where a table of the query has one of that
    name, and else, where a value is expected, a string: Spider's golds write strings so.

    Raises:
        QueryError: not one SELECT, outside the fragment, or naming what the schema lacks.
    """
    try:
        return _Parser(schema, None).query(statement(sql))
    except RecursionError as error:
        raise QueryError(f"{shorten(sql)} nests too deeply to be read.") from error


class _Parser:
    """Reads one SELECT, or several that set operators join; ``outer`` is what lies around it."""

    def __init__(self, schema: Schema, outer: Scope | None) -> None:
        self.schema = schema
        self.scope = Scope(schema, outer)
        self.read = Expressions(self.scope, lambda node, scope: _Parser(schema, scope).query(node))
        self.labels: tuple[str, ...] = ()  # what each selected item is called, lower case

    def query(self, node: exp.Expr) -> Query:
        node = unwrap(node)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node)
        if not isinstance(node, exp.Select):
            raise QueryError(f"Expected a SELECT, got {text_of(node)}.")
        return self._select(node)

    def _select(self, node: exp.Select) -> Query:
        only(node, "expressions", "from_", "joins", "where", "group", "having", "distinct", "order",
             "limit")  # fmt: skip
        joins = tuple(self._from(node))
        self._name(node.expressions, tuple(self.read.unit(e) for e in node.expressions))
        where, having = node.args.get("where"), node.args.get("having")
        return Query(
            select=self.read.select,
            sources=self.scope.sources,
            distinct=node.args.get("distinct") is not None,
            joins=joins,
            where=self.read.conditions(where.this) if where else Conditions(),
            group_by=self.read.group(node),
            having=self.read.conditions(having.this) if having else Conditions(),
            order_by=tuple(
                OrderItem(self.read.term(term), descending) for term, descending in ordered(node)
            ),
            limit=limit_of(node),
        )

    def _name(self, nodes: list[exp.Expr], units: tuple[Unit, ...]) -> None:
        self.labels = tuple(
            (node.alias or (bare(node).name if isinstance(bare(node), exp.Column) else "")).lower()
            for node in nodes
        )
        self.read.select = units
        self.scope.aliases = {
            node.alias.lower(): unit for node, unit in zip(nodes, units, strict=True) if node.alias
        }

    def shown(self) -> dict[str, ColumnRef]:
        """The columns that a query around this one sees, where this one stands in FROM.

        Aliases are not kept. So nothing can go by an alias, nor by a name that an alias hides or
        lays open.
        """
        found: dict[str, ColumnRef] = {}
        taken: set[str] = set()
        for label, unit in zip(self.labels, self.read.select, strict=True):
            if unit == ColumnUnit(STAR):
                every = self.scope.columns()
                found |= {name: ref for name, ref in every.items() if name not in taken}
                taken |= set(every)
            elif isinstance(unit, ColumnUnit) and not unit.aggregate:
                ref = unit.column
                own = self.schema.tables[ref.table].columns[ref.column].name.lower()
                if label == own and label not in taken:
                    found[label] = ref
                taken.add(own)
            taken.add(label)
        return found

    # set operations

    def _set_operation(self, node: exp.SetOperation) -> Query:
        selects, operators = operands(node)
        parsers = [self, *(_Parser(self.schema, self.scope.outer) for _ in selects[1:])]
        queries = [p._select(select) for p, select in zip(parsers, selects, strict=True)]
        # ORDER BY and LIMIT count for the whole, and stand in its last SELECT, as Spider has it
        order = tuple(
            OrderItem(_compound_term(term, parsers), descending)
            for term, descending in ordered(node)
        )
        query = replace(queries[-1], order_by=order, limit=limit_of(node))
        for left, operator in zip(reversed(queries[:-1]), reversed(operators), strict=True):
            query = replace(left, set_operator=_SET_OPERATORS[operator], right=query)
        return query

    # FROM

    def _from(self, node: exp.Select) -> Iterator[Join]:
        start = node.args.get("from_")
        if start is None:
            raise QueryError(f"There is no FROM in {text_of(node)}.")
        self._add_source(start.this)
        joins = node.args.get("joins") or []
        for join in joins:
            if join.side or join.method or join.kind not in ("", "INNER", "CROSS"):
                raise outside(join)
            only(join, "this", "on", "using", "kind")
            self._add_source(join.this)
        for source, join in enumerate(joins, 1):
            yield from self._using(source, join, node)
            yield from self._on(source, join)

    def _add_source(self, node: exp.Expr) -> None:
        alias = node.args.get("alias")
        if alias is not None and alias.args.get("columns"):
            raise outside(node)
        if isinstance(node, exp.Subquery):
            inner = _Parser(self.schema, self.scope.outer)
            self.scope.add_query(Source(query=inner.query(node)), node.alias, inner.shown())
            return
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise outside(node)
        only(node, "this", "alias")
        table = self.schema.find_table(node.name)
        if table is None:
            raise QueryError(f"There is no table {node.name!r} in this database.")
        self.scope.add_table(table, node.alias or node.name)

    def _using(self, source: int, join: exp.Join, select: exp.Select) -> Iterator[Join]:
        names = [name.name for name in join.args.get("using") or []]
        if names and any(isinstance(bare(e), exp.Star) for e in select.expressions):
            raise QueryError("SELECT * beside USING is outside Spider's fragment; write ON.")
        for name in names:
            before = self.scope.find_in(range(source), name)
            here = self.scope.find_in([source], name)
            if before is None or here is None:
                raise QueryError(f"There is no common column {name!r} to join on.")
            yield Join(before, here, source)

    def _on(self, source: int, join: exp.Join) -> Iterator[Join]:
        on = join.args.get("on")
        if on is None or on == exp.true():  # sqlglot's own addition where there is no ON
            return
        on = on.unnest()
        word: Choice["and", "or"] = "or" if isinstance(on, exp.Or) else "and"
        for part in on.flatten() if isinstance(on, exp.And | exp.Or) else [on]:
            operator = COMPARISONS.get(type(part))
            left, right = bare(part.this), bare(part.expression)
            if not (operator and isinstance(left, exp.Column) and isinstance(right, exp.Column)):
                raise QueryError(
                    f"Cannot read the join condition {text_of(part)}; in Spider's fragment it "
                    "compares two columns. Conditions on values belong in WHERE."
                )
            yield Join(self.read.column(left), self.read.column(right), source, operator, word)


def _compound_term(node: exp.Expr, parsers: list[_Parser]) -> Unit:
    """A term of ORDER BY behind a set operation, as an item of the last SELECT.

    It means a column of the result by the name that the first SELECT has for it that has one.
    """
    last = parsers[-1].read
    for parser in parsers:
        position = parser.read.position(node)
        if position is not None and position < len(last.select):
            return last.select[position]
    if isinstance(bare(node), exp.Literal):
        return last.term(node)
    raise QueryError(f"Behind a set operation ORDER BY needs a selected column: {text_of(node)}.")
