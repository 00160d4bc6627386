"""The words of questions and names, and their stems."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import Stemmer

__all__ = [
    "COMMON_WORDS",
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
_local = threading.local()  # one stemmer for each thread, because a stemmer is not thread-safe

#: Words that do not help to identify a column or cell.
STOP_WORDS = frozenset(
    "a an the of in on at to for from by with and or is are was were be been do does did has have "
    "had what which who whom whose when where how many much show list find give me all each every "
    "any that this those these there their its it than as not no but if then into out up please "
    "return tell i you we they he she s t can ? . , ' \" ( )".split()
)

#: Words that are common in questions and also occur as titles.
COMMON_WORDS = frozenset(
    "money price cost time times day days night week month year years date name names number total "
    "sum average amount people person man men woman women child children home house work job life "
    "world city country state place town street family school student team game games player song "
    "songs music album book books film movie movies show order orders product products customer "
    "customers company business book page word words line list group type kind class level rank "
    "age size height weight length rate share percent percentage value score point points half "
    "first last next new old young big small large long short high low good best better worst bad "
    "top bottom great little most least more less many few much same different own other others "
    "only also just still never always ever again often together before after since until over "
    "under above below between across through during without within about around against along "
    "here now today tomorrow yesterday ago later soon please want need like love live lives make "
    "made take taken go goes come came get got see seen know known think let help play played run "
    "start started end ended begin open close closed change changed use used work worked pay paid "
    "spend spent buy bought sell sold earn hold stay left right one two three each every both none "
    "something anything everything nothing someone anyone everyone anybody everybody nobody alone "
    "how's what's who's there's them him her his my our your us me be being been do done did does "
    "will would should could may might must shall per so very too really than then back away "
    "highest lowest longest shortest largest smallest biggest oldest youngest newest latest "
    "earliest table tables information data database row rows column columns record records".split()
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
    """A word of a question with its position."""

    start: int
    end: int

    def __new__(cls, text: str, start: int, end: int) -> Word:
        word = super().__new__(cls, text)
        word.start, word.end = start, end
        return word


def split_words(text: str) -> list[Word]:
    """Split a text into words, digit groups and punctuation marks, with their positions."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def words_of(text: str) -> list[str]:
    """The lower-case words of a name or a cell."""
    return _WORD.findall(text.lower())


def stem(word: str) -> str:
    """The stem of a word, cached for words of up to 30 characters (10 MB at most)."""
    return _short_stem(word) if len(word) <= _LONGEST_KEPT else _stem(word)


def _stem(word: str) -> str:
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("porter")
    return str(_local.stemmer.stemWord(word.lower()))


_short_stem = lru_cache(maxsize=50_000)(_stem)


def normal_form(text: str) -> str:
    """``text`` in lower case, with uniform spacing around words and signs."""
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
