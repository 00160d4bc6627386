"""The reader of expressions and conditions of SQL, as nodes of the query tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self, cast

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.calls import call_of, cast_of
from text2sql.query.nodes import (
    Call,
    Case,
    ColumnRef,
    Expression,
    Literal,
    Order,
    Star,
    Statement,
    Subquery,
    Window,
)
from text2sql.query.tree import bare, number, text_of

__all__ = ["ExpressionReader", "NamedSource", "joined"]


@dataclass(frozen=True)
class NamedSource:
    """An entry of FROM with its ``name`` or alias and its columns' names in lower case."""

    name: str
    columns: tuple[str, ...]
    table: str = ""


class ExpressionReader(ABC):
    """Reads the expressions of one SELECT; ``outer`` reads those of the enclosing query.

    ``named`` are the entries of FROM, ``aliases`` the selected expressions by their names.
    """

    def __init__(self, outer: Self | None) -> None:
        self.outer = outer
        self.named: list[NamedSource] = []
        self.aliases: dict[str, Expression] = {}

    @abstractmethod
    def inner(self, node: exp.Expr) -> Statement:
        """Read a query inside an expression."""

    def read(self, node: exp.Expr) -> Expression:
        """An expression or a condition in the scope of this SELECT."""
        node = bare(node)
        constant = _constant(node)
        if constant is not None:
            return constant
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Star):
            return Star()
        if isinstance(node, exp.Query):
            return Subquery(self.inner(node))
        if isinstance(node, exp.Exists):
            return Call("exists", (Subquery(self.inner(node.this)),))
        if isinstance(node, exp.And | exp.Or):
            name = "and" if isinstance(node, exp.And) else "or"
            return joined(name, [self.read(node.this), self.read(node.expression)]) or Literal(1)
        if isinstance(node, exp.Not):
            return Call("not", (self.read(node.this),))
        if isinstance(node, exp.In):
            return self._in(node)
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.If):
            otherwise = node.args.get("false")
            branch = (self.read(node.this), self.read(node.args["true"]))
            return Case((branch,), self.read(otherwise) if otherwise else Literal(None))
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, exp.Filter):
            return self._filter(node)
        if isinstance(node, exp.Cast):
            return Call(f"cast_{cast_of(node)}", (self.read(node.this),))
        return self._call(node)

    def _call(self, node: exp.Expr) -> Call:
        name, arguments = call_of(node)
        distinct = False
        if len(arguments) >= 1 and isinstance(arguments[0], exp.Distinct):
            distinct, arguments = True, [*arguments[0].expressions, *arguments[1:]]
        call = Call(name, tuple(self.read(a) for a in arguments), distinct)
        if node.args.get("negate"):
            return Call("not", (call,))
        return call

    def _in(self, node: exp.In) -> Call:
        query, items = node.args.get("query"), node.expressions
        for part in ("field", "unnest"):
            if node.args.get(part):
                raise QueryError(f"IN {part.upper()} is not supported: {text_of(node)}.")
        if query is not None:
            return Call("in", (self.read(node.this), Subquery(self.inner(query))))
        return Call("in", (self.read(node.this), *map(self.read, items)))

    def _case(self, node: exp.Case) -> Case:
        subject, default = node.args.get("this"), node.args.get("default")
        branches = []
        for branch in node.args["ifs"]:
            condition = self.read(branch.this)
            if subject is not None:
                condition = Call("=", (self.read(subject), condition))
            branches.append((condition, self.read(branch.args["true"])))
        return Case(tuple(branches), self.read(default) if default else Literal(None))

    def _window(self, node: exp.Window) -> Window:
        if node.args.get("spec") or node.args.get("alias"):
            raise QueryError(f"The frame of a window is not supported: {text_of(node)}.")
        call = self.read(node.this)
        if not isinstance(call, Call):
            raise QueryError(f"{text_of(node)} is not supported.")
        partition = tuple(self.read(e) for e in node.args.get("partition_by") or [])
        order = node.args.get("order")
        terms = order.expressions if order is not None else []
        return Window(
            call, partition, tuple(self.ordered(item, self.read(item.this)) for item in terms)
        )

    def _filter(self, node: exp.Filter) -> Call:
        """``sum(a) FILTER (WHERE b)`` as ``sum(CASE WHEN b THEN a END)``."""
        call = self.read(node.this)
        condition = self.read(node.expression.this)
        if not isinstance(call, Call) or len(call.arguments) != 1:
            raise QueryError(f"{text_of(node)} is not supported.")
        value: Expression = call.arguments[0]
        if isinstance(value, Star):
            value = Literal(1)
        return replace(call, arguments=(Case(((condition, value),)),))

    def ordered(self, item: exp.Expr, term: Expression) -> Order:
        descending = bool(item.args.get("desc"))
        first = bool(item.args.get("nulls_first"))
        return Order(term, descending, None if first is not descending else not first)

    def _column(self, node: exp.Column) -> Expression:
        name, table = node.name.lower(), node.table.lower()
        if isinstance(node.this, exp.Star):
            for position, named in enumerate(self.named):
                if named.name == table:
                    return Star(position)
            raise QueryError(f"There is no table {node.table!r} in this query.")
        if node.args.get("db"):
            raise QueryError(f"{text_of(node)} is not supported.")
        found = self._resolved(name, table)
        if found is not None:
            return found
        if isinstance(node.this, exp.Identifier) and node.this.quoted and not table:
            # SQLite reads it as an outer alias rather than as a string
            if any(name in reader.aliases for depth, reader in self._enclosing() if depth):
                raise QueryError(f"{text_of(node)} is ambiguous: a string or an outer alias.")
            return Literal(node.name)
        if not table and name == "rowid":
            raise QueryError("The hidden column ROWID is not supported.")
        raise QueryError(f"There is no column {text_of(node)} in the tables of this query.")

    def _resolved(self, name: str, table: str) -> Expression | None:
        """The column of this or an enclosing query, or the expression with this alias."""
        for by_alias in (True, False) if table else (True,):
            for depth, reader in self._enclosing():
                for position, named in enumerate(reader.named):
                    called = named.name if by_alias else named.table
                    if (not table or called == table) and name in named.columns:
                        return ColumnRef(position, named.columns.index(name), depth)
                if not table and not depth and name in self.aliases:
                    return self.aliases[name]
        return None

    def _enclosing(self) -> Iterator[tuple[int, ExpressionReader]]:
        """This reader and those of the enclosing queries, with their distances."""
        depth, reader = 0, cast(ExpressionReader | None, self)
        while reader is not None:
            yield depth, reader
            depth, reader = depth + 1, reader.outer

    def at(self, source: int, name: str) -> ColumnRef:
        return ColumnRef(source, self.named[source].columns.index(name))


def _constant(node: exp.Expr) -> Literal | None:
    """A text, a number, NULL, TRUE or FALSE; None for any other expression."""
    if isinstance(node, exp.Literal):
        return Literal(node.name if node.is_string else number(node.name))
    if isinstance(node, exp.Neg) and node.this.is_number:
        return Literal(-number(node.this.name))
    if isinstance(node, exp.Null):
        return Literal(None)
    return Literal(int(node.this)) if isinstance(node, exp.Boolean) else None


def joined(name: str, parts: list[Expression]) -> Expression | None:
    """``parts`` under one ``and`` or ``or``, with nested calls of the same name flattened."""
    flat: list[Expression] = []
    for part in parts:
        if isinstance(part, Call) and part.name == name:
            flat += part.arguments
        else:
            flat.append(part)
    if len(flat) < 2:
        return flat[0] if flat else None
    return Call(name, tuple(flat))
