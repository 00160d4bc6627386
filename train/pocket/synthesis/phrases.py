"""Phrases and choices that several patterns share: names, aggregates, counts and superlatives."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.vocabulary import Superlative, superlatives
from train.pocket.synthesis.wording import say

__all__ = [
    "CountCondition",
    "adjective",
    "adjectives",
    "ask_for_count",
    "ask_for_names",
    "count_condition",
    "end_phrase",
    "extreme_phrase",
    "much_or_many",
    "names_of",
    "number_phrase",
    "random_aggregate",
]

#: The first clause after a noun, if it may become the verb of the question.
_RELATIVE = re.compile(r"^((?:(?! (?:whose|where|which|that|who) ).)*) (?:that|who) ")
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}


def names_of(thing: Thing, alias: str = "") -> str:
    """The columns to select for the names of things, in SQL."""
    return ", ".join(name.sql(alias) for name in thing.names)


def ask_for_names(thing: Thing, rng: random.Random, what: object) -> str:
    """A request for the names of ``what``: ``which are the red cars``."""
    keys = ["which.any", "which.who"] if thing.is_person else ["which.any"]
    text = say(rng, *keys, what=what)
    if not text.startswith("which ") or text.startswith("which are "):
        return text
    # "which cars that have a roof" is no question, "which cars have a roof" is
    asked = _RELATIVE.sub(r"\1 ", text)
    return asked if asked != text else text.replace("which ", "which are the ", 1)


def ask_for_count(rng: random.Random, what: object, *keys: str) -> str:
    """A request for the number of ``what``: ``how many cars have a roof``."""
    text = say(rng, *keys, what=what)
    return _RELATIVE.sub(r"\1 ", text) if text == f"how many {what}" else text


def much_or_many(attribute: Attribute) -> str:
    """``many`` for an attribute that is counted, ``much`` for any other."""
    return "many" if attribute.is_counted else "much"


def random_aggregate(
    thing: Thing, rng: random.Random, functions: str
) -> tuple[str, Attribute] | None:
    """Choose a function and a measure that it fits; None without such a measure.

    Args:
        functions: the functions to choose from, separated by spaces.
    """
    function = rng.choice(functions.split())
    if function == "sum" and not thing.amounts:
        function = "avg"
    measures = thing.amounts if function == "sum" else thing.measures
    return (function, rng.choice(measures)) if measures else None


def adjectives(thing: Thing, column: Attribute) -> Superlative | None:
    """The adjectives for a column; None if it has none, or an earlier column has the same."""
    pair = superlatives(column.name, thing.is_time(column))
    alike = (c for c in thing.ranked if superlatives(c.name, thing.is_time(c)) == pair)
    return pair if next(alike, None) == column else None


@dataclass(frozen=True)
class CountCondition:
    """A condition on a count: ``condition`` in SQL, ``said`` in words before the noun."""

    condition: str
    said: str
    is_one: bool  # whether the noun is singular: "more than one car"


def count_condition(rng: random.Random) -> CountCondition:
    """Choose a condition on a number of things: ``more than 3``, ``between one and two``."""
    number = rng.choice((1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 10, 20, 50, 100, 200))
    if number < 6 and rng.random() < 0.15:
        high = number + rng.choice((1, 2, 3))
        said = say(rng, "counted.BETWEEN", low=_number(number, rng), high=_number(high, rng))
        return CountCondition(f"BETWEEN {number} AND {high}", said, False)
    # no "at least one": every group meets it
    operator = rng.choice(
        (">", ">", "=") if number == 1 else (">", ">", ">=", ">=", "<", "<=", "=")
    )
    said = say(rng, f"counted.{operator}", n=_number(number, rng))
    return CountCondition(f"{operator} {number}", said, number == 1)


def _number(number: int, rng: random.Random) -> str:
    return rng.choice((str(number), _NUMBERS.get(number, str(number))))


def adjective(thing: Thing, column: Attribute, high: bool, rng: random.Random) -> str | None:
    """A superlative for one end of a column: ``oldest``; None if none is known."""
    pair = adjectives(thing, column)
    return rng.choice(pair.most if high else pair.least) if pair else None


def end_phrase(thing: Thing, column: Attribute, high: bool, rng: random.Random) -> str:
    """The words for one end of a column: ``the highest``, ``the latest``."""
    if thing.is_time(column):
        return say(rng, "end.latest" if high else "end.earliest")
    key = "end.high" if high else "end.low"
    return say(rng, key, f"{key}_amount") if column.adds_up else say(rng, key)


def extreme_phrase(
    thing: Thing, alias: str, rng: random.Random, key: str, **slots: object
) -> tuple[str, str]:
    """Choose a column and an end of it: the text that asks for that thing, and its ORDER BY.

    Args:
        key: the section of the wordings, which holds ``adjective`` and ``column``.
    """
    column, high = rng.choice(thing.ranked), rng.random() < 0.6
    order = f"ORDER BY {column.sql(alias)}{' DESC' if high else ''} LIMIT 1"
    called = adjective(thing, column, high, rng)
    if called is not None and rng.random() < 0.6:
        return say(rng, f"{key}.adjective", adjective=called, **slots), order
    at = end_phrase(thing, column, high, rng)
    return say(rng, f"{key}.column", column=column, end=at, **slots), order


def number_phrase(number: int, rng: random.Random) -> str:
    """``number`` in digits or as a word, followed by a space; empty for one."""
    return "" if number == 1 else f"{_number(number, rng)} "
