"""Numbers as people write them: amounts of money, percentages, quantities, in several notations.

A column is read as a whole, since ``1,234`` alone may be 1234 or 1.234.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["NumberFormat", "find_format", "is_currency", "is_number", "units_of"]

_SYMBOLS = "$€£¥₹₽₺₩₪฿₴₦₫₱"
_CODES = (
    "USD EUR GBP CHF JPY CNY RMB INR AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN RUB TRY UAH ILS "
    "AED SAR EGP ZAR NGN KES BRL MXN ARS CLP COP PEN KRW HKD SGD TWD THB IDR MYR PHP VND"
).split()
#: The code of a sign, which may stand beside it in one column.
_CODE_OF = dict(
    zip(
        (*"€£₹₽₺₩₪฿₴₦₫₱", "zł", "Kč", "Ft", "lei", "Fr.", "US$", "CA$", "AU$"),
        "EUR GBP INR RUB TRY KRW ILS THB UAH NGN VND PHP PLN CZK HUF RON CHF USD CAD AUD".split(),
        strict=True,
    )
)
_WORDS = "kr zł Kč Ft lei Rs Rs. Fr. 元 円 원".split()
_UNITS = (
    "kg g mg t lb lbs oz km m cm mm mi ft l ml kWh MWh GWh W kW MW h hrs min s ms KB MB GB TB Hz "
    "kHz MHz GHz °C °F km/h mph m² m2 km² km2 m³ m3 sqm ha pcs px days years yrs"
).split()


def _one_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONEY = rf"[A-Z]{{0,3}}[{_SYMBOLS}]|{_one_of(_CODES)}|{_one_of(_WORDS)}"
_GAP = "[ \u00a0\u2007\u2009\u202f]"
_CELL = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+\u2212\u2013])?{_GAP}?(?P<before>{_MONEY})?{_GAP}?"
    rf"(?P<late>[-\u2212])?(?P<digits>[\d.,](?:[\d.,'\u2019]|{_GAP}(?=\d))*)"
    rf"(?P<power>[eE][+-]?\d{{1,3}})?{_GAP}?"
    rf"(?P<after>%|\u2030|{_MONEY}|{_one_of(_UNITS)})?(?P<minus>[-\u2212])?(?P<close>\))?\Z",
    re.ASCII,
)


@dataclass(frozen=True)
class _DigitNotation:
    """How digits are written; ``group`` is a class of characters, ``size`` that of the groups."""

    example: str
    group: str
    decimal: str
    size: str = "{3}"

    @property
    def pattern(self) -> re.Pattern[str]:
        first = rf"(?:[1-9]\d{{0,2}}(?:{self.group}\d{self.size})*{self.group}\d{{3}}"
        plain = rf"|0|[1-9]\d{{0,17}})(?:{self.decimal}\d*)?|{self.decimal}\d+"
        return re.compile(f"(?:{first}{plain})\\Z", re.ASCII)


#: In the order of preference where several fit all cells.
_NOTATIONS = (
    _DigitNotation("1,234.5", ",", r"\."),
    _DigitNotation("1.234,5", r"\.", ","),
    _DigitNotation("1 234,5", _GAP, ","),
    _DigitNotation("1 234.5", _GAP, r"\."),
    _DigitNotation("1'234.5", "['\u2019]", r"\."),
    _DigitNotation("1'234,5", "['\u2019]", ","),
    _DigitNotation("12,34,567.5", ",", r"\.", "{2}"),
)
_PATTERNS = [(notation, notation.pattern) for notation in _NOTATIONS]
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a column are written; ``comma`` says that decimals have a comma.

    ``unit`` is a currency, a percent sign or a unit of measurement. ``separated`` says that points
    or commas occur, ``ambiguous`` that cells such as ``1,234`` have another reading, and ``marked``
    that they are written otherwise than as plain numbers.
    """

    notation: str
    group: str
    comma: bool
    unit: str = ""
    separated: bool = False
    ambiguous: bool = False
    marked: bool = False

    def value(self, text: str) -> int | float | None:
        """Return the number that ``text`` stands for, None if it is not a number in this format."""
        match = _CELL.match(text)
        if match is None:
            return None
        pattern = next(p for n, p in _PATTERNS if n.example == self.notation)
        if not pattern.match(match["digits"]):
            return None
        digits = re.sub(self.group, "", match["digits"])
        digits = digits.replace(",", ".") if self.comma else digits
        whole = digits.isdigit() and not match["power"]
        number = int(digits) if whole else float(digits + (match["power"] or ""))
        signs = (match["sign"], match["late"], match["minus"], match["open"])
        return -number if any(sign and sign != "+" for sign in signs) else number


