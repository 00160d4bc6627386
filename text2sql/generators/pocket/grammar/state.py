"""The grammar's state for a query being written, and the tokens that it allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    NEW_AGGREGATES,
    SET_OPERATORS,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)

__all__ = ["BODY", "OF_ROWS", "ORDERS", "SETS", "Allowed", "Due", "Frame", "Frames", "Values"]

SETS = frozenset((*SET_OPERATORS, "union_all"))
ORDERS = frozenset(("order_asc", "order_desc"))
OF_ROWS = frozenset((*AGGREGATES, *NEW_AGGREGATES))


class Values(Enum):
    """Which value candidates may come next."""

    NONE = auto()
    ANY = auto()
    NUMBER = auto()


@dataclass(frozen=True)
class Allowed:
    """The tokens that may come next: keywords; tables that are not ``chosen``, or only those in
    ``only``; columns of the tables in ``columns``; values."""

    keywords: frozenset[str] = frozenset()
    tables: bool = False
    chosen: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    values: Values = Values.NONE
    only: frozenset[int] | None = None

    def allows(self, token: Token) -> bool:
        if isinstance(token, TableToken):
            among = self.only is None or token.table in self.only
            return self.tables and among and token.table not in self.chosen
        if isinstance(token, ColumnToken):
            return token.table in self.columns
        if isinstance(token, ValueToken):
            return self.values is not Values.NONE
        return token in self.keywords

    def either(self, other: Allowed) -> Allowed:
        """What this or ``other`` allows; at most one of them may have tables or values."""
        tables = self if self.tables else other
        return Allowed(
            self.keywords | other.keywords,
            tables.tables,
            tables.chosen,
            self.columns | other.columns,
            other.values if self.values is Values.NONE else self.values,
            tables.only,
        )


class Due(NamedTuple):
    """A part of the query still to be written: its ``kind``, its ``clause`` and, for an expression,
    what it may contain. A kind that ends in ``?`` may be left out."""

    kind: str
    clause: str = ""
    aggregates: bool = False
    star: bool = False  # "*" may be all of it
    distinct: bool = False  # "distinct" may begin it
    nested: int = 0  # operators around it


@dataclass(frozen=True)
class Frame:
    """One query being written: what the choice of its next tokens depends on."""

    use: str = "top"  # or "value", "list", "exists", "derived": what it is written for
    of: int = 0  # tables of the schema
    tables: tuple[int, ...] = ()
    again: frozenset[int] = frozenset()
    shown: int = 0  # columns of the queries in FROM
    placed: bool = False  # FROM has an entry
    arity: int = 0  # items of the SELECT before a set operator; 0 if there is none
    selected: int = 0
    complete: bool = False  # SELECT takes no further item
    uncounted: bool = False  # all columns of a table are selected
    grouped: bool = False
    overall: bool = False
    units: int = 0  # items of the current clause

    @property
    def sees_outer(self) -> bool:
        return self.use in ("value", "list", "exists")


BODY = tuple(
    Due(kind)
    for kind in ("tail?", "having?", "group?", "where?", "items?", "item", "distinct?", "select",
                 "sources?")
)  # fmt: skip
Frames = tuple[Frame, ...]
