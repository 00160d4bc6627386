"""Questions that group one table's things by kind."""

from __future__ import annotations

import random

from text2sql.query.nouns import listed
from train.pocket.synthesis.conditions import Selection, random_selection, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    count_condition,
    much_or_many,
    number_phrase,
    random_aggregate,
)
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.wording import say

__all__ = ["GROUPS"]


def grouped(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """A count or an aggregate for each kind."""
    if not thing.groups:
        return None
    kind = rng.choice(thing.groups)
    found = random_aggregate(thing, rng, "sum sum avg max min") if rng.random() < 0.6 else None
    if found is not None and found[1].column == kind.column:
        return None
    what = random_selection(thing, rng, (0.75, 0.25), beside=[kind])
    if found is None:
        value, text = "count(*)", say(rng, "grouped.count", what=what, each=kind.each)
    else:
        function, measure = found
        value, text = f"{function}({measure.column})", _each(function, measure, what, kind, rng)
    order = ""
    if rng.random() < 0.08:
        text += say(rng, "order.by", column=kind.each)
        order = f" ORDER BY {kind.column}"
    elif rng.random() < 0.2:
        high = rng.random() < 0.8
        text += say(rng, "order.high" if high else "order.low")
        order = f" ORDER BY {value}{' DESC' if high else ''}"
    rest = f"{where(*what.sql_in(text))} GROUP BY {kind.column}{order}"
    return MadeUpQuestion(text, f"SELECT {kind.column}, {value} FROM {thing.table}{rest}")


def _each(
    function: str, measure: Attribute, what: Selection, kind: Attribute, rng: random.Random
) -> str:
    keys = ["grouped.any"]
    if function in ("sum", "avg") and measure.adds_up:
        keys.append(f"grouped.{function}_{much_or_many(measure)}")
    if function == "sum" and measure.is_earned:
        keys.append("grouped.sum_earned")
    word = say(rng, f"word.{function}")
    return say(rng, *keys, word=word, column=measure, what=what, each=kind.each)


def summary(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Two or three functions of a measure for each kind."""
    measures = [m for m in thing.measures if m not in thing.groups]
    if not thing.groups or not measures:
        return None
    kind, measure = rng.choice(thing.groups), rng.choice(measures)
    functions = rng.sample(("avg", "max", "min"), rng.choice((2, 2, 3)))
    words = listed([say(rng, f"word.{function}") for function in functions])
    what = random_selection(thing, rng, (0.8, 0.2), beside=[kind, measure])
    text = say(rng, "grouped.any", word=words, column=measure, what=what, each=kind.each)
    selected = ", ".join([*(f"{f}({measure.column})" for f in functions), kind.column])
    if rng.random() < 0.5 or text.startswith(("show every", "for each")):
        selected = ", ".join([kind.column, *(f"{f}({measure.column})" for f in functions)])
    rest = f"{where(*what.sql_in(text))} GROUP BY {kind.column}"
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{rest}")


def ranked_kinds(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Kinds alone, ordered by their number of things or their total of an amount."""
    if not thing.kinds:
        return None
    kind, high = rng.choice(thing.kinds), rng.random() < 0.6
    amount = rng.choice(thing.amounts) if thing.amounts and rng.random() < 0.5 else None
    value = f"sum({amount.column})" if amount else "count(*)"
    key = f"ranked_kinds.{'sum' if amount else 'count'}_{'high' if high else 'low'}"
    what = random_selection(thing, rng, (0.85, 0.15), beside=[kind])
    number = rng.choice((2, 3, 5)) if rng.random() < 0.4 else None
    few = number_phrase(number, rng) if number else ""
    key += "_few" if number else ""
    text = say(rng, key, column=kind, what=what, measure=amount, some=few)
    rest = f"GROUP BY {kind.column} ORDER BY {value}{' DESC' if high else ''}"
    rest += f" LIMIT {number}" if number else ""
    return MadeUpQuestion(
        text, f"SELECT {kind.column} FROM {thing.table}{where(*what.sql_in(text))} {rest}"
    )


def commonest(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """The kind with the most or fewest things, or with the largest or smallest total."""
    groups = (*thing.kinds, *thing.years)
    if not groups:
        return None
    kind, high = rng.choice(groups), rng.random() < 0.7
    what = random_selection(thing, rng, (0.75, 0.25), beside=[kind])
    measure = rng.choice(thing.amounts) if thing.amounts and rng.random() < 0.3 else None
    if measure is None:
        value, most = "count(*)", "most" if high else "fewest"
        more, how = [], "many"
        if kind in thing.years or kind.is_place:
            more.append(f"{most}_where")
        if kind.is_place:
            more.append(f"{most}_place")
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
    return MadeUpQuestion(
        text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))} {order}"
    )


def shared(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Kinds whose number of things meets a condition."""
    groups = (*thing.kinds, *thing.years)
    if not groups:
        return None
    kind, number = rng.choice(groups), count_condition(rng)
    what = random_selection(thing, rng, (0.75, 0.25), beside=[kind])
    noun = what.one if number.is_one else what
    times = "time" if number.is_one else "times"
    text = say(rng, "shared.any", what=noun, column=kind, said=number.said, times=times)
    having = f"GROUP BY {kind.column} HAVING count(*) {number.condition}"
    conditions = where(*what.sql_in(text))
    return MadeUpQuestion(text, f"SELECT {kind.column} FROM {thing.table}{conditions} {having}")


def kinds_of_both(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Kinds with things of two other kinds, or with things of one but not the other."""
    if len(thing.kinds) < 2:
        return None
    shown, kind = rng.sample(thing.kinds, 2)
    if kind.is_flag:
        return None
    one, other = rng.sample(kind.texts, 2)
    key, operator = rng.choice((("both", "INTERSECT"), ("but_not", "EXCEPT")))
    slots = {"thing": thing, "shown": shown, "column": kind}
    text = say(rng, f"kinds_of_both.{key}", **slots, one=one, other=other)
    arms = [
        f"SELECT {shown.column} FROM {thing.table} WHERE {kind.column} = '{value}'"
        for value in (one, other)
    ]
    return MadeUpQuestion(text, f" {operator} ".join(arms))


GROUPS: Patterns[Thing] = (
    (grouped, 6),
    (summary, 1),
    (ranked_kinds, 2),
    (commonest, 3),
    (shared, 3),
    (kinds_of_both, 2),
)