def is_currency(text: str) -> bool:
    """Whether ``text`` is the sign or the code of a currency."""
    return re.fullmatch(_MONEY, text) is not None


def is_number(text: str) -> bool:
    """Whether ``text`` may be a number in some notation."""
    match = _CELL.match(text)
    return match is not None and any(p.match(match["digits"]) for _, p in _PATTERNS)


def find_format(cells: Sequence[str], comma: bool | None = None) -> NumberFormat | str | None:
    """Find the format in which all ``cells`` are numbers.

    Args:
        comma: whether other columns of the file have decimal commas; None if that is unknown.

    Returns:
        None if the cells are not numbers, or a clause that says why numbers were not read.
    """
    matches = [match for cell in cells if (match := _CELL.match(cell))]
    if not cells or len(matches) != len(cells) or not all(map(_sound, matches)):
        return None
    named = _units(matches)
    double = any(m["before"] and m["after"] for m in matches)
    if double or (len(named) == 1 and not _applies(named[0], matches)):
        return None
    if len(named) > 1:
        return f"its cells have different units ({', '.join(named[:5])})"
    digits = {match["digits"] for match in matches}
    fitting = [n for n, pattern in _PATTERNS if all(map(pattern.match, digits))]
    if not fitting:
        return None
    return _chosen(fitting, cells, digits, named[0] if named else "", comma)


def units_of(cells: Sequence[str]) -> list[str]:
    """Return the different currencies and units of ``cells``; € and EUR are the same one."""
    return _units(match for cell in cells if (match := _CELL.match(cell)))


def _units(matches: Iterable[re.Match[str]]) -> list[str]:
    found = {match["before"] or match["after"] or "" for match in matches} - {""}
    signs = {_CODE_OF.get(unit, unit): unit for unit in sorted(found)}
    return sorted(signs.values())


def _sound(match: re.Match[str]) -> bool:
    signs = [match[group] for group in ("sign", "late", "minus", "open") if match[group]]
    phone = match["sign"] == "+" and re.search(_GAP, match["digits"])
    return bool(match["open"]) == bool(match["close"]) and len(signs) <= 1 and not phone


def _applies(unit: str, matches: Sequence[re.Match[str]]) -> bool:
    """Whether all cells have the only unit; a zero, and an amount of money, may be without it."""
    if is_currency(unit):
        return True
    bare = [m["digits"] for m in matches if not m["after"]]
    return all(not digits.strip("0.,") for digits in bare)


def _chosen(
    fitting: Sequence[_DigitNotation],
    cells: Sequence[str],
    digits: set[str],
    unit: str,
    comma: bool | None,
) -> NumberFormat:
    commas = [n for n in fitting if n.decimal == ","]
    points = [n for n in fitting if n.decimal != ","]
    separated = any(set(text) & {",", "."} for text in digits)
    ambiguous = bool(commas) and bool(points) and separated
    taken = (commas if commas and (not points or comma) else points)[0]
    marked = taken in commas or not all(map(_PLAIN.match, cells))
    return NumberFormat(
        taken.example, taken.group, taken in commas, unit, separated, ambiguous, marked
    )
