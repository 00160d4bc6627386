"""Recognition of dates in questions, converted to the form ``YYYY-MM-DD`` of databases.

    >>> from text2sql.linking.words import split_words
    >>> [date.text for date in find_dates(split_words("between 1 June and 31 August 2024"))]
    ['2024-06-01', '2024-08-31']

A month with its year is the prefix ``2024-07``; a month alone is the infix ``-07-``; a year alone
is its first and last day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from text2sql.linking.words import Word

__all__ = ["DateInWords", "find_dates", "find_parts", "find_periods", "find_times", "is_iso_date"]

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {name: i for i, name in enumerate(_MONTHS, 1)} | {
    name[:3]: i for i, name in enumerate(_MONTHS, 1)
} | {"sept": 9}  # fmt: skip
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
    "eighties": 80, "nineties": 90,
}  # fmt: skip
_PARTS = {  # the first and the last month
    "quarter": {"first": (1, 3), "1st": (1, 3), "second": (4, 6), "2nd": (4, 6), "third": (7, 9),
                "3rd": (7, 9), "fourth": (10, 12), "4th": (10, 12), "last": (10, 12)},
    "half": {"first": (1, 6), "1st": (1, 6), "second": (7, 12), "2nd": (7, 12)},
}  # fmt: skip
_SHORT_PARTS = {"q": ((1, 3), (4, 6), (7, 9), (10, 12)), "h": ((1, 6), (7, 12))}
_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]((?:19|20)\d\d)")
_ENDINGS = ("st", "nd", "rd", "th")
_DAY = re.compile(r"[12]?\d|3[01]|0\d")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_ISO = re.compile(r"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?:[ T]|$)")


@dataclass(frozen=True)
class DateInWords:
    """The ``text`` to compare with, and its span of words: the first, and one after the last."""

    text: str
    span: tuple[int, int]


def is_iso_date(text: str) -> bool:
    """Whether a cell is a date, or begins with one, in the form of SQLite's date functions."""
    return _ISO.match(text) is not None


def find_dates(words: Sequence[Word]) -> list[DateInWords]:
    """Return the dates in a question: those with a month, then the years."""
    # "3rd" is two words, of which the second is only an ending
    kept = [i for i, w in enumerate(words) if i == 0 or not _is_ending(words[i - 1], w)]
    found = [
        DateInWords(date.text, (kept[date.span[0]], kept[date.span[1] - 1] + 1))
        for date in _with_month([words[i] for i in kept])
    ]
    taken = {i for date in found for i in range(*date.span)}
    for i, word in enumerate(words):
        if i not in taken and _YEAR.fullmatch(word):
            found += [DateInWords(f"{word}-{day}", (i, i + 1)) for day in ("01-01", "12-31")]
    return found


def find_periods(words: Sequence[Word]) -> Iterator[DateInWords]:
    """Return first and last days of named periods: a month of a year, a quarter, a decade.

    A numeric date (``18/05/2024``) counts as a period of one day, in either order.
    """
    for date in find_dates(words):
        if re.fullmatch(r"\d{4}-\d\d", date.text):
            year, month = map(int, date.text.split("-"))
            yield from _days(year, (month, month), date.span)
    lower = [word.lower() for word in words]
    years = [(i, int(w)) for i, w in enumerate(lower) if _YEAR.fullmatch(w)]
    for i, word in enumerate(lower):
        if (match := _SLASHED.fullmatch(word)) is not None:
            yield from _slashed(int(match[1]), int(match[2]), int(match[3]), (i, i + 1))
        for year, months, end in _parts_at(lower, i, years):
            yield from _days(year, months, (i, end))
        if (start := _decade_at(lower, i)) is not None:
            yield DateInWords(f"{start}-01-01", (i, i + 1))
            yield DateInWords(f"{start + 9}-12-31", (i, i + 1))


