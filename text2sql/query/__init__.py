"""SQL as a tree: ``reading.read`` and ``writing.write`` for all of it, and Spider's fragment.

``parse`` reads a query of Spider's fragment into the dataclasses of ``model``, on which exact set
match and hardness are defined. Nothing here opens a database.
"""

from text2sql.query.identifier import quote_identifier
from text2sql.query.model import (
    STAR,
    Aggregate,
    Arithmetic,
    ColumnRef,
    ColumnUnit,
    Condition,
    Conditions,
    Join,
    Literal,
    OrderItem,
    Query,
    SetOperator,
    Source,
    Unit,
    Value,
)
from text2sql.query.parser import parse, parse_tree

__all__ = [
    "STAR",
    "Aggregate",
    "Arithmetic",
    "ColumnRef",
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
    "parse",
    "parse_tree",
    "quote_identifier",
]
