"""Questions about the kinds of one table's things."""

from __future__ import annotations

import random

from train.pocket.synthesis.asked import Asked, Patterns
from train.pocket.synthesis.conditions import Some, some, where
from train.pocket.synthesis.spoken import counted, manner, measured
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.wording import say

__all__ = ["GROUPED"]


def grouped(thing: Thing, rng: random.Random) -> Asked | None:
    """A number for each kind."""
    if not thing.kinds:
        return None
    kind = rng.choice(thing.kinds)
    found = measured(thing, rng, "sum avg max min") if rng.random() < 0.5 else None
    what = some(thing, rng, (0.75, 0.25), beside=[kind])
    if found is None:
        value, text = "count(*)", say(rng, "grouped.count", what=what, each=kind.one)
    else:
        function, measure = found
        value, text = f"{function}({measure.column})", _each(function, measure, what, kind, rng)
    order = ""
    if rng.random() < 0.2:
        high = rng.random() < 0.8
        text += say(rng, "order.high" if high else "order.low")
        order = f" ORDER BY {value}{' DESC' if high else ''}"
    rest = f"{where(*what.said(text))} GROUP BY {kind.column}{order}"
    return Asked(text, f"SELECT {kind.column}, {value} FROM {thing.table}{rest}")


def _each(
    function: str, measure: Attribute, what: Some, kind: Attribute, rng: random.Random
) -> str:
    keys = ["grouped.any"]
    if function in ("sum", "avg") and measure.adds_up:
        keys.append(f"grouped.{function}_{manner(measure)}")
    if function == "sum" and measure.is_earned:
        keys.append("grouped.sum_earned")
    word = say(rng, f"word.{function}")
    return say(rng, *keys, word=word, column=measure, what=what, each=kind.one)


def commonest(thing: Thing, rng: random.Random) -> Asked | None:
    """The kind with the most or the fewest things, or with the most of an amount."""
    if not thing.kinds:
        return None
    kind, high = rng.choice(thing.kinds), rng.random() < 0.7
    what = some(thing, rng, (0.75, 0.25), beside=[kind])
    measure = rng.choice(thing.amounts) if thing.amounts and rng.random() < 0.3 else None
    if measure is None:
        value, most = "count(*)", "most" if high else "fewest"
        more, how = [f"{most}_place"] if kind.is_place else [], "many"
    else:
        value, most = f"sum({measure.column})", "most" if high else "least"
        more, how = [f"{most}_earned"] if measure.is_earned else [], "much"
        most = f"{most}_sum"
    keys = [f"commonest.{key}" for key in (most, *more)]
    text, selected = say(rng, *keys, column=kind, what=what, measure=measure), kind.column
    if rng.random() < 0.2:
        selected += f", {value}"
        text += say(rng, f"commonest.and_{how}")
    order = f"GROUP BY {kind.column} ORDER BY {value}{' DESC' if high else ''} LIMIT 1"
    return Asked(text, f"SELECT {selected} FROM {thing.table}{where(*what.said(text))} {order}")


def shared(thing: Thing, rng: random.Random) -> Asked | None:
    """Kinds with more than a number of things."""
    if not thing.kinds:
        return None
    kind, (condition, said) = rng.choice(thing.kinds), counted(rng)
    text = say(rng, "shared.any", thing=thing, column=kind, said=said)
    having = f"GROUP BY {kind.column} HAVING count(*) {condition}"
    return Asked(text, f"SELECT {kind.column} FROM {thing.table} {having}")


def kinds_of_both(thing: Thing, rng: random.Random) -> Asked | None:
    """Kinds that have things of one sort, and of another or not of another."""
    if len(thing.kinds) < 2:
        return None
    shown, kind = rng.sample(thing.kinds, 2)
    one, other = rng.sample(kind.texts, 2)
    key, operator = rng.choice((("both", "INTERSECT"), ("but_not", "EXCEPT")))
    slots = {"thing": thing, "shown": shown, "column": kind}
    text = say(rng, f"kinds_of_both.{key}", **slots, one=one, other=other)
    arms = [
        f"SELECT {shown.column} FROM {thing.table} WHERE {kind.column} = '{value}'"
        for value in (one, other)
    ]
    return Asked(text, f" {operator} ".join(arms))


GROUPED: Patterns[Thing] = ((grouped, 4), (commonest, 3), (shared, 2), (kinds_of_both, 2))
