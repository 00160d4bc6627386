"""ROUGE-1: how many words a prediction and the gold query share.

    >>> rouge1("SELECT name FROM singer", "SELECT name FROM song")
    0.75

Reported because the reference system reports it. It says little about SQL: words that occur in
every query count as well, so wrong queries score high.
"""

from __future__ import annotations

from collections import Counter

from rouge_score.tokenize import tokenize

__all__ = ["rouge1"]


def rouge1(gold: str, prediction: str) -> float:
    """Compute the unigram F-measure, from 0 to 1, with the tokenization of ``rouge-score``.

    Equal to ``RougeScorer(["rouge1"])`` of that package (which takes seconds to import) without
    stemming.
    """
    expected, found = Counter(tokenize(gold, None)), Counter(tokenize(prediction, None))
    shared = (expected & found).total()
    return 2 * shared / (expected.total() + found.total()) if shared else 0.0
