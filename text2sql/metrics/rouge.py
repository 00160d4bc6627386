"""ROUGE-1: how many words do a prediction and the gold share?

    >>> rouge1("SELECT name FROM singer", "SELECT name FROM song")
    0.75

Reported because the reference reports it. It says little about SQL: words that every query has
count, so wrong queries score high.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

__all__ = ["rouge1"]


def rouge1(gold: str, prediction: str) -> float:
    """F-measure of the unigrams, from 0 to 1, by the ``rouge-score`` package without stemming."""
    return float(_scorer().score(gold, prediction)["rouge1"].fmeasure)


@lru_cache(maxsize=1)
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # slow to import: it brings all of nltk

    return RougeScorer(["rouge1"], use_stemmer=False)
