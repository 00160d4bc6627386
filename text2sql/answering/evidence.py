"""What speaks for an answer, from what the model says of its candidates and what they return."""

from __future__ import annotations

import math
from collections.abc import Sequence

from text2sql.answering.agreement import Agreement
from text2sql.generators.base import Candidate
from text2sql.generators.confidence import Evidence, log_odds

__all__ = ["evidence"]


def evidence(candidates: Sequence[Candidate], agreement: Agreement | None) -> Evidence | None:
    """What speaks for the candidate that ``agreement`` takes.

    None where no candidate ran, or where the model gives its candidates no ``signs``.
    """
    if agreement is None or (signs := candidates[agreement.place].signs) is None:
        return None
    agreeing = zip(candidates, agreement.same, strict=True)
    return Evidence(
        belief=log_odds(sum(math.exp(c.score) for c, same in agreeing if same)),
        share=log_odds(agreement.share),
        omitted=log_odds(signs.omitted),
        mentioned=log_odds(signs.mentioned),
        alike=signs.alike,
    )
