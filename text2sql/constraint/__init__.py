"""Lets a text generator write only SQL that SQLite can run over one schema.

In the spirit of PICARD (Scholak et al., EMNLP 2021), inside one process: ``grammar`` says which
words may follow, ``automaton`` reads them character by character, ``vocabulary`` finds the model's
tokens that can do so, ``processor`` removes all others from a model's scores.

What a query may use before the tables are named is checked when it is used: a column in SELECT is
let through only where some FROM can still provide it, once and only once. What is left out although
SQLite knows it: correlated subqueries, names for select items, ORDER BY after UNION, CASE, EXISTS
and functions other than the five aggregates. Spider's queries use next to none of it.
"""

from text2sql.constraint.automaton import Automaton, Threads
from text2sql.constraint.grammar import Grammar
from text2sql.constraint.vocabulary import Vocabulary

__all__ = ["Automaton", "Grammar", "Threads", "Vocabulary"]
