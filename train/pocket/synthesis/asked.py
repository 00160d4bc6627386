"""A question that was made up, and the patterns that make it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from train.pocket.synthesis.wording import say

__all__ = ["Asked", "Patterns", "sentence"]

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Asked:
    """``text`` without a capital and an end, and the query in SQL."""

    text: str
    sql: str


#: Patterns over one kind of subject, each with its weight. A pattern that does not fit is None.
Patterns = Sequence[tuple[Callable[[Subject, random.Random], Asked | None], int]]

_QUESTION = re.compile(
    r"(^|[,:] )((for|in|from|of) )?(which|who|what|how (many|much|high|low))\b", re.IGNORECASE
)
#: Where a verb stands before its subject, a question cannot follow "can you tell me".
_INVERTED = re.compile(r"\b(what|who|which|how \w+) (is|are|was)\b|\b(do|does|did|are there)\b")


def sentence(text: str, rng: random.Random) -> str:
    """``text`` with a capital, a sign at its end, and now and then a courtesy."""
    if "? " in text:  # a question, and what to show with it
        text += "."
    elif not text.endswith("?"):
        text = say(rng, f"sentence.{_mood(text, rng)}", text=text)
    return text[0].upper() + text[1:]


def _mood(text: str, rng: random.Random) -> str:
    if not _QUESTION.search(text):
        return "command"
    if rng.random() > 0.12:
        return "question"
    opens = text.startswith(("which", "who", "what", "how"))
    return "indirect" if opens and not _INVERTED.search(text) else "direct"
