"""The confidence of an answer in words, and a warning with its reason for unlikely answers."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DOUBTFUL", "UNSURE", "chance", "doubt", "reasons"]

#: Below this probability an answer is more likely wrong than right.
UNSURE = 0.5
#: Below this probability an answer is doubted if there is a reason that can be named.
DOUBTFUL = 0.7
_NEAR = 0.35  # a second reading of this closeness is a reason


def chance(confidence: float | None, answerable: float | None) -> str:
    """Return ``82% likely right``, between 1% and 99%; without a fit, ``82% agreement``.

    The arguments are those of ``doubt``.
    """
    if confidence is None:
        return ""
    if answerable is None:
        return f"{confidence:.0%} agreement"
    return f"{min(max(confidence, 0.01), 0.99):.0%} likely right"


def reasons(unused: Sequence[str], closeness: float, empty: bool) -> tuple[str, ...]:
    """Return why an answer may be wrong, each as part of a sentence.

    Args:
        unused: words of the question that the query does not use.
        closeness: of the best candidate with other rows, from 0 to 1.
        empty: whether the query returned no rows.
    """
    found = []
    if unused:
        words = " and ".join(f"“{word}”" for word in unused)
        found.append(f"you asked about {words}, and the query does not use {_them(unused)}")
    if closeness >= _NEAR:
        found.append("the question can also be read in another way, with other rows")
    if empty:
        found.append("no row matches")
    return tuple(found)


def _them(words: Sequence[str]) -> str:
    return "that word" if len(words) == 1 else "these words"


def doubt(confidence: float | None, answerable: float | None, why: Sequence[str] = ()) -> str:
    """Return a warning about an unlikely answer, or an empty text for a likely one.

    Args:
        confidence: the probability that the rows are right; None if no candidate ran.
        answerable: the probability that the database can answer the question; None if the model
            has no fitted confidence, so that ``confidence`` is the share of candidates that agree.
        why: what ``reasons`` found.
    """
    if answerable is not None and answerable < UNSURE:
        return (
            "This database does not seem to contain what the question asks for, and this query is "
            "only the closest match. Choose another database, or ask about what its tables contain."
        )
    if confidence is None or confidence >= DOUBTFUL or (confidence >= UNSURE and not why):
        return ""
    reason = "; ".join(why) or "the model found no query that fits the question well"
    if confidence >= UNSURE:
        return f"Check this answer: {reason}."
    return (
        f"This answer is probably wrong: {reason}. "
        "Look at the other candidates, or ask in other words."
    )
