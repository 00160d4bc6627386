"""A made-up question with its query, and the type of the patterns that make one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from train.pocket.synthesis.wording import say

__all__ = ["MadeUpQuestion", "Patterns", "sentence"]

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class MadeUpQuestion:
    """``text`` without a capital letter and a final mark, and its query in SQL."""

    text: str
    sql: str


#: Patterns for one kind of subject, with their weights. A pattern that does not fit returns None.
Patterns = Sequence[tuple[Callable[[Subject, random.Random], MadeUpQuestion | None], int]]

_QUESTION = re.compile(
    r"(^|[,:] )((for|in|from|of) )?(which|who|what|how (many|much|high|low))\b", re.IGNORECASE
)
#: A question whose verb comes before its subject cannot follow "can you tell me".
_INVERTED = re.compile(r"\b(what|who|which|how \w+) (is|are|was)\b|\b(do|does|did|are there)\b")


def sentence(text: str, rng: random.Random) -> str:
    """Return ``text`` with a capital letter, a final mark and, now and then, a polite phrase."""
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
