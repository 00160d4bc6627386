"""The language the pocket model writes: a query as a short list of tokens, FROM first.

A token is a keyword, or a pointer to a table, a column or a value candidate. Expressions are in
prefix notation, conditions have their operator in the middle. JOIN conditions are not written
where ``joins`` derives them from the keys; only where several keys tie two tables does the
referring column follow the table. Reading FROM first means that every later column comes from
tables already chosen, which the grammar enforces. What people ask for in one breath is one token:
``percent``, ``count_if``, ``year``, ``age``, ``days_between``, ``nth``, ``best`` (of each group),
``overall`` (the average of what each group has), ``again`` (the same table a second time).
"""

from text2sql.generators.pocket.ir.decode import from_tokens
from text2sql.generators.pocket.ir.encode import to_tokens
from text2sql.generators.pocket.ir.vocabulary import (
    FIRST_KEYWORDS,
    KEYWORDS,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)

__all__ = [
    "FIRST_KEYWORDS",
    "KEYWORDS",
    "ColumnToken",
    "TableToken",
    "Token",
    "ValueToken",
    "from_tokens",
    "to_tokens",
]
