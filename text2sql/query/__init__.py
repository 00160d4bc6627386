"""SQL as a query tree: ``reading.read`` parses it, ``writing.write`` writes it.

``parse`` reads a query of Spider's fragment into the dataclasses of ``model``, for exact set match
and hardness. Nothing here opens a database.
"""

from text2sql.query.identifier import quote_identifier
from text2sql.query.model import (
    STAR,
    Aggregate,
    Arithmetic,
    ColumnId,
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
    "parse",
    "parse_tree",
    "quote_identifier",
]
