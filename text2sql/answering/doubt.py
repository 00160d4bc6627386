"""The confidence of an answer in words, and the doubt that goes with an unlikely one."""

from __future__ import annotations

__all__ = ["UNSURE", "chance", "doubt"]

#: Below this probability an answer is more likely wrong than right.
UNSURE = 0.5


def chance(confidence: float | None, answerable: float | None) -> str:
    """``82% likely right``, never 0% or 100%; ``82% agreement`` where nothing was fitted.

    The arguments are those of ``doubt``.
    """
    if confidence is None:
        return ""
    if answerable is None:
        return f"{confidence:.0%} agreement"
    return f"{min(max(confidence, 0.01), 0.99):.0%} likely right"


def doubt(confidence: float | None, answerable: float | None) -> str:
    """What a person should know of an answer before believing it; nothing where it is likely.

    Args:
        confidence: the probability that its rows are right, None where no candidate ran.
        answerable: the probability that the database holds what is asked for, None where the model
            was not fitted to know; ``confidence`` is then the share of candidates that agree.
    """
    if answerable is not None and answerable < UNSURE:
        return (
            "This database does not seem to hold what the question asks for; this is the nearest "
            "I found. Choose another database, or ask about what its tables hold."
        )
    if confidence is None or confidence >= UNSURE:
        return ""
    if answerable is None:
        reason = f"only {confidence:.0%} of what I weighed returns these rows"
    else:
        reason = f"of answers like this one, {confidence:.0%} are right"
    return f"I am not sure: {reason}. Look at the other queries, or ask in other words."
