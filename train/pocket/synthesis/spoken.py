"""What several patterns say alike: which things, how much of a measure, how many of them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.vocabulary import Superlative, superlatives
from train.pocket.synthesis.wording import say

__all__ = [
    "Counted",
    "adjective",
    "adjectives",
    "at_an_end",
    "counted",
    "end",
    "how_many",
    "limit",
    "manner",
    "measured",
    "named",
    "which",
]

#: The first clause behind a noun, where it may become the verb of the question.
_RELATIVE = re.compile(r"^((?:(?! (?:whose|where|which|that|who) ).)*) (?:that|who) ")
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}


def named(thing: Thing, alias: str = "") -> str:
    """What SELECT holds where a question asks which things: their names."""
    return ", ".join(name.of(alias) for name in thing.names)


def which(thing: Thing, rng: random.Random, what: object) -> str:
    """A request for the names of ``what``: ``which are the red cars``."""
    keys = ["which.any", "which.who"] if thing.is_person else ["which.any"]
    text = say(rng, *keys, what=what)
    if not text.startswith("which ") or text.startswith("which are "):
        return text
    # "which cars that have a roof" is no question, "which cars have a roof" is
    asked = _RELATIVE.sub(r"\1 ", text)
    return asked if asked != text else text.replace("which ", "which are the ", 1)


def how_many(rng: random.Random, what: object, *keys: str) -> str:
    """A request for the number of ``what``: ``how many cars have a roof``."""
    text = say(rng, *keys, what=what)
    return _RELATIVE.sub(r"\1 ", text) if text == f"how many {what}" else text


def manner(attribute: Attribute) -> str:
    """``many`` of what is counted, ``much`` of anything else."""
    return "many" if attribute.is_counted else "much"


def measured(thing: Thing, rng: random.Random, functions: str) -> tuple[str, Attribute] | None:
    """A function and a measure of the thing that it may be used on; None without a measure.

    Args:
        functions: those to choose from, with spaces between them.
    """
    function = rng.choice(functions.split())
    if function == "sum" and not thing.amounts:
        function = "avg"
    measures = thing.amounts if function == "sum" else thing.measures
    return (function, rng.choice(measures)) if measures else None


def adjectives(thing: Thing, column: Attribute) -> Superlative | None:
    """What things high and low in a column are called; of two that would be alike, the first."""
    pair = superlatives(column.name, thing.is_time(column))
    alike = (c for c in thing.ranked if superlatives(c.name, thing.is_time(c)) == pair)
    return pair if next(alike, None) == column else None


@dataclass(frozen=True)
class Counted:
    """A condition on a count: ``condition`` in SQL, and ``said`` before the noun."""

    condition: str
    said: str
    is_one: bool  # "more than one car" speaks of one


def counted(rng: random.Random) -> Counted:
    """A condition on a number of things: ``more than 3``, ``between one and two``."""
    number = rng.choice((1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 10, 20, 50, 100, 200))
    if number < 6 and rng.random() < 0.15:
        high = number + rng.choice((1, 2, 3))
        said = say(rng, "counted.BETWEEN", low=_number(number, rng), high=_number(high, rng))
        return Counted(f"BETWEEN {number} AND {high}", said, False)
    # "at least one" is any
    operator = rng.choice(
        (">", ">", "=") if number == 1 else (">", ">", ">=", ">=", "<", "<=", "=")
    )
    said = say(rng, f"counted.{operator}", n=_number(number, rng))
    return Counted(f"{operator} {number}", said, number == 1)


def _number(number: int, rng: random.Random) -> str:
    return rng.choice((str(number), _NUMBERS.get(number, str(number))))


def adjective(thing: Thing, column: Attribute, high: bool, rng: random.Random) -> str | None:
    """What the thing at one end of a column is called: ``oldest``; None where none is known."""
    pair = adjectives(thing, column)
    return rng.choice(pair.most if high else pair.least) if pair else None


def end(thing: Thing, column: Attribute, high: bool, rng: random.Random) -> str:
    """Which end of a column is meant: ``the highest``, ``the latest``."""
    if thing.is_time(column):
        return say(rng, "end.latest" if high else "end.earliest")
    key = "end.high" if high else "end.low"
    return say(rng, key, f"{key}_amount") if column.adds_up else say(rng, key)


def at_an_end(
    thing: Thing, alias: str, rng: random.Random, key: str, **slots: object
) -> tuple[str, str]:
    """What asks for the thing at an end of one of its columns, and the ORDER BY that finds it.

    Args:
        key: whose wordings ``adjective`` and ``column`` say so.
    """
    column, high = rng.choice(thing.ranked), rng.random() < 0.6
    order = f"ORDER BY {column.of(alias)}{' DESC' if high else ''} LIMIT 1"
    called = adjective(thing, column, high, rng)
    if called is not None and rng.random() < 0.6:
        return say(rng, f"{key}.adjective", adjective=called, **slots), order
    at = end(thing, column, high, rng)
    return say(rng, f"{key}.column", column=column, end=at, **slots), order


def limit(number: int, rng: random.Random) -> str:
    """``number`` in digits or as a word, with a space behind it; nothing for one."""
    return "" if number == 1 else f"{_number(number, rng)} "
