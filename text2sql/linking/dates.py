"""Dates as people say them, and as a database that keeps them as ``YYYY-MM-DD`` compares them.

    >>> from text2sql.linking.words import split_words
    >>> [date.text for date in find_dates(split_words("between 1 June and 31 August 2024"))]
    ['2024-06-01', '2024-08-31']

A month of a year is ``2024-07``, what such a date starts with; a month by itself is ``-07-``, what
it contains; a year by itself is its first and its last day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from text2sql.linking.words import Word

__all__ = ["SpokenDate", "find_dates", "is_iso_date"]

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {name: i for i, name in enumerate(_MONTHS, 1)} | {
    name[:3]: i for i, name in enumerate(_MONTHS, 1)
} | {"sept": 9}  # fmt: skip
_ENDINGS = ("st", "nd", "rd", "th")
_DAY = re.compile(r"[12]?\d|3[01]|0\d")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_ISO = re.compile(r"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?:[ T]|$)")


@dataclass(frozen=True)
class SpokenDate:
    """The ``text`` to compare with, and the first and one past the last word it comes from."""

    text: str
    span: tuple[int, int]


def is_iso_date(text: str) -> bool:
    """Whether a cell is a date, or begins with one, as SQLite's own functions write it."""
    return _ISO.match(text) is not None


def find_dates(words: Sequence[Word]) -> list[SpokenDate]:
    """The dates that a question's words name, those with a month first."""
    # "3rd" is two words; its ending says nothing
    kept = [i for i, w in enumerate(words) if i == 0 or not _is_ending(words[i - 1], w)]
    found = [
        SpokenDate(date.text, (kept[date.span[0]], kept[date.span[1] - 1] + 1))
        for date in _with_month([words[i] for i in kept])
    ]
    taken = {i for date in found for i in range(*date.span)}
    for i, word in enumerate(words):
        if i not in taken and _YEAR.fullmatch(word):
            found += [SpokenDate(f"{word}-{day}", (i, i + 1)) for day in ("01-01", "12-31")]
    return found


def _is_ending(before: Word, word: Word) -> bool:
    return before.isdigit() and before.end == word.start and word.lower() in _ENDINGS


def _with_month(words: Sequence[Word]) -> Iterator[SpokenDate]:
    for i in range(len(words)):
        month = _month_at(words, i)
        if month is None:
            continue
        start, end, day = i, i + 1, None
        before = i - 1 - (i > 1 and words[i - 1].lower() == "of")
        if before >= 0 and (match := _day_at(words, before)):
            day, start = match, before
        elif i + 1 < len(words) and (match := _day_at(words, i + 1)):
            day, end = match, i + 2
        year, end = _year_behind(words, end)
        if year is None:
            year = _nearest_year(words, i)
        yield SpokenDate(_text(year, month, day), (start, end))


def _month_at(words: Sequence[Word], i: int) -> int | None:
    """The month that word ``i`` names; "may" needs a capital or a number beside it."""
    word = words[i].lower()
    beside_number = any(w.isdigit() for w in (*words[max(0, i - 1) : i], *words[i + 1 : i + 2]))
    named = beside_number or (i > 0 and words[i][0].isupper())
    return None if word in ("may", "march", "mar") and not named else _MONTH.get(word)


def _day_at(words: Sequence[Word], i: int) -> int | None:
    match = _DAY.fullmatch(words[i])
    return int(match[0]) or None if match else None


def _year_behind(words: Sequence[Word], i: int) -> tuple[str | None, int]:
    """The year that follows, maybe behind a comma or "of", and where the date ends then."""
    skip = i < len(words) and words[i].lower() in (",", "of")
    place = i + 1 if skip else i
    if place < len(words) and _YEAR.fullmatch(words[place]):
        return str(words[place]), place + 1
    return None, i


def _nearest_year(words: Sequence[Word], i: int) -> str | None:
    years = [(j < i, abs(j - i), str(w)) for j, w in enumerate(words) if _YEAR.fullmatch(w)]
    return min(years)[2] if years else None


def _text(year: str | None, month: int, day: int | None) -> str:
    if year is None:
        return f"-{month:02}-" if day is None else f"-{month:02}-{day:02}"
    return f"{year}-{month:02}" if day is None else f"{year}-{month:02}-{day:02}"