def find_parts(words: Sequence[Word]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Return numbers of months (1 to 12) and weekdays (0 is Sunday), and the years of decades."""
    for i, word in enumerate(words):
        lower = word.lower()
        if (month := _month_at(words, i)) is not None:
            yield month, (i, i + 1)
        day = lower.removesuffix("s")
        if day in _WEEKDAYS:
            yield _WEEKDAYS.index(day), (i, i + 1)
        if day in ("weekend", "weekday"):
            yield 0, (i, i + 1)
            yield 6, (i, i + 1)
        if (start := _decade_at([w.lower() for w in words], i)) is not None:
            yield start, (i, i + 1)
            yield start + 9, (i, i + 1)


def find_times(words: Sequence[Word]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Return times of day (``7 pm``, ``20:00``, ``noon``) as ``HH:MM`` and ``HH:MM:SS``."""
    for i, word in enumerate(words):
        lower, following = word.lower(), "".join(words[i + 1 : i + 4]).lower().replace(".", "")
        clock, end = None, i + 1
        if (match := re.fullmatch(r"(\d{1,2})(?::(\d\d))?", lower)) and int(match[1]) < 24:
            hour, minute = int(match[1]), match[2]
            if following.startswith(("pm", "am")) and hour <= 12:
                clock, end = hour % 12 + 12 * following.startswith("pm"), i + 2
            elif minute is not None:
                clock = hour
            minute = minute or "00"
        elif lower in ("noon", "midday", "midnight"):
            clock, minute = (0 if lower == "midnight" else 12), "00"
        if clock is not None:
            yield f"{clock:02}:{minute}", (i, end)
            yield f"{clock:02}:{minute}:00", (i, end)


def _days(year: int, months: tuple[int, int], span: tuple[int, int]) -> Iterator[DateInWords]:
    yield DateInWords(f"{year}-{months[0]:02}-01", span)
    yield DateInWords(f"{year}-{months[1]:02}-{monthrange(year, months[1])[1]:02}", span)


def _slashed(one: int, other: int, year: int, span: tuple[int, int]) -> Iterator[DateInWords]:
    for day, month in ((one, other), (other, one)):
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            yield DateInWords(f"{year}-{month:02}-{day:02}", span)


def _parts_at(
    lower: Sequence[str], i: int, years: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, tuple[int, int], int]]:
    """The year, the months and the end of ``Q1 2024`` or ``second half of 2023``."""
    if not years:
        return
    year = min(years, key=lambda known: (known[0] < i, abs(known[0] - i)))[1]
    word, following = lower[i], lower[i + 1 : i + 2]
    if word in _SHORT_PARTS and following and following[0].isdigit():
        number = int(following[0]) if len(following[0]) == 1 else 0
        if 0 < number <= len(_SHORT_PARTS[word]):
            yield year, _SHORT_PARTS[word][number - 1], i + 2
    if following and following[0] in _PARTS and word in _PARTS[following[0]]:
        yield year, _PARTS[following[0]][word], i + 2


def _decade_at(lower: Sequence[str], i: int) -> int | None:
    """The first year of ``nineties`` and of ``1990s``."""
    if lower[i] in _DECADES:
        return 1900 + _DECADES[lower[i]]
    if _YEAR.fullmatch(lower[i]) and lower[i].endswith("0") and lower[i + 1 : i + 2] == ["s"]:
        return int(lower[i])
    return None


def _is_ending(before: Word, word: Word) -> bool:
    return before.isdigit() and before.end == word.start and word.lower() in _ENDINGS


def _with_month(words: Sequence[Word]) -> Iterator[DateInWords]:
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
        year, end = _year_after(words, end)
        if year is None:
            year = _nearest_year(words, i)
        yield DateInWords(_text(year, month, day), (start, end))


def _month_at(words: Sequence[Word], i: int) -> int | None:
    """The month that word ``i`` names; "may" needs a capital or a number beside it."""
    word = words[i].lower()
    beside_number = any(w.isdigit() for w in (*words[max(0, i - 1) : i], *words[i + 1 : i + 2]))
    named = beside_number or (i > 0 and words[i][0].isupper())
    return None if word in ("may", "march", "mar") and not named else _MONTH.get(word)


def _day_at(words: Sequence[Word], i: int) -> int | None:
    match = _DAY.fullmatch(words[i])
    return int(match[0]) or None if match else None


def _year_after(words: Sequence[Word], i: int) -> tuple[str | None, int]:
    """Return the year that follows, possibly after a comma or "of", and the end of the date."""
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
