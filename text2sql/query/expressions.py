"""Columns, aggregates, arithmetic, values and conditions, read in the scope of one SELECT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as Choice

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.model import (
    STAR,
    Aggregate,
    Arithmetic,
    ColumnRef,
    ColumnUnit,
    Condition,
    Conditions,
    Literal,
    Query,
    Unit,
    Value,
)
from text2sql.query.scope import Scope
from text2sql.query.tree import bare, number, only, outside, text_of

__all__ = ["COMPARISONS", "Expressions"]

_AGGREGATES: dict[type[exp.Expr], Aggregate] = {
    exp.Max: "max", exp.Min: "min", exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expr], Choice["+", "-", "*", "/"]] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/",
}  # fmt: skip
COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.GT: ">", exp.LT: "<", exp.GTE: ">=", exp.LTE: "<=", exp.NEQ: "!=",
}  # fmt: skip
_CONDITIONS = COMPARISONS | {
    exp.Like: "like", exp.In: "in", exp.Between: "between", exp.Is: "is",
}  # fmt: skip


class Expressions:
    """Reads what stands in the clauses of one SELECT; ``inner`` reads the queries in them.

    ``select`` is to be set, with what each item is called, once the SELECT clause has been read:
    ORDER BY and GROUP BY may name or count its items.
    """

    def __init__(self, scope: Scope, inner: Callable[[exp.Expr, Scope], Query]) -> None:
        self.scope = scope
        self.inner = inner
        self.select: tuple[Unit, ...] = ()

    def column(self, node: exp.Column) -> ColumnRef:
        """The column that ``node`` names, in this query or further out."""
        if node.args.get("db"):
            raise outside(node)
        found = self.scope.resolve(node.table, node.name)
        if found is None:
            raise QueryError(f"There is no column {text_of(node)} in the tables of this query.")
        return found

    def _star(self, node: exp.Expr) -> ColumnRef:
        if isinstance(node, exp.Column) and len(self.scope.entries) > 1:  # T1.* beside T2
            raise outside(node)
        return STAR

    def unit(self, node: exp.Expr) -> Unit:
        """A column, an aggregate or one arithmetic operation; an alias where no column is meant."""
        node = bare(node)
        if isinstance(node, exp.Column):
            alias = self._alias(node)
            if alias is not None and self.scope.resolve("", node.name) is None:
                return alias
        if type(node) in _ARITHMETIC:
            return self._arithmetic(node, None)
        aggregate = _AGGREGATES.get(type(node))
        inside = bare(node.this) if aggregate else None
        if inside is not None and type(inside) in _ARITHMETIC:
            return self._arithmetic(inside, aggregate)
        return self._column_unit(node)

    def _alias(self, node: exp.Expr) -> Unit | None:
        named = isinstance(node, exp.Column) and not node.table
        return self.scope.aliases.get(node.name.lower()) if named else None

    def _arithmetic(self, node: exp.Expr, aggregate: Aggregate | None) -> Arithmetic:
        left, right = self._column_unit(node.this), self._column_unit(node.expression)
        return Arithmetic(_ARITHMETIC[type(node)], left, right, aggregate)

    def _column_unit(self, node: exp.Expr) -> ColumnUnit:
        whole, node = node, bare(node)
        aggregate = _AGGREGATES.get(type(node))
        if aggregate is not None:
            only(node, "this", "big_int")
            node = bare(node.this)
        distinct = isinstance(node, exp.Distinct) and aggregate is not None
        if distinct and len(node.expressions) == 1:
            node = bare(node.expressions[0])
        if isinstance(node, exp.Star) or (
            isinstance(node, exp.Column) and isinstance(node.this, exp.Star)
        ):
            return ColumnUnit(self._star(node), aggregate, distinct)
        if isinstance(node, exp.Column):
            return ColumnUnit(self.column(node), aggregate, distinct)
        raise QueryError(f"Cannot read {text_of(whole)} as a column in Spider's fragment.")

    def term(self, node: exp.Expr) -> Unit:
        """A term of ORDER BY: an alias before a column of that name, or a position."""
        return self._alias(bare(node)) or self._at(node) or self.unit(node)

    def position(self, node: exp.Expr) -> int | None:
        """Where ``node`` stands among what is selected, as an alias or as the same expression."""
        try:
            unit = self._alias(bare(node)) or self.unit(node)
        except QueryError:
            return None
        # repr, since units are equal whichever of two joined tables they come from
        same = [i for i, item in enumerate(self.select) if repr(item) == repr(unit)]
        return same[0] if same and ColumnUnit(STAR) not in self.select else None

    def _at(self, node: exp.Expr) -> Unit | None:
        """``2`` in ORDER BY and GROUP BY: the second of what is selected."""
        node = bare(node)
        if not isinstance(node, exp.Literal) or node.is_string:
            return None
        position = number(node.name)
        if ColumnUnit(STAR) in self.select or position not in range(1, len(self.select) + 1):
            raise QueryError(f"There is no column number {node.name} to sort or group by.")
        return self.select[int(position) - 1]

    def group(self, node: exp.Select) -> tuple[ColumnUnit, ...]:
        """The terms of GROUP BY: columns, aliases or positions."""
        group = node.args.get("group")
        if group is None:
            return ()
        only(group, "expressions")
        units = [self._at(e) or self.unit(e) for e in group.expressions]
        if not all(isinstance(unit, ColumnUnit) for unit in units):
            raise outside(group)
        return tuple(unit for unit in units if isinstance(unit, ColumnUnit))

    # conditions

    def conditions(self, node: exp.Expr) -> Conditions:
        """What stands behind WHERE or HAVING, as a flat list."""
        items: list[Condition] = []
        connectors: list[Choice["and", "or"]] = []
        self._flatten(node, None, items, connectors)
        return Conditions(tuple(items), tuple(connectors))

    def _flatten(
        self,
        node: exp.Expr,
        around: str | None,
        items: list[Condition],
        connectors: list[Choice["and", "or"]],
    ) -> None:
        inner = node.unnest()
        if isinstance(inner, exp.Or) and around == "and":
            raise QueryError(
                f"OR in brackets beside AND is outside Spider's fragment: {text_of(node)}."
            )
        if isinstance(inner, exp.And | exp.Or):
            word: Choice["and", "or"] = "and" if isinstance(inner, exp.And) else "or"
            self._flatten(inner.this, word, items, connectors)
            connectors.append(word)
            self._flatten(inner.expression, word, items, connectors)
        else:
            items.append(self._condition(inner))

    def _condition(self, node: exp.Expr) -> Condition:
        negated = False
        while isinstance(node, exp.Not):
            negated, node = not negated, node.this.unnest()
        negated ^= bool(node.args.get("negate"))  # NOT LIKE is one node
        if isinstance(node, exp.Exists):
            return Condition(None, "exists", self.inner(node.this, self.scope), negated=negated)
        operator = _CONDITIONS.get(type(node))
        if operator is None:
            raise QueryError(f"Cannot read the condition {text_of(node)} in Spider's fragment.")
        left = self.unit(node.this)
        if isinstance(node, exp.Between):
            only(node, "this", "low", "high")
            low, high = node.args["low"], node.args["high"]
            return Condition(left, operator, self._value(low), self._value(high), negated)
        if isinstance(node, exp.In):
            return self._in(left, node, negated)
        only(node, "this", "expression", "negate")
        right = node.expression
        if isinstance(node, exp.Is):
            if isinstance(right, exp.Not):
                negated, right = not negated, right.this
            if isinstance(right, exp.Boolean):  # IS TRUE is not IS 1
                raise outside(node)
        return Condition(left, operator, self._value(right), negated=negated)

    def _in(self, left: Unit, node: exp.In, negated: bool) -> Condition:
        only(node, "this", "query", "expressions")
        query = node.args.get("query")
        if query is not None:
            return Condition(left, "in", self.inner(query, self.scope), negated=negated)
        items = tuple(v for v in map(self._value, node.expressions) if isinstance(v, Literal))
        if not items or len(items) < len(node.expressions):
            raise QueryError(f"Cannot read the list in {text_of(node)}; it needs literal values.")
        return Condition(left, "in", items[0], negated=negated, items=items)

    def _value(self, node: exp.Expr) -> Value:
        node = bare(node)
        if isinstance(node, exp.Query):
            return self.inner(node, self.scope)
        if isinstance(node, exp.Neg) and node.this.is_number:
            return Literal(-number(node.this.name))
        if isinstance(node, exp.Literal):
            return Literal(node.name if node.is_string else number(node.name))
        if isinstance(node, exp.Null):
            return Literal(None)
        if isinstance(node, exp.Boolean):
            return Literal(int(node.this))
        if isinstance(node, exp.Column) and self._is_string(node):
            return Literal(node.name)
        return self.unit(node)

    def _is_string(self, node: exp.Column) -> bool:
        """Whether a double-quoted word is a string, since nothing in sight is called so."""
        quoted = isinstance(node.this, exp.Identifier) and node.this.quoted and not node.table
        if not quoted or self._alias(node) or self.scope.resolve("", node.name):
            return False
        if any(node.name.lower() in scope.aliases for scope in self.scope.outwards()):
            raise outside(node)
        return True
