"""The steps of a conversation, as the page keeps them and as a link carries them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.answering.question import MAX_QUESTION_LENGTH

__all__ = ["MOST_EARLIER", "Step", "earlier_steps", "steps_text"]

MOST_EARLIER = 4  # steps that a conversation keeps and a link takes along
_LONGEST = 2 * MOST_EARLIER * MAX_QUESTION_LENGTH  # characters of all steps in a link


@dataclass(frozen=True)
class Step:
    """A question, and the SQL that the visitor put in place of its answer's; empty without one."""

    question: str
    sql: str = ""


def steps_text(steps: Sequence[Step]) -> str:
    """Return steps as JSON: a question as a text, one with SQL as a list of both."""
    return json.dumps([[one.question, one.sql] if one.sql else one.question for one in steps])


def earlier_steps(text: str) -> tuple[Step, ...]:
    """Return the steps of ``steps_text``, at most four; none if the text is malformed."""
    if len(text) > _LONGEST:
        return ()
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    steps = [_step(one) for one in found] if isinstance(found, list) else [None]
    if None in steps:
        return ()
    return tuple(one for one in steps if one is not None and one.question.strip())[-MOST_EARLIER:]


def _step(found: Any) -> Step | None:
    parts = found if isinstance(found, list) else [found]
    known = len(parts) in (1, 2) and all(isinstance(part, str) for part in parts)
    return Step(*parts) if known else None
