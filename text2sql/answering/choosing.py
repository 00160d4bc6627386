"""What a candidate is chosen by: its probability, and its use of what the question mentions."""

from __future__ import annotations

from text2sql.generators.base import Candidate

__all__ = ["preference"]

# Measured on the first half of Spider dev and on other people's databases: the model's own
# probability counts less where it also says which tables and columns the question mentions.
_SCORE, _TABLES, _COLUMNS = 0.7, 0.1, 0.3


def preference(candidate: Candidate) -> float:
    """Higher for the better candidate; the log-probability where nothing else is known."""
    signs = candidate.signs
    if signs is None:
        return candidate.score
    return _SCORE * candidate.score + _TABLES * signs.tables + _COLUMNS * signs.columns
