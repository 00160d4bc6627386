"""Numbers in WHERE: which way a comparison goes, and the many ways to say it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from train.pocket.synthesis.spoken import adjectives
from train.pocket.synthesis.things import Attribute, Number, Thing
from train.pocket.synthesis.wording import say

__all__ = ["Compared", "compared", "figure", "side", "threshold"]

_OPERATORS = (">", "<", ">=", "<=", ">", "<", ">=", "<=", "=", "=", "!=")


@dataclass(frozen=True)
class Compared:
    """``rest`` and ``also`` follow the column in SQL; ``said`` stands behind the noun."""

    rest: str
    said: str
    also: str = ""


def compared(thing: Thing, attribute: Attribute, rng: random.Random) -> Compared:
    """A measure of the thing, compared with a number or with two."""
    low, high = sorted(threshold(attribute, rng) for _ in range(2))
    if low < high and rng.random() < 0.25:
        return _within(thing, attribute, low, high, rng)
    number, operator = rng.choice((low, high)), rng.choice(_OPERATORS)
    return Compared(f"{operator} {number}", side(thing, attribute, operator, number, rng))


def _within(
    thing: Thing, attribute: Attribute, low: Number, high: Number, rng: random.Random
) -> Compared:
    """Between two numbers, or beyond one and short of the other."""
    strict = rng.random() < 0.35
    said = say(
        rng,
        "within.strict" if strict else "within.between",
        low=figure(low, rng),
        high=figure(high, rng),
    )
    keys = ["compared.any", "compared.amount"] if attribute.is_amount else ["compared.any"]
    column = attribute.bare if attribute.is_amount else attribute
    after = say(rng, *keys, thing=thing, column=column, said=said)
    if strict:
        return Compared(f"> {low}", after, f"< {high}")
    return Compared(f"BETWEEN {low} AND {high}", after)


def side(
    thing: Thing, attribute: Attribute, operator: str, number: Number, rng: random.Random
) -> str:
    """What is said behind the noun: ``with a price under 30``, ``who are not older than 20``."""
    n, pair = figure(number, rng), adjectives(thing, attribute)
    sort = rng.random()
    if pair is not None and pair.how and operator not in ("=", "!=") and sort < 0.35:
        key = f"than.{operator}"
        return say(rng, key, thing=thing, more=pair.more, less=pair.less, n=n)
    if attribute.is_amount and operator != "!=" and sort < 0.6:
        said = say(rng, f"amount.{operator}", n=n)
        return say(rng, "compared.amount", thing=thing, column=attribute.bare, said=said)
    if operator != "!=" and sort > 0.8:
        return say(rng, f"reaching.{operator}", thing=thing, column=attribute, n=n)
    said = say(rng, f"compared.{operator}", n=n)
    return say(rng, "compared.any", thing=thing, column=attribute, said=said)


def threshold(attribute: Attribute, rng: random.Random) -> Number:
    """A number that splits the column: one of its own, rounded as people do."""
    number = rng.choice(attribute.numbers)
    if isinstance(number, float):
        short = round(number, 1) if abs(number) < 10 else round(number)
        return int(short) if short == int(short) else short  # nobody says "10.0"
    size = 10 ** max(0, len(str(abs(number))) - 2)
    return round(number / size) * size if rng.random() < 0.7 else number


def figure(number: Number, rng: random.Random) -> str:
    """``12000`` as ``12,000`` or as it is."""
    return f"{number:,}" if number >= 1000 and rng.random() < 0.4 else str(number)
