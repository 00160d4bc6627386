"""Spider's fragment of SQL as dataclasses: ``parse`` reads it, ``render`` writes it.

The fragment is the one of the Spider paper (Yu et al., EMNLP 2018): SELECT with aggregates and
one arithmetic operator, JOIN ... ON, WHERE and HAVING as flat lists of conditions, GROUP BY,
ORDER BY, LIMIT, set operations, and subqueries in FROM and in conditions. Parsing stands on
sqlglot; nothing here opens a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as Choice

import sqlglot
from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.schema import Schema

__all__ = [
    "STAR",
    "Arithmetic",
    "ColumnRef",
    "ColumnUnit",
    "Condition",
    "Conditions",
    "Join",
    "Literal",
    "OrderItem",
    "Query",
    "Source",
    "Unit",
    "Value",
    "parse",
    "quote_identifier",
    "render",
]

Aggregate = Choice["max", "min", "count", "sum", "avg"]
SetOperator = Choice["union", "intersect", "except"]


@dataclass(frozen=True)
class ColumnRef:
    """A column by its positions in the schema; ``STAR`` is ``*``.

    ``source`` says which entry of the FROM clause is meant. It does not take part in equality:
    two references to one column are the same column for Spider, also in a self-join.
    ``outer`` counts how many queries further out that FROM clause is (correlated subqueries).
    """

    table: int
    column: int
    source: int = field(default=0, compare=False)
    outer: int = field(default=0, compare=False)


STAR = ColumnRef(-1, -1)


@dataclass(frozen=True)
class ColumnUnit:
    """``count(DISTINCT T1.name)``, ``age`` or ``*``."""

    column: ColumnRef
    aggregate: Aggregate | None = None
    distinct: bool = False


@dataclass(frozen=True)
class Arithmetic:
    """``T1.a - T1.b``, or ``sum(T1.a - T1.b)`` with an aggregate around it."""

    operator: Choice["+", "-", "*", "/"]
    left: ColumnUnit
    right: ColumnUnit
    aggregate: Aggregate | None = None


Unit = ColumnUnit | Arithmetic


@dataclass(frozen=True)
class Literal:
    """A string or a number as it is written in the query."""

    value: str | int | float | None


Value = "Literal | Unit | Query"


@dataclass(frozen=True)
class Condition:
    """``left operator right``; ``upper`` is BETWEEN's second value, ``negated`` a NOT before it.

    ``operator`` is one of ``= > < >= <= != like in between is exists``. A list after IN
    is kept in ``items``.
    """

    left: Unit | None
    operator: str
    right: Literal | ColumnUnit | Arithmetic | Query | None
    upper: Literal | ColumnUnit | Arithmetic | Query | None = None
    negated: bool = False
    items: tuple[Literal, ...] = ()


@dataclass(frozen=True)
class Conditions:
    """Conditions in the order written; ``connectors[i]`` stands between items i and i + 1."""

    items: tuple[Condition, ...] = ()
    connectors: tuple[Choice["and", "or"], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items)

    def __iter__(self) -> Iterator[Condition]:
        return iter(self.items)


@dataclass(frozen=True)
class Source:
    """One entry of FROM: a table's position in the schema, or a subquery."""

    table: int | None = None
    query: Query | None = None


@dataclass(frozen=True)
class Join:
    """``left = right``, one condition under which source number ``source`` joins those before it."""

    left: ColumnRef
    right: ColumnRef
    source: int = field(default=1, compare=False)
    operator: str = "="
    connector: Choice["and", "or"] = "and"


@dataclass(frozen=True)
class OrderItem:
    unit: Unit
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """One SELECT, and what a set operator joins it to.

    ``where`` and ``having`` are flat: ``a AND b OR c`` means what SQL's precedence says.
    """

    select: tuple[Unit, ...]
    sources: tuple[Source, ...]
    distinct: bool = False
    joins: tuple[Join, ...] = ()
    where: Conditions = Conditions()
    group_by: tuple[ColumnUnit, ...] = ()
    having: Conditions = Conditions()
    order_by: tuple[OrderItem, ...] = ()
    limit: int | None = None
    set_operator: SetOperator | None = None
    right: Query | None = None

    @property
    def tables(self) -> tuple[int, ...]:
        """Schema positions of the tables in FROM."""
        return tuple(s.table for s in self.sources if s.table is not None)


