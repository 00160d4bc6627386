"""Decides which token of the pocket language may come next.

Every query that it allows is one that SQLite accepts: columns only of the tables in FROM, no table
twice without a keyword, aggregates only where they are legal, the same number of columns on both
sides of a set operator, at most three levels of subqueries. Tables come in the schema's order.
"""

from text2sql.generators.pocket.grammar.machine import Grammar
from text2sql.generators.pocket.grammar.state import Allowed, Values

__all__ = ["Allowed", "Grammar", "Values"]
