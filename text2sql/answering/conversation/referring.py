"""Questions whose words refer to an answer before them, whether they go on from it or not."""

from __future__ import annotations

from text2sql.answering.conversation.pronouns import refers
from text2sql.linking.words import split_words

__all__ = ["refers_back"]

_BEGINS = frozenset(
    "and or but also same instead those what_about how_about of_those the_same".split()
)
# Words that mean something of the question itself if it is longer.
_BEGINS_SHORT = frozenset(
    "only just then now without except excluding with include sort order by from".split()
)
_ENDS = frozenset("only instead then too now".split())
_MEANS = frozenset("those these them they ones it he she him".split())
_SHORT = 8  # words
_PART = 3  # words, too few for a question of its own


def refers_back(question: str) -> bool:
    """Return whether a reader would expect ``question`` to go on from the one before it."""
    words = [word.lower() for word in split_words(question) if word[0].isalnum()]
    first = {*words[:1], "_".join(words[:2])}
    if first & _BEGINS or len(words) <= _PART:
        return True
    means = any(word in _MEANS and refers(words, place) for place, word in enumerate(words))
    short = first & _BEGINS_SHORT or means or words[-1] in _ENDS
    return len(words) <= _SHORT and bool(short)