def parse(sql: str, schema: Schema) -> Query:
    """Read ``sql`` against ``schema``.

    Double-quoted words are strings where a value is expected, as Spider writes them; elsewhere
    they are identifiers, as SQL has it.

    Raises:
        QueryError: not one SELECT, outside the fragment, or naming what the schema lacks.
    """
    try:
        statements = [s for s in sqlglot.parse(sql, dialect="sqlite") if s is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        reason = str(error).split("\n")[0]
        raise QueryError(f"Cannot parse {_short(sql)}: {reason}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryError(f"Expected one SELECT statement, got {_short(sql)}.")
    return _Parser(schema, None).query(statements[0])


def _short(sql: str) -> str:
    return repr(sql if len(sql) <= 80 else sql[:77] + "...")


_AGGREGATES: dict[type[exp.Expression], Aggregate] = {
    exp.Max: "max", exp.Min: "min", exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expression], Choice["+", "-", "*", "/"]] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/",
}  # fmt: skip
_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.GT: ">", exp.LT: "<", exp.GTE: ">=", exp.LTE: "<=", exp.NEQ: "!=",
    exp.Like: "like", exp.In: "in", exp.Between: "between", exp.Is: "is",
}  # fmt: skip
_SET_OPERATORS: dict[type[exp.Expression], SetOperator] = {
    exp.Union: "union", exp.Intersect: "intersect", exp.Except: "except",
}  # fmt: skip


