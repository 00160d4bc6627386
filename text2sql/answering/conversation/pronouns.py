"""Kinds of the words of a question: a pronoun is one that refers to something before it."""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.answering.conversation.lexicon import kinds_of
from text2sql.linking.words import NUMBER_WORDS, STOP_WORDS

__all__ = ["kinds_in", "refers"]

_BE = frozenset("is are was were be been being isn aren wasn weren s ' ever exist".split())
_MODALS = frozenset("can could may might will would should must has have had".split())
_DUMMY_IT = frozenset("possible true raining likely necessary important allowed".split())
_TAKES = frozenset("take takes took taken cost costs seem seems look looks happen happens".split())
_PERIODS = frozenset(
    "year years month months week weeks quarter season century decade morning afternoon "
    "evening night moment time term summer winter spring autumn way".split()
)
_RELATIVE = frozenset("who whose whom that which".split())
_OPENS = frozenset("and or but only just also not without except excluding include then no".split())
# Before "that", which is then a pronoun: "sort that", "after that", "is that".
_TAKES_THAT = frozenset(
    "in of from for with than about like at on to by as before after since until under over above "
    "below within between per is are was were be do does did has have had and or but only just "
    "also not no without except all if then so what how why who when where sort show list give "
    "group order split count add sum make put drop remove keep break plot".split()
)
_AMOUNTS = frozenset(
    "than least most exactly only just over under about around nearly almost minus plus".split()
)
_PICKS = frozenset(
    "the that this which other another next last first second same each every".split()
)


def kinds_in(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the kinds of each word of a question: those of ``kinds_of``, as the word is used."""
    return [
        tuple(kind for kind in kinds_of(word) if kind != "pronoun" or refers(words, place))
        for place, word in enumerate(words)
    ]


def refers(words: Sequence[str], place: int) -> bool:
    """Whether the pronoun at ``place`` may refer to something before the question.

    It does not in ``are there``, ``is it possible``, ``customers that order``, ``this year``, ``the
    names of those who``, ``at least one`` and ``each doctor``.

    Args:
        words: those of the question, in lower case.
    """
    check = _CHECKS.get(words[place])
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    return check is None or check(words, place, before, after)


def _there(words: Sequence[str], place: int, before: str, after: str) -> bool:
    if before in _BE and place > 1 and words[place - 2] in ("many", "much", "who"):
        return True  # "how many are there" of those, "who was there"
    if before in ("many", "much"):
        return True  # "count how many there are"
    exists = {before, after} & _BE
    asked = before in _MODALS and after in _BE  # "can there be"
    return not exists and not asked


def _it(words: Sequence[str], place: int, before: str, after: str) -> bool:
    if {before, after} & _BE and _DUMMY_IT.intersection(words[place + 1 : place + 4]):
        return False
    if before == "is" and words[max(0, place - 3) : place - 1] == ["what", "time"]:
        return False
    return not ((before in ("does", "did", "would", "will") or before == "") and after in _TAKES
                and "to" in words[place:])  # fmt: skip


def _that(words: Sequence[str], place: int, before: str, after: str) -> bool:
    if after in _PERIODS:
        return words[place] == "that"
    if after in ("one", "ones"):
        return True
    joins = before and before not in _TAKES_THAT and after and words[place] == "that"
    return not joins


def _those(words: Sequence[str], place: int, before: str, after: str) -> bool:
    return after not in _RELATIVE or not before or before in _OPENS


def _one(words: Sequence[str], place: int, before: str, after: str) -> bool:
    if before in _AMOUNTS or (after in ("or", "of", "and") and before not in _PICKS):
        return False
    noun = after.isalpha() and after not in STOP_WORDS
    return not noun or before in _PICKS


def _each(words: Sequence[str], place: int, before: str, after: str) -> bool:
    noun = after.isalpha() and after not in STOP_WORDS and after not in NUMBER_WORDS
    return not noun or before in ("do", "does", "did", "has", "have", "had")


_CHECKS = {
    "there": _there, "it": _it, "that": _that, "this": _that, "those": _those, "these": _those,
    "one": _one, "each": _each,
}  # fmt: skip
