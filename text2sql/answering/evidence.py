"""The evidence for an answer, from the model's signals and from the rows of its candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from text2sql.answering.agreement import Agreement
from text2sql.generators.base import Candidate
from text2sql.generators.confidence import Evidence, log_odds

__all__ = ["evidence"]


def evidence(candidates: Sequence[Candidate], agreement: Agreement | None) -> Evidence | None:
    """Return the evidence for the candidate that ``agreement`` chose.

    It is None if no candidate ran, or if the model gives its candidates no ``signals``.
    """
    if agreement is None or (signals := candidates[agreement.place].signals) is None:
        return None
    agreeing = zip(candidates, agreement.same, strict=True)
    return Evidence(
        belief=log_odds(sum(math.exp(c.score) for c, same in agreeing if same)),
        share=log_odds(agreement.share),
        omitted=log_odds(signals.omitted),
        mentioned=log_odds(signals.mentioned),
        alike=signals.alike,
    )