class _Parser:
    """Reads one SELECT; names resolve in its own FROM first, then in ``outer``'s."""

    def __init__(self, schema: Schema, outer: _Parser | None) -> None:
        self.schema = schema
        self.outer = outer
        self.sources: list[Source] = []
        self.names: list[str] = []  # alias or table name of each source, lower case

    def query(self, node: exp.Expression) -> Query:
        node = node.unnest() if isinstance(node, exp.Subquery) else node
        if node.args.get("with_") or node.args.get("with"):
            raise QueryError("WITH is outside Spider's fragment; write the subquery in place.")
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node)
        if not isinstance(node, exp.Select):
            raise QueryError(f"Expected a SELECT, got {_short(node.sql('sqlite'))}.")
        return self._select(node)

    def _set_operation(self, node: exp.SetOperation) -> Query:
        operator = _SET_OPERATORS[type(node)]
        left = self._nested(node.this)
        right = self._nested(node.expression)
        if left.right is not None:  # sqlglot nests to the left, Spider to the right
            left, right = _last_detached(left, operator, right)
            operator = left.set_operator or operator
        # ORDER BY and LIMIT behind a set operation belong to its last SELECT, as Spider reads it
        order, limit = self._order(node, outer_of=right), _limit(node)
        if order or limit is not None:
            right = _replace_tail(right, order, limit)
        return replace(left, set_operator=operator, right=right)

    def _nested(self, node: exp.Expression) -> Query:
        return _Parser(self.schema, self.outer).query(node)

    def _select(self, node: exp.Select) -> Query:
        joins = self._from(node)
        distinct = node.args.get("distinct")
        group = node.args.get("group")
        where, having = node.args.get("where"), node.args.get("having")
        return Query(
            select=tuple(self.unit(e) for e in node.expressions),
            sources=tuple(self.sources),
            distinct=distinct is not None,
            joins=tuple(joins),
            where=self.conditions(where.this) if where else Conditions(),
            group_by=tuple(self._column_unit(e) for e in group.expressions) if group else (),
            having=self.conditions(having.this) if having else Conditions(),
            order_by=self._order(node),
            limit=_limit(node),
        )

    # FROM

    def _from(self, node: exp.Select) -> list[Join]:
        start = node.args.get("from_") or node.args.get("from")
        if start is None:
            raise QueryError(f"There is no FROM in {_short(node.sql('sqlite'))}.")
        self._add_source(start.this)
        conditions = []
        for join in node.args.get("joins") or ():
            self._add_source(join.this)
            conditions.append((len(self.sources) - 1, join))
        return [j for source, join in conditions for j in self._join(source, join)]

    def _add_source(self, node: exp.Expression) -> None:
        if isinstance(node, exp.Subquery):
            self.sources.append(Source(query=self._nested(node.this)))
            self.names.append(node.alias.lower())
            for join in node.args.get("joins") or ():
                self._add_source(join.this)
            return
        if not isinstance(node, exp.Table):
            raise QueryError(f"Cannot read {_short(node.sql('sqlite'))} in FROM.")
        table = self.schema.find_table(node.name)
        if table is None:
            raise QueryError(f"There is no table {node.name!r} in this database.")
        self.sources.append(Source(table=table))
        self.names.append((node.alias or node.name).lower())

    def _join(self, source: int, join: exp.Join) -> Iterator[Join]:
        using = join.args.get("using") or ()
        for name in using:
            before = self._find_in(range(source), name.name)
            here = self._find_in([source], name.name)
            if before is None or here is None:
                raise QueryError(f"There is no common column {name.name!r} to join on.")
            yield Join(before, here, source)
        on = join.args.get("on")
        if on is None or isinstance(on, exp.Boolean):  # a JOIN without ON
            return
        word: Choice["and", "or"] = "or" if isinstance(on, exp.Or) else "and"
        for part in on.flatten() if isinstance(on, exp.And | exp.Or) else [on]:
            part = part.unnest()
            operator = _COMPARISONS.get(type(part))
            if operator is None:
                raise QueryError(f"Cannot read the join condition {_short(part.sql('sqlite'))}.")
            left, right = self._column_unit(part.this), self._column_unit(part.expression)
            yield Join(left.column, right.column, source, operator, word)

    # columns

    def _find_in(self, sources: Sequence[int], name: str) -> ColumnRef | None:
        for position in sources:
            table = self.sources[position].table
            if table is None:
                continue
            column = self.schema.find_column(table, name)
            if column is not None:
                return ColumnRef(table, column, position)
        return None

    def _column(self, node: exp.Column, depth: int = 0) -> ColumnRef:
        if isinstance(node.this, exp.Star):
            return STAR
        found = self._find_column(node.table.lower(), node.name)
        if found is not None:
            return found if not depth else ColumnRef(found.table, found.column, found.source, depth)
        if self.outer is not None:
            return self.outer._column(node, depth + 1)
        raise QueryError(f"There is no column {node.sql('sqlite')!r} in the tables of this query.")

    def _find_column(self, qualifier: str, name: str) -> ColumnRef | None:
        if not qualifier:
            return self._find_in(range(len(self.sources)), name) or self._find_derived(name)
        positions = [i for i, n in enumerate(self.names) if n == qualifier]
        if not positions:  # Spider's golds also call an aliased table by its own name
            table = self.schema.find_table(qualifier)
            positions = [i for i, s in enumerate(self.sources) if table is not None and s.table == table]
        return self._find_in(positions, name)

    def _find_derived(self, name: str) -> ColumnRef | None:
        """A column that a subquery in FROM passes through."""
        for position, source in enumerate(self.sources):
            for unit in source.query.select if source.query else ():
                if isinstance(unit, ColumnUnit) and unit.column != STAR and not unit.aggregate:
                    ref = unit.column
                    if self.schema.tables[ref.table].columns[ref.column].name.lower() == name.lower():
                        return ColumnRef(ref.table, ref.column, position)
        return None

    # expressions

    def unit(self, node: exp.Expression) -> Unit:
        node = _bare(node)
        if type(node) in _ARITHMETIC:
            return self._arithmetic(node, None)
        aggregate = _AGGREGATES.get(type(node))
        inside = _bare(node.this) if aggregate and isinstance(node.this, exp.Expression) else None
        if inside is not None and type(inside) in _ARITHMETIC:
            return self._arithmetic(inside, aggregate)
        return self._column_unit(node)

    def _arithmetic(self, node: exp.Expression, aggregate: Aggregate | None) -> Arithmetic:
        left, right = self._column_unit(node.this), self._column_unit(node.expression)
        return Arithmetic(_ARITHMETIC[type(node)], left, right, aggregate)

    def _column_unit(self, node: exp.Expression) -> ColumnUnit:
        node = _bare(node)
        aggregate = _AGGREGATES.get(type(node))
        distinct = False
        if aggregate is not None:
            if node.expressions:  # max(a, b)
                raise QueryError(f"Cannot read {_short(node.sql('sqlite'))} in Spider's fragment.")
            node = _bare(node.this)
        if isinstance(node, exp.Distinct):
            distinct = True
            if len(node.expressions) != 1:
                raise QueryError(f"Cannot read {_short(node.sql('sqlite'))} in Spider's fragment.")
            node = _bare(node.expressions[0])
        if isinstance(node, exp.Star):
            return ColumnUnit(STAR, aggregate, distinct)
        if isinstance(node, exp.Column):
            return ColumnUnit(self._column(node), aggregate, distinct)
        raise QueryError(f"Cannot read {_short(node.sql('sqlite'))} as a column.")

    # conditions

    def conditions(self, node: exp.Expression) -> Conditions:
        items: list[Condition] = []
        connectors: list[Choice["and", "or"]] = []
        self._flatten(node, None, items, connectors)
        return Conditions(tuple(items), tuple(connectors))

    def _flatten(
        self,
        node: exp.Expression,
        around: str | None,
        items: list[Condition],
        connectors: list[Choice["and", "or"]],
    ) -> None:
        inner = node.unnest() if isinstance(node, exp.Paren) else node
        if isinstance(inner, exp.Or) and isinstance(node, exp.Paren) and around == "and":
            raise QueryError(f"OR in brackets beside AND is outside Spider's fragment: {_short(node.sql('sqlite'))}.")
        if isinstance(inner, exp.And | exp.Or):
            word: Choice["and", "or"] = "and" if isinstance(inner, exp.And) else "or"
            self._flatten(inner.this, word, items, connectors)
            connectors.append(word)
            self._flatten(inner.expression, word, items, connectors)
        else:
            items.append(self._condition(inner))

    def _condition(self, node: exp.Expression) -> Condition:
        negated = False
        while isinstance(node, exp.Not):
            negated, node = not negated, node.this.unnest()
        negated ^= bool(node.args.get("negate"))  # NOT LIKE is one node
        if isinstance(node, exp.Exists):
            return Condition(None, "exists", self._inner(node.this), negated=negated)
        operator = _COMPARISONS.get(type(node))
        if operator is None:
            raise QueryError(f"Cannot read the condition {_short(node.sql('sqlite'))}.")
        left = self.unit(node.this)
        if isinstance(node, exp.Between):
            low, high = node.args["low"], node.args["high"]
            return Condition(left, operator, self.value(low), self.value(high), negated)
        if isinstance(node, exp.In):
            return self._in(left, node, negated)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Not):
            return Condition(left, operator, self.value(node.expression.this), negated=not negated)
        return Condition(left, operator, self.value(node.expression), negated=negated)

    def _in(self, left: Unit, node: exp.In, negated: bool) -> Condition:
        query = node.args.get("query")
        if query is not None:
            return Condition(left, "in", self._inner(query), negated=negated)
        values = [self.value(e) for e in node.expressions]
        if not values or not all(isinstance(v, Literal) for v in values):
            raise QueryError(f"Cannot read the list in {_short(node.sql('sqlite'))}.")
        items = tuple(v for v in values if isinstance(v, Literal))
        return Condition(left, "in", items[0], negated=negated, items=items)

    def _inner(self, node: exp.Expression) -> Query:
        return _Parser(self.schema, self).query(node)

    def value(self, node: exp.Expression) -> Literal | Unit | Query:
        node = _bare(node)
        if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
            return self._inner(node)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
            return Literal(-_number(node.this.name))
        if isinstance(node, exp.Literal):
            return Literal(node.name if node.is_string else _number(node.name))
        if isinstance(node, exp.Null):
            return Literal(None)
        if isinstance(node, exp.Boolean):
            return Literal(int(node.this))
        if isinstance(node, exp.Column) and node.this.args.get("quoted") and not node.table:
            return Literal(node.name)  # Spider's double-quoted strings
        return self.unit(node)

    def _order(self, node: exp.Expression, outer_of: Query | None = None) -> tuple[OrderItem, ...]:
        order = node.args.get("order")
        if order is None:
            return ()
        scope = self
        if outer_of is not None:  # names in an ORDER BY behind a set operation: those of its last SELECT
            scope = _Parser(self.schema, self.outer)
            scope.sources = list(outer_of.sources)
            scope.names = [self.schema.tables[s.table].name.lower() if s.table is not None else "" for s in scope.sources]
        return tuple(
            OrderItem(scope.unit(item.this), bool(item.args.get("desc")))
            for item in order.expressions
        )


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and re.fullmatch(r"\d+", text) else value


