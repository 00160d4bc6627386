"""Comparisons of a column with numbers, in SQL and in words."""

from __future__ import annotations

import random
from dataclasses import dataclass

from train.pocket.synthesis.phrases import adjectives
from train.pocket.synthesis.things import Attribute, Number, Thing
from train.pocket.synthesis.wording import say

__all__ = ["Comparison", "comparison_phrase", "random_comparison", "threshold", "written_number"]

_OPERATORS = (">", "<", ">=", "<=", ">", "<", ">=", "<=", "=", "=", "!=")


@dataclass(frozen=True)
class Comparison:
    """``rest`` and ``also`` follow the column in SQL; ``said`` follows the noun."""

    rest: str
    said: str
    also: str = ""


def random_comparison(thing: Thing, attribute: Attribute, rng: random.Random) -> Comparison:
    """Compare a measure of the thing with one number or two."""
    low, high = sorted(threshold(attribute, rng) for _ in range(2))
    if low < high and rng.random() < 0.25:
        return _within(thing, attribute, low, high, rng)
    number, operator = rng.choice((low, high)), rng.choice(_OPERATORS)
    return Comparison(
        f"{operator} {number}", comparison_phrase(thing, attribute, operator, number, rng)
    )


def _within(
    thing: Thing, attribute: Attribute, low: Number, high: Number, rng: random.Random
) -> Comparison:
    """Between two numbers, with or without the numbers themselves."""
    strict = rng.random() < 0.35
    said = say(
        rng,
        "within.strict" if strict else "within.between",
        low=written_number(low, rng),
        high=written_number(high, rng),
    )
    keys = ["compared.any", "compared.amount"] if attribute.is_amount else ["compared.any"]
    column = attribute.bare if attribute.is_amount else attribute
    after = say(rng, *keys, thing=thing, column=column, said=said)
    if strict:
        return Comparison(f"> {low}", after, f"< {high}")
    return Comparison(f"BETWEEN {low} AND {high}", after)


def comparison_phrase(
    thing: Thing, attribute: Attribute, operator: str, number: Number, rng: random.Random
) -> str:
    """The phrase after the noun: ``with a price under 30``, ``who are not older than 20``."""
    n, pair = written_number(number, rng), adjectives(thing, attribute)
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
    """A number to compare with: one of the column's cells, rounded as people round."""
    number = rng.choice(attribute.numbers)
    if isinstance(number, float):
        short = round(number, 1) if abs(number) < 10 else round(number)
        return int(short) if short == int(short) else short  # nobody says "10.0"
    size = 10 ** max(0, len(str(abs(number))) - 2)
    return round(number / size) * size if rng.random() < 0.7 else number


def written_number(number: Number, rng: random.Random) -> str:
    """Write ``12000`` as ``12,000`` or as ``12000``."""
    return f"{number:,}" if number >= 1000 and rng.random() < 0.4 else str(number)
