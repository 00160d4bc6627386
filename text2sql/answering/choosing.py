"""The score for choosing candidates: probability, and use of what the question mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from text2sql.answering.corrections import corrected
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import cell_index

__all__ = ["preference", "preferred", "scored"]

# Chosen on the first half of Spider dev and on databases outside Spider: the probability counts
# less if the model also predicts which tables and columns the question mentions.
_SCORE, _TABLES, _COLUMNS = 0.7, 0.1, 0.3


def preference(candidate: Candidate) -> float:
    """Return a score that is higher for better candidates; without signals, the log-probability."""
    signals = candidate.signals
    if signals is None:
        return candidate.score
    return _SCORE * candidate.score + _TABLES * signals.tables + _COLUMNS * signals.columns


def preferred(
    candidates: Sequence[Candidate], question: str, database: Database
) -> list[Candidate]:
    """Return the corrected candidates without duplicates, the preferred one first."""
    index = cell_index(database)
    meant = (corrected(c, question, database.schema, index) for c in candidates)
    ordered = sorted(meant, key=preference, reverse=True)
    return list({candidate.sql: candidate for candidate in reversed(ordered)}.values())[::-1]


def scored(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with their preference for a score."""
    return [replace(candidate, score=preference(candidate)) for candidate in candidates]
