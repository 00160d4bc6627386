"""Periods of time for a column of dates, in SQL and in words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from train.pocket.synthesis.wording import say

__all__ = ["Period", "period"]

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True)
class Period:
    """``rest`` follows the column in SQL; ``said`` follows the noun or the verb."""

    rest: str
    said: str


def period(days: Sequence[str], rng: random.Random) -> Period:
    """Choose a period around one of ``days`` or between two of them.

    Args:
        days: texts that begin with YYYY-MM-DD; at least one.
    """
    makers, weights = zip(*_PERIODS, strict=True)
    low, high = sorted(day[:10] for day in rng.choices(days, k=2))
    maker: _Maker = rng.choices(makers, weights)[0]
    return maker(low, high, rng)


def _in_year(low: str, _: str, rng: random.Random) -> Period:
    return Period(f"LIKE '{low[:4]}%'", say(rng, "period.year", year=low[:4]))


def _in_month(low: str, _: str, rng: random.Random) -> Period:
    month = _MONTHS[int(low[5:7]) - 1]
    said = say(rng, "period.month", month=month, short=month[:3], year=low[:4])
    return Period(f"LIKE '{low[:7]}%'", said)


def _around_year(low: str, _: str, rng: random.Random) -> Period:
    word, operator, end = rng.choice(
        (("before", "<", "01-01"), ("after", ">", "12-31"), *[("since", ">=", "01-01")] * 2)
    )
    said = say(rng, f"period.{word}_year", year=low[:4])
    return Period(f"{operator} '{low[:4]}-{end}'", said)


def _around_day(low: str, _: str, rng: random.Random) -> Period:
    operator = rng.choice(("<", "<", ">", ">", ">=", "<=", "<="))
    return Period(f"{operator} '{low}'", say(rng, f"period.{operator}", day=_day(low, rng)))


def _between_days(low: str, high: str, rng: random.Random) -> Period:
    if low == high:
        return _on_day(low, high, rng)
    if low[:4] == high[:4] and rng.random() < 0.6:
        first, last = _day(low, rng, "without_year"), _day(high, rng, "with_month")
    else:
        first, last = _day(low, rng), _day(high, rng)
    return Period(f"BETWEEN '{low}' AND '{high}'", say(rng, "period.days", low=first, high=last))


def _on_day(low: str, _: str, rng: random.Random) -> Period:
    return Period(f"= '{low}'", say(rng, "period.day", day=_day(low, rng)))


def _between_years(low: str, high: str, rng: random.Random) -> Period:
    if low[:4] == high[:4]:
        return _in_year(low, high, rng)
    rest = f"BETWEEN '{low[:4]}-01-01' AND '{high[:4]}-12-31'"
    return Period(rest, say(rng, "period.days", low=low[:4], high=high[:4]))


_Maker = Callable[[str, str, random.Random], Period]
_PERIODS: tuple[tuple[_Maker, int], ...] = (
    (_in_year, 4),
    (_in_month, 4),
    (_around_year, 3),
    (_around_day, 3),
    (_between_days, 2),
    (_on_day, 2),
    (_between_years, 1),
)


def _day(iso: str, rng: random.Random, form: str = "any") -> str:
    """A day as people write it; ``form`` is a key in the section ``day`` of the wordings."""
    month, day = _MONTHS[int(iso[5:7]) - 1], int(iso[8:10])
    keys = [f"day.{form}"] if form != "any" else ["day.with_month", "day.iso"]
    slots = {"year": iso[:4], "month": month, "short": month[:3], "day": str(day), "iso": iso}
    return say(rng, *keys, **slots, nth=f"{day}{_ending(day)}")


def _ending(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
