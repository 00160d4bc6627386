"""Corrections of queries that contradict their question, and penalties for remaining mistakes.

SQLite accepts these mistakes silently: finding the oldest by the latest birth, comparing numbers
that are stored as text, ``x > max(x)``. A query is corrected only if the words of the question and
the cells of the database leave no doubt.
"""

from text2sql.answering.corrections.correcting import corrected

__all__ = ["corrected"]
