"""Constrained decoding: a text generator writes only SQL that SQLite can run over one schema.

The idea is PICARD's (Scholak et al., EMNLP 2021), within one process: ``grammar`` says which words
may follow, ``automaton`` reads them character by character, ``vocabulary`` finds the model's tokens
that can continue, and ``processor`` masks all others in the model's scores.

A column in SELECT comes before the tables in FROM, so it is checked when it is written: it is
allowed only if some FROM can still provide it, and exactly once. Not supported, although SQLite
knows them: correlated subqueries, names for select items, ORDER BY after UNION, CASE, EXISTS and
functions other than the five aggregates. Spider's queries hardly use them.
"""

from text2sql.constraint.automaton import Automaton, Threads
from text2sql.constraint.grammar import SqlGrammar
from text2sql.constraint.vocabulary import Vocabulary

__all__ = ["Automaton", "SqlGrammar", "Threads", "Vocabulary"]
