"""The query tree: SQLite's SELECT as frozen dataclasses.

Names are resolved: a column is a position in one entry of FROM, an alias in ORDER BY is its
expression, a table of WITH is its query. Operators, functions and aggregates are all a ``Call``.
Some calls do not exist in SQLite: ``percent``, ``ratio``, ``count_if``, ``year``. They stand for
longer expressions with one meaning (see ``meanings``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Literal as Choice
from typing import TypeAlias, TypeVar

__all__ = [
    "AGGREGATES",
    "Call",
    "Case",
    "ColumnRef",
    "Compound",
    "Entry",
    "Expression",
    "Literal",
    "Order",
    "Ordinal",
    "Select",
    "SelectItem",
    "Star",
    "Statement",
    "Subquery",
    "Window",
    "aggregated",
    "children",
    "columns_of",
    "conjunction",
    "conjuncts",
    "field_names",
    "first_select",
    "rebuilt",
    "walk",
]

#: Aggregates; ``max`` and ``min`` only with one argument.
AGGREGATES = frozenset(
    ("max", "min", "count", "sum", "avg", "total", "group_concat", "count_if", "sum_if",
     "avg_if", "percent")
)  # fmt: skip

CompoundOperator = Choice["union", "union all", "intersect", "except"]


@dataclass(frozen=True)
class ColumnRef:
    """Column number ``column`` of entry number ``source`` of FROM, ``outer`` queries away."""

    source: int
    column: int
    outer: int = 0


@dataclass(frozen=True)
class Star:
    """``*``, or all columns of entry number ``source`` of FROM."""

    source: int | None = None


@dataclass(frozen=True)
class Literal:
    """A string, a number or NULL as written in the query."""

    value: str | int | float | None


@dataclass(frozen=True)
class Call:
    """An operator, a function or an aggregate, with its name in lower case.

    ``and`` and ``or`` take two arguments or more, ``in`` a list after its first.
    """

    name: str
    arguments: tuple[Expression, ...] = ()
    distinct: bool = False


@dataclass(frozen=True)
class Case:
    """``CASE WHEN condition THEN result ... ELSE otherwise END``."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression = Literal(None)


@dataclass(frozen=True)
class Window:
    """``call OVER (PARTITION BY partition ORDER BY order)``."""

    call: Call
    partition: tuple[Expression, ...] = ()
    order: tuple[Order, ...] = ()


@dataclass(frozen=True)
class Subquery:
    """A query as a value or as a list of values."""

    query: Statement


@dataclass(frozen=True)
class Ordinal:
    """Selected column number ``number``, from 0, in ORDER BY of a set operation."""

    number: int


Expression: TypeAlias = "ColumnRef | Star | Literal | Call | Case | Window | Subquery | Ordinal"


@dataclass(frozen=True)
class SelectItem:
    """One item of SELECT; its ``alias`` is only the column's heading."""

    expression: Expression
    alias: str = field(default="", compare=False)


@dataclass(frozen=True)
class Entry:
    """One entry of FROM: a table by its position in the schema, or a query.

    ``join`` is the kind of join with the entries before it, ``on`` its condition.
    """

    table: int | None = None
    query: Statement | None = None
    join: Choice["inner", "left", "right", "full"] = "inner"
    on: Expression | None = None


@dataclass(frozen=True)
class Order:
    """One term of ORDER BY; ``nulls_last`` is None for SQLite's default."""

    expression: Expression
    descending: bool = False
    nulls_last: bool | None = None


@dataclass(frozen=True)
class Select:
    """One SELECT; ``sources`` is empty without FROM."""

    items: tuple[SelectItem, ...]
    sources: tuple[Entry, ...] = ()
    distinct: bool = False
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    having: Expression | None = None
    order_by: tuple[Order, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None


@dataclass(frozen=True)
class Compound:
    """SELECTs combined by set operators from left to right; ORDER BY and LIMIT of the whole."""

    selects: tuple[Select, ...]
    operators: tuple[CompoundOperator, ...]
    order_by: tuple[Order, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None


Statement: TypeAlias = "Select | Compound"
Node = TypeVar("Node", bound="Statement | Expression")


_FIELDS: dict[type, tuple[str, ...]] = {}


def field_names(kind: type) -> tuple[str, ...]:
    """The fields of a class of nodes; none of other classes."""
    known = _FIELDS.get(kind)
    if known is None:
        known = tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()
        _FIELDS[kind] = known
    return known


def children(node: object) -> Iterator[object]:
    """The nodes directly inside ``node``."""
    if isinstance(node, tuple):
        for part in node:
            yield from children(part) if isinstance(part, tuple) else (part,)
        return
    for name in field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from children(value)
        elif field_names(type(value)):
            yield value


def walk(node: object, inside: bool = True) -> Iterator[object]:
    """``node`` and all nodes in it; those of its subqueries only if ``inside``."""
    yield node
    for child in children(node):
        if inside or not isinstance(child, Select | Compound):
            yield from walk(child, inside)


def aggregated(expression: Expression | None) -> bool:
    """Whether ``expression`` contains an aggregate outside its subqueries."""
    if isinstance(expression, Window | Subquery):
        return False
    call = expression if isinstance(expression, Call) else Call("")
    if call.name in AGGREGATES and (call.name not in ("max", "min") or len(call.arguments) == 1):
        return True
    return any(
        aggregated(child)  # type: ignore[arg-type]
        for child in children(expression)
        if not isinstance(child, Select | Compound)
    )


def conjuncts(condition: Expression | None) -> tuple[Expression, ...]:
    """The conditions that AND joins."""
    if condition is None:
        return ()
    if isinstance(condition, Call) and condition.name == "and":
        return tuple(part for argument in condition.arguments for part in conjuncts(argument))
    return (condition,)


def conjunction(conditions: Sequence[Expression]) -> Expression | None:
    """Join conditions by AND; None if there are none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Call("and", tuple(conditions))


def first_select(statement: Statement) -> Select:
    """The SELECT that names the columns of ``statement``: itself, or the first it combines."""
    return statement.selects[0] if isinstance(statement, Compound) else statement


def columns_of(statement: Statement) -> int | None:
    """The number of columns that ``statement`` returns; None if it has a star."""
    first = first_select(statement)
    if any(isinstance(item.expression, Star) for item in first.items):
        return None
    return len(first.items)


def rebuilt(node: Node, change: Callable[[object], object]) -> Node:
    """``node`` with every node in it replaced by ``change`` of it, the innermost first."""
    return _rebuilt(node, change)  # type: ignore[return-value]


def _rebuilt(node: object, change: Callable[[object], object]) -> object:
    if isinstance(node, tuple):
        return tuple(_rebuilt(part, change) for part in node)
    names = field_names(type(node))
    if not names:
        return node
    changed = {}
    for name in names:
        value = getattr(node, name)
        if isinstance(value, tuple) or field_names(type(value)):
            new = _rebuilt(value, change)
            if new != value:
                changed[name] = new
    return change(replace(node, **changed) if changed else node)  # type: ignore[type-var]