def _limit(node: exp.Expression) -> int | None:
    limit = node.args.get("limit")
    if limit is None:
        return None
    try:
        return int(limit.expression.name)
    except ValueError as error:
        raise QueryError(f"LIMIT needs a number, got {limit.expression.sql('sqlite')!r}.") from error


def _last_detached(left: Query, operator: SetOperator, right: Query) -> tuple[Query, Query]:
    """``(a op b) op2 c`` as ``a op (b op2 c)``, the way Spider reads a chain."""
    assert left.right is not None
    return left, replace(left.right, set_operator=operator, right=right)


def _replace_tail(query: Query, order: tuple[OrderItem, ...], limit: int | None) -> Query:
    if query.right is not None:
        return replace(query, right=_replace_tail(query.right, order, limit))
    return replace(query, order_by=order, limit=limit)


# rendering

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset(
    "abort action add after all alter always analyze and as asc attach autoincrement before begin "
    "between by cascade case cast check collate column commit conflict constraint create cross "
    "current current_date current_time current_timestamp database default deferrable deferred "
    "delete desc detach distinct do drop each else end escape except exclude exclusive exists "
    "explain fail filter first following for foreign from full generated glob group groups having "
    "if ignore immediate in index indexed initially inner insert instead intersect into is isnull "
    "join key last left like limit match materialized natural no not nothing notnull null nulls of "
    "offset on or order others outer over partition plan pragma preceding primary query raise range "
    "recursive references regexp reindex release rename replace restrict returning right rollback "
    "row rows savepoint select set table temp temporary then ties to transaction trigger unbounded "
    "union unique update using vacuum values view virtual when where window with without".split()
)
# Keywords that SQLite accepts as a bare name, and that Spider's databases use as one.
_FALLBACK = frozenset(
    "abort action after always analyze asc attach before begin by cascade cast column conflict "
    "cross current database deferred desc detach do each end exclude exclusive explain fail filter "
    "first following for full generated glob groups if ignore immediate initially inner instead key "
    "last left like match materialized natural no nulls of offset others outer over partition plan "
    "pragma preceding query raise range recursive regexp reindex release rename replace restrict "
    "right rollback row rows savepoint temp temporary ties trigger unbounded vacuum view virtual "
    "window with without current_date current_time current_timestamp".split()
)
_MUST_QUOTE = _RESERVED - (_FALLBACK - {"current_date", "current_time", "current_timestamp"})


