"""ROUGE-1: how many words do a prediction and the gold share?

    >>> rouge1("SELECT name FROM singer", "SELECT name FROM song")
    0.75

Reported because the reference reports it. It says little about SQL: words that every query has
count, so wrong queries score high.
"""

from __future__ import annotations

from collections import Counter

from rouge_score.tokenize import tokenize

__all__ = ["rouge1"]


def rouge1(gold: str, prediction: str) -> float:
    """F-measure of the unigrams, from 0 to 1, with the words of the ``rouge-score`` package.

    The same as its ``RougeScorer(["rouge1"])`` without stemming, which takes seconds to import.
    """
    expected, found = Counter(tokenize(gold, None)), Counter(tokenize(prediction, None))
    shared = (expected & found).total()
    return 2 * shared / (expected.total() + found.total()) if shared else 0.0
