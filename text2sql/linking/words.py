"""Words of questions and names, and their stems."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

__all__ = [
    "NUMBER_WORDS",
    "STOP_WORDS",
    "Word",
    "normal_form",
    "number_of",
    "split_words",
    "stem",
    "words_of",
]

_WORD = re.compile(r"[A-Za-z]+|\d+(?:[.,:/\-]\d+)*|\w+|[^\w\s]")
_LONGEST_KEPT = 30
_stemmer = snowballstemmer.stemmer("porter")

#: Words that say nothing about which column or cell is meant.
STOP_WORDS = frozenset(
    "a an the of in on at to for from by with and or is are was were be been do does did has have "
    "had what which who whom whose when where how many much show list find give me all each every "
    "any that this those these there their its it than as not no but if then into out up please "
    "return tell i you we they he she s t can ? . , ' \" ( )".split()
)

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {
    "once": 1, "twice": 2, "thrice": 3, "first": 1, "second": 2, "third": 3, "single": 1,
    "couple": 2, "dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    "million": 1_000_000,
}  # fmt: skip


class Word(str):
    """A word of a question with its place in it."""

    start: int
    end: int

    def __new__(cls, text: str, start: int, end: int) -> Word:
        word = super().__new__(cls, text)
        word.start, word.end = start, end
        return word


def split_words(text: str) -> list[Word]:
    """Letters, digit groups and single signs, each with its place."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def words_of(text: str) -> list[str]:
    """The lower-case words of a name or a cell."""
    return _WORD.findall(text.lower())


def stem(word: str) -> str:
    """The stem of a word. Those of words up to 30 characters are kept: some 10 MB at most."""
    return _short_stem(word) if len(word) <= _LONGEST_KEPT else _stem(word)


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word.lower()))


_short_stem = lru_cache(maxsize=50_000)(_stem)


def normal_form(text: str) -> str:
    """``text`` without case, spacing or the difference between one sign and another's spacing."""
    return " ".join(words_of(text))


def number_of(text: str) -> int | float | None:
    """The number that ``text`` spells in digits, or None."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() else value
