"""Dates and times as people write them, converted to ISO texts, which sort and compare.

A column is read as a whole, since 03/04/2024 alone may be in March or in April.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

__all__ = [
    "DAY_FIRST",
    "MONTH_FIRST",
    "ORDERS",
    "YEAR_FIRST",
    "is_date",
    "is_sorted",
    "read_date",
]

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
#: The orders of a date's parts.
ORDERS = (YEAR_FIRST, DAY_FIRST, MONTH_FIRST)
_PIVOT = 69  # two-digit years from here on are in the 20th century, as in POSIX

#: Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTHS = """
january jan januar januari janvier janv enero ene gennaio gen janeiro jänner
february feb februar februari février févr fevrier febrero febbraio fevereiro fev
march mar märz marz mrz maart mrt mars marzo março marco
april apr avril avr abril abr aprile
may mai mei mayo maggio mag maio
june jun juni juin junio giugno giu junho
july jul juli juillet juil julio luglio lug julho
august aug augustus août aout agosto ago
september sep sept septembre septiembre settembre set setembro
october oct oktober okt octobre octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec dezember dez décembre déc diciembre dic dicembre dezembro
"""
_MONTH = {
    name: number
    for number, line in enumerate(_MONTHS.strip().splitlines(), start=1)
    for name in line.split()
}
_TIME = (
    r"(?:(?:,? +|T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_WEEKDAY = r"(?:[^\W\d]{2,10}\.?,? +)?"
_NUMERIC = re.compile(
    rf"{_WEEKDAY}(?P<a>\d{{1,4}})(?P<sign>[./-])(?P<b>\d{{1,2}})(?P=sign)(?P<c>\d{{1,4}}){_TIME}\Z"
)
_NAMED = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:[ -]|(?<=\.))(?:de )?"
    rf"(?P<month>[^\W\d]+)\.?,?[ -](?:de )?(?P<year>\d{{4}}|\d\d){_TIME}\Z"
)
_ENGLISH = re.compile(
    rf"{_WEEKDAY}(?P<month>[^\W\d]+)\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? "
    rf"(?P<year>\d{{4}}){_TIME}\Z"
)
_COMPACT = re.compile(r"(?P<a>(?:19|20)\d\d)(?P<b>\d\d)(?P<c>\d\d)\Z")


def read_date(text: str, order: str, compact: bool = False) -> str | None:
    """Return ``text`` as ``2024-12-31`` or ``2024-12-31 14:05:00``, None if it is not such a date.

    Args:
        order: one of ``ORDERS``; dates with names of months need none.
        compact: whether 20241231 is a date.
    """
    if compact and (match := _COMPACT.match(text)):
        return _iso(match, (match["a"], match["b"], match["c"]))
    if match := _NUMERIC.match(text):
        parts = _ordered(match, order)
    elif match := (_NAMED.match(text) or _ENGLISH.match(text)):
        month = _MONTH.get(match["month"].lower())
        parts = None if month is None else (match["year"], str(month), match["day"])
    else:
        return None
    return _iso(match, parts) if parts else None


def is_date(text: str) -> bool:
    """Whether ``text`` is a date in some order."""
    return any(read_date(text, order) for order in ORDERS)


def _ordered(match: re.Match[str], order: str) -> tuple[str, str, str] | None:
    """Return year, month and day."""
    a, b, c = match["a"], match["b"], match["c"]
    if order == YEAR_FIRST:
        return (a, b, c) if len(a) == 4 and len(c) <= 2 else None
    if len(a) > 2 or len(c) not in (2, 4):
        return None
    if order == MONTH_FIRST:  # dates with dots never have the month first
        return None if match["sign"] == "." else (c, a, b)
    return c, b, a


def _iso(match: re.Match[str], parts: tuple[str, str, str]) -> str | None:
    groups = match.groupdict()
    year, month, day = map(int, parts)
    if len(parts[0]) == 2:
        year += 1900 if year >= _PIVOT else 2000
    hour, minute = int(groups.get("hour") or 0), int(groups.get("minute") or 0)
    half = groups.get("half")
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    try:
        moment = datetime(year, month, day, hour, minute, int(groups.get("second") or 0))
    except ValueError:
        return None
    timed = groups.get("hour") is not None
    return moment.isoformat(" ") if timed else moment.date().isoformat()


def is_sorted(cells: Sequence[str], order: str) -> bool:
    """Whether the dates of a column never go back, or never forward, in this order."""
    dates = [read_date(cell, order) or "" for cell in cells]
    pairs = list(pairwise(dates))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)