def quote_identifier(name: str) -> str:
    """``name`` as SQLite wants it, in double quotes only where it needs them."""
    if _PLAIN.fullmatch(name) and name.lower() not in _MUST_QUOTE:
        return name
    return '"' + name.replace('"', '""') + '"'


def render(query: Query, schema: Schema) -> str:
    """``query`` as SQLite SQL in the manner of Spider's golds: ``T1``, ``T2`` where tables join."""
    return _Renderer(schema, None, 0).query(query)


class _Renderer:
    """Writes one SELECT. Aliases go on counting inside a correlated subquery, so none is hidden."""

    def __init__(self, schema: Schema, outer: _Renderer | None, first_alias: int) -> None:
        self.schema = schema
        self.outer = outer
        self.first_alias = first_alias
        self.current: Query | None = None

    def query(self, query: Query) -> str:
        self.current = query
        parts = ["SELECT", *(["DISTINCT"] if query.distinct else [])]
        parts.append(", ".join(self.unit(u) for u in query.select))
        parts.append(self._from(query))
        if query.where:
            parts.append("WHERE " + self._conditions(query.where))
        if query.group_by:
            parts.append("GROUP BY " + ", ".join(self.unit(u) for u in query.group_by))
        if query.having:
            parts.append("HAVING " + self._conditions(query.having))
        if query.order_by:
            parts.append("ORDER BY " + self._order(query.order_by))
        if query.limit is not None:
            parts.append(f"LIMIT {query.limit}")
        if query.right is not None and query.set_operator is not None:
            parts.append(query.set_operator.upper())
            parts.append(_Renderer(self.schema, self.outer, self.first_alias).query(query.right))
        return " ".join(parts)

    def _aliased(self) -> bool:
        return self.current is not None and len(self.current.sources) > 1

    def _alias(self, source: int) -> str:
        return f"T{self.first_alias + source + 1}"

    def _from(self, query: Query) -> str:
        text = "FROM " + self._source(query.sources[0], 0)
        for position in range(1, len(query.sources)):
            text += f" JOIN {self._source(query.sources[position], position)}"
            on = [j for j in query.joins if j.source == position]
            if on:
                pairs = (f"{self._name(j.left)} {j.operator} {self._name(j.right)}" for j in on)
                text += " ON " + f" {on[0].connector.upper()} ".join(pairs)
        return text

    def _source(self, source: Source, position: int) -> str:
        if source.query is not None:
            name = f"({_Renderer(self.schema, self.outer, self.first_alias).query(source.query)})"
        else:
            assert source.table is not None
            name = quote_identifier(self.schema.tables[source.table].name)
        return f"{name} AS {self._alias(position)}" if self._aliased() else name

    def _name(self, ref: ColumnRef) -> str:
        if ref == STAR:
            return "*"
        name = quote_identifier(self.schema.tables[ref.table].columns[ref.column].name)
        scope: _Renderer | None = self
        for _ in range(ref.outer):
            scope = scope.outer if scope else None
        if scope is None or scope.current is None:
            return name
        if scope._aliased():
            return f"{scope._alias(ref.source)}.{name}"
        if scope is not self:
            return f"{quote_identifier(self.schema.tables[ref.table].name)}.{name}"
        return name

    def unit(self, unit: Unit) -> str:
        if isinstance(unit, Arithmetic):
            text = f"{self.unit(unit.left)} {unit.operator} {self.unit(unit.right)}"
            return f"{unit.aggregate}({text})" if unit.aggregate else text
        text = ("DISTINCT " if unit.distinct else "") + self._name(unit.column)
        return f"{unit.aggregate}({text})" if unit.aggregate else text

    def _conditions(self, conditions: Conditions) -> str:
        words = [self._condition(conditions.items[0])]
        for connector, item in zip(conditions.connectors, conditions.items[1:], strict=True):
            words += [connector.upper(), self._condition(item)]
        return " ".join(words)

    def _condition(self, condition: Condition) -> str:
        operator = condition.operator.upper()
        if condition.left is None:
            return f"{'NOT ' if condition.negated else ''}EXISTS {self._value(condition.right)}"
        left = self.unit(condition.left)
        if operator == "IS":
            return f"{left} IS {'NOT ' if condition.negated else ''}{self._value(condition.right)}"
        word = f"NOT {operator}" if condition.negated else operator
        if condition.negated and operator not in ("IN", "LIKE", "BETWEEN"):
            return f"NOT {left} {operator} {self._value(condition.right)}"
        if condition.items:
            return f"{left} {word} ({', '.join(self._value(i) for i in condition.items)})"
        text = f"{left} {word} {self._value(condition.right)}"
        return f"{text} AND {self._value(condition.upper)}" if operator == "BETWEEN" else text

    def _value(self, value: Literal | Unit | Query | None) -> str:
        if isinstance(value, Query):
            first = self.first_alias + (len(self.current.sources) if _correlated(value) and self.current else 0)
            return f"({_Renderer(self.schema, self, first).query(value)})"
        if isinstance(value, Literal):
            return _literal(value.value)
        return self.unit(value) if value is not None else "NULL"

    def _order(self, items: Sequence[OrderItem]) -> str:
        return ", ".join(self.unit(i.unit) + (" DESC" if i.descending else "") for i in items)


def _literal(value: str | int | float | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _correlated(query: Query) -> bool:
    """Whether a selected or compared column of ``query`` belongs to a query further out."""
    sides = [side for c in (*query.where, *query.having) for side in (c.left, c.right, c.upper)]
    units = (unit for unit in (*query.select, *sides) if isinstance(unit, ColumnUnit))
    return any(unit.column.outer for unit in units) or (
        query.right is not None and _correlated(query.right)
    )
