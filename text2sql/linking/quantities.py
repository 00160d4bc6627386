"""Recognition of numbers in words and with units: ``10k``, ``two hours`` in minutes.

>>> from text2sql.linking.words import split_words
>>> [(q.number, q.unit) for q in find_quantities(split_words("over two hours, under 30k"))]
[(120, 'minute'), (7200, 'second'), (7200000, 'millisecond'), (30000, '')]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from text2sql.linking.words import NUMBER_WORDS, Word, number_of, stem

__all__ = ["Quantity", "conversion", "find_quantities", "unit_of", "unit_stems"]

Number = int | float


@dataclass(frozen=True)
class Quantity:
    """A number to compare with, and its span of words: the first, and one after the last.

    ``unit`` is the unit that a column must have; empty for any.
    """

    number: Number
    span: tuple[int, int]
    unit: str = ""


_SCALES = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "mn": 10**6,
           "mio": 10**6, "billion": 10**9, "bn": 10**9, "grand": 1000, "dozen": 12}  # fmt: skip
#: Unit -> the units it is converted to, each with a factor.
_UNITS: dict[str, dict[str, float]] = {
    "millisecond": {"second": 1e-3},
    "second": {"millisecond": 1e3, "minute": 1 / 60},
    "minute": {"second": 60, "millisecond": 6e4, "hour": 1 / 60},
    "hour": {"minute": 60, "second": 3600, "millisecond": 3.6e6, "day": 1 / 24},
    "day": {"hour": 24, "minute": 1440},
    "week": {"day": 7, "hour": 168},
    "fortnight": {"day": 14},
    "month": {"day": 30},
    "year": {"month": 12, "day": 365},
    "decade": {"year": 10},
    "metre": {"centimetre": 100, "millimetre": 1000, "kilometre": 1e-3},
    "centimetre": {"millimetre": 10, "metre": 0.01},
    "kilometre": {"metre": 1000},
    "kilogram": {"gram": 1000, "tonne": 1e-3},
    "gram": {"kilogram": 1e-3},
    "tonne": {"kilogram": 1000},
    "litre": {"millilitre": 1000},
    "dollar": {"cent": 100},
    "euro": {"cent": 100},
    "pound": {"penny": 100},
    "percent": {"share": 0.01},
    "megabyte": {"byte": 1e6, "kilobyte": 1e3},
    "gigabyte": {"byte": 1e9, "megabyte": 1e3},
    "kilobyte": {"byte": 1e3},
}
_SPELLINGS = {
    "millisecond": "milliseconds ms msec", "second": "seconds secs sec s",
    "minute": "minutes mins min", "hour": "hours hrs hr h", "day": "days", "week": "weeks",
    "fortnight": "fortnights",
    "month": "months", "year": "years yrs", "decade": "decades",
    "metre": "metres meter meters m", "centimetre": "centimetres centimeter centimeters cm",
    "kilometre": "kilometres kilometer kilometers km kms", "millimetre": "mm",
    "kilogram": "kilograms kg kilo kilos kgs", "gram": "grams g", "tonne": "tonnes ton tons t",
    "litre": "litres liter liters l", "dollar": "dollars $", "euro": "euros € eur",
    "pound": "pounds £ quid", "percent": "per_cent % pct", "megabyte": "megabytes mb",
    "penny": "pennies pence", "cent": "cents", "millilitre": "ml", "byte": "bytes",
    "gigabyte": "gigabytes gb", "kilobyte": "kilobytes kb",
}  # fmt: skip
_UNIT = {word: unit for unit, words in _SPELLINGS.items() for word in [unit, *words.split()]}
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound"}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}


def unit_stems(unit: str) -> frozenset[str]:
    """The stems in a column's name that mean that it is in ``unit``."""
    return frozenset(stem(word) for word in [unit, *_SPELLINGS.get(unit, "").split()])


def unit_of(word: str) -> str:
    """The unit that a word of a question or of a name means; empty if it is none."""
    return _UNIT.get(word, "")


def conversion(unit: str, larger: str) -> float | None:
    """How many of ``unit`` make one of ``larger``: 1000.0 grams a kilogram; None if unknown."""
    factor = _UNITS.get(larger, {}).get(unit)
    return None if factor is None or factor <= 1 else float(factor)


def find_quantities(words: Sequence[Word]) -> Iterator[Quantity]:
    """Return the numbers in a question that are not written as plain digits."""
    lower = [word.lower() for word in words]
    i = 0
    while i < len(words):
        number, end, scaled = _number(words, lower, i)
        if number is None:
            yield from _share(lower, i)
            i += 1
            continue
        if scaled:
            yield Quantity(_plain(number), (i, end))
        unit, after = _unit(words, lower, i, end)
        for other, factor in _UNITS.get(unit, {}).items():
            yield Quantity(_plain(number * factor), (i, after), other)
        i = max(end, i + 1)


def _number(words: Sequence[Word], lower: Sequence[str], i: int) -> tuple[float | None, int, bool]:
    """The number that begins at word ``i``, its end, and whether words scale it."""
    number = number_of(lower[i]) if lower[i][0].isdigit() else NUMBER_WORDS.get(lower[i])
    if number is None and lower[i] in ("a", "an", "one") and i + 1 < len(lower):
        number = 1 if lower[i + 1] in _SCALES or lower[i + 1] in _UNIT else None
        number = 1 if lower[i + 1 : i + 3] == ["couple", "of"] else number
    if number is None:
        return None, i, False
    end, scaled = i + 1, False
    tens = number
    if 20 <= number < 100 and lower[i] in NUMBER_WORDS:  # twenty five, twenty-five
        skip = end + (end < len(lower) and lower[end] == "-")
        ones = NUMBER_WORDS.get(lower[skip]) if skip < len(lower) else None
        if ones is not None and 0 < ones < 10 and number % 10 == 0:
            tens, end, scaled = number + ones, skip + 1, True
    number = tens
    if lower[end : end + 3] == ["and", "a", "half"]:
        number, end, scaled = number + 0.5, end + 3, True
    while end < len(lower) and lower[end] in _SCALES and lower[i] not in _SCALES:
        touching = words[end - 1].end == words[end].start
        if len(lower[end]) == 1 and not touching:  # "5 m" is metres
            break
        number, end, scaled = number * _SCALES[lower[end]], end + 1, True
        if lower[end : end + 3] == ["and", "a", "half"]:
            number, end = number * 1.5, end + 3
    return number, end, scaled


def _unit(words: Sequence[Word], lower: Sequence[str], i: int, end: int) -> tuple[str, int]:
    if i and lower[i - 1] in _SIGNS:
        return _SIGNS[lower[i - 1]], end
    if lower[end : end + 2] == ["per", "cent"]:
        return "percent", end + 2
    if end < len(lower) and lower[end] == "-":
        end += 1
    if end < len(lower) and lower[end] in _UNIT:
        return _UNIT[lower[end]], end + 1
    return "", end


def _share(lower: Sequence[str], i: int) -> Iterator[Quantity]:
    """``half``, ``a fifth``, ``a fortnight``."""
    if lower[i] in _SHARES and (lower[i] == "half" or lower[i - 1 : i] in (["a"], ["one"])):
        share = _SHARES[lower[i]]
        yield Quantity(_plain(share), (i, i + 1))
        yield Quantity(_plain(100 * share), (i, i + 1))
    if lower[i] == "fortnight":
        yield Quantity(14, (i, i + 1), "day")


def _plain(number: float) -> Number:
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded
