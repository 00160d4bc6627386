"""Checks of words in the question, such as "average" or "least", that the query ignores."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from text2sql.evaluation.audit.finding import Finding
from text2sql.evaluation.audit.gold import Gold

__all__ = ["word_findings"]

_AVERAGE = re.compile(r"\b(average|on average|mean)\b", re.IGNORECASE)
_GREATEST = re.compile(r"\b(maximum|highest|largest|greatest|biggest|most)\b", re.IGNORECASE)
_LEAST = re.compile(r"\b(minimum|lowest|smallest|fewest|least)\b(?! (one|two|three|\d))", re.I)
#: Phrases in which such a word has another meaning.
_OTHER_MEANING = re.compile(
    r"\b(at (the )?(most|least)|mean by|most (of|recent|recently|\w+ly))\b", re.IGNORECASE
)


def word_findings(gold: Gold) -> Iterator[Finding]:
    """Find missing averages, and orders opposite to the question."""
    if gold.tree is None:
        return
    question = _OTHER_MEANING.sub(" ", gold.example.question)
    averaged = _has(gold, exp.Avg) or _has(gold, exp.Div)  # a sum divided by a count
    if (word := _AVERAGE.search(question)) and not averaged and not _named(gold, word):
        yield _finding(gold, f"The question says {word[0]!r}, but the query computes no average.")
    greatest, least = _GREATEST.search(question), _LEAST.search(question)
    if greatest and not least and _ends(gold) == {"least"} and not _named(gold, greatest):
        yield _finding(gold, f"The question says {greatest[0]!r}, but the query selects the least.")
    if least and not greatest and _ends(gold) == {"greatest"} and not _named(gold, least):
        yield _finding(gold, f"The question says {least[0]!r}, but the query selects the greatest.")


def _ends(gold: Gold) -> set[str]:
    """The end of an order that the query selects with max(), min() or LIMIT, or both ends."""
    assert gold.tree is not None
    found = {"greatest"} if _has(gold, exp.Max) else set()
    found |= {"least"} if _has(gold, exp.Min) else set()
    for query in gold.tree.find_all(exp.Query):
        order = query.args.get("order")
        if order is not None and query.args.get("limit") is not None:
            found.add("greatest" if order.expressions[0].args.get("desc") else "least")
    return found


def _has(gold: Gold, kind: type[exp.Expr]) -> bool:
    return gold.tree is not None and gold.tree.find(kind) is not None


def _named(gold: Gold, word: re.Match[str]) -> bool:
    """Whether a name in the query contains the word, such as a column ``mean_humidity``."""
    assert gold.tree is not None
    parts = ("average", "avg", "mean") if _AVERAGE.match(word[0]) else (word[0].lower()[:3],)
    names = [str(node.name).lower() for node in gold.tree.find_all(exp.Identifier)]
    return any(part in name for part in parts for name in names)


def _finding(gold: Gold, text: str) -> Finding:
    return Finding(gold.number, gold.example, "word_ignored", text)
