"""The language that the pocket model writes: a query as a short list of tokens, FROM first.

A token is a keyword, or a pointer to a table, a column or a value candidate. Expressions are in
prefix notation; conditions are infix. A JOIN condition that ``joins`` derives from the keys is not
written; if two tables share several keys, the referring column follows the table. As FROM comes
first, every later column belongs to a table already chosen, which the grammar enforces. What
people express in a word or two is one token: ``percent``, ``count_if``, ``year``, ``age``,
``days_between``, ``nth``, ``best`` (rows of each group), ``overall`` (an aggregate over groups),
``again`` (the same table a second time).
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
