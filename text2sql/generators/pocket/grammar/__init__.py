"""Which token of the pocket language may come next.

The grammar keeps a query inside what SQLite accepts and people ask: columns only of the tables in
FROM, no table twice without saying so, aggregates where they may stand, equally many columns on
both sides of a set operator, at most three subqueries deep. Tables come in the schema's order.
"""

from text2sql.generators.pocket.grammar.machine import Grammar
from text2sql.generators.pocket.grammar.state import Allowed, Values

__all__ = ["Allowed", "Grammar", "Values"]
