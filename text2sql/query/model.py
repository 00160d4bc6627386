"""Spider's fragment of SQL as dataclasses.

The fragment is the one of the Spider paper (Yu et al., EMNLP 2018): SELECT with aggregates and
one arithmetic operator, JOIN ... ON, WHERE and HAVING as flat lists of conditions, GROUP BY,
ORDER BY, LIMIT, set operations, and subqueries in FROM and in conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as Choice
from typing import TypeAlias

from text2sql.query.nodes import Literal

__all__ = [
    "STAR",
    "Aggregate",
    "Arithmetic",
    "ColumnId",
    "ColumnUnit",
    "Condition",
    "Conditions",
    "Join",
    "Literal",
    "OrderItem",
    "Query",
    "SetOperator",
    "Source",
    "Unit",
    "Value",
]

Aggregate = Choice["max", "min", "count", "sum", "avg"]
Connector = Choice["and", "or"]
SetOperator = Choice["union", "intersect", "except"]


@dataclass(frozen=True)
class ColumnId:
    """A column by its positions in the schema; ``STAR`` is ``*``.

    ``source`` is the entry of the FROM clause. It is ignored by equality: for Spider, two
    references to one column are the same column, even in a self-join. ``outer`` is the number of
    queries between the reference and that FROM clause (correlated subqueries).
    """

    table: int
    column: int
    source: int = field(default=0, compare=False)
    outer: int = field(default=0, compare=False)


STAR = ColumnId(-1, -1)


@dataclass(frozen=True)
class ColumnUnit:
    """``count(DISTINCT T1.name)``, ``age`` or ``*``."""

    column: ColumnId
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


Value: TypeAlias = "Literal | ColumnUnit | Arithmetic | Query"


@dataclass(frozen=True)
class Condition:
    """``left operator right``; ``upper`` is BETWEEN's second value, ``negated`` a NOT before it.

    ``operator`` is one of ``= > < >= <= != like in between is exists``. A list after IN
    is kept in ``items``.
    """

    left: Unit | None
    operator: str
    right: Value | None
    upper: Value | None = None
    negated: bool = False
    items: tuple[Literal, ...] = ()


@dataclass(frozen=True)
class Conditions:
    """Conditions in the order written; ``connectors[i]`` stands between items i and i + 1."""

    items: tuple[Condition, ...] = ()
    connectors: tuple[Connector, ...] = ()

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
    """``left = right``, one condition on which source number ``source`` joins those before."""

    left: ColumnId
    right: ColumnId
    source: int = field(default=1, compare=False)
    operator: str = "="
    connector: Connector = "and"


@dataclass(frozen=True)
class OrderItem:
    unit: Unit
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """One SELECT, and the query that a set operator combines it with.

    ``where`` and ``having`` are flat: ``a AND b OR c`` has SQL's precedence.
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
