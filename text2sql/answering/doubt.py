"""The confidence of an answer in words, and a warning for unlikely answers."""

from __future__ import annotations

__all__ = ["UNSURE", "chance", "doubt"]

#: Below this probability an answer is more likely wrong than right.
UNSURE = 0.5


def chance(confidence: float | None, answerable: float | None) -> str:
    """Return ``82% likely right``, between 1% and 99%; without a fit, ``82% agreement``.

    The arguments are those of ``doubt``.
    """
    if confidence is None:
        return ""
    if answerable is None:
        return f"{confidence:.0%} agreement"
    return f"{min(max(confidence, 0.01), 0.99):.0%} likely right"


def doubt(confidence: float | None, answerable: float | None) -> str:
    """Return a warning about an unlikely answer, or an empty text for a likely one.

    Args:
        confidence: the probability that the rows are right; None if no candidate ran.
        answerable: the probability that the database can answer the question; None if the model
            has no fitted confidence, so that ``confidence`` is the share of candidates that agree.
    """
    if answerable is not None and answerable < UNSURE:
        return (
            "This database does not seem to contain what the question asks for, and this query is "
            "only the closest match. Choose another database, or ask about what its tables contain."
        )
    if confidence is None or confidence >= UNSURE:
        return ""
    if answerable is None:
        reason = f"only {confidence:.0%} of the candidates' weight returns these rows"
    else:
        reason = f"about {confidence:.0%} of answers like this one are right"
    return f"This answer is uncertain: {reason}. Check the other candidates, or ask in other words."
