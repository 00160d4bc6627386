"""Questions about the things of one table: how many, which, and their columns' values."""

from __future__ import annotations

import random

from text2sql.query.nouns import listed
from train.pocket.synthesis.conditions import random_selection, where
from train.pocket.synthesis.lists import column_phrase
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    adjectives,
    ask_for_count,
    ask_for_names,
    much_or_many,
    names_of,
    random_aggregate,
)
from train.pocket.synthesis.things import Thing
from train.pocket.synthesis.wording import say

__all__ = ["ONE_TABLE"]


def count(thing: Thing, rng: random.Random) -> MadeUpQuestion:
    what = random_selection(thing, rng, (0.15, 0.55, 0.3))
    text = ask_for_count(rng, what, "count.any", "count.some" if what.conditions else "count.all")
    return MadeUpQuestion(text, f"SELECT count(*) FROM {thing.table}{where(*what.sql_in(text))}")


def names(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    if not thing.names:
        return None
    what = random_selection(thing, rng, (0.1, 0.6, 0.3))
    text = ask_for_names(thing, rng, what)
    return MadeUpQuestion(
        text, f"SELECT {names_of(thing)} FROM {thing.table}{where(*what.sql_in(text))}"
    )


def columns(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """One to three columns, each named in the question."""
    known = [*thing.names[:1], *thing.attributes]
    if not known:
        return None
    shown = rng.sample(known, min(len(known), rng.choice((1, 2, 2, 3))))
    what = random_selection(thing, rng, (0.3, 0.55, 0.15), beside=shown)
    text = say(
        rng,
        "columns.any",
        what=what,
        columns=listed([column_phrase(thing, attribute, rng) for attribute in shown]),
        many=listed([attribute.many for attribute in shown]),
    )
    selected = ", ".join(attribute.column for attribute in shown)
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))}")


def of_one(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """A column of the thing with a given name."""
    values = thing.names[0].texts if len(thing.names) == 1 else ()
    if not values or not thing.attributes:
        return None
    shown, value = rng.choice(thing.attributes), rng.choice(values)
    pair = adjectives(thing, shown)
    key = "of_one.how" if pair is not None and pair.how and rng.random() < 0.5 else "of_one.any"
    how = pair.how if pair is not None else ""
    text = say(rng, key, thing=thing, column=shown, value=value, how=how)
    name = thing.names[0].column
    return MadeUpQuestion(
        text, f"SELECT {shown.column} FROM {thing.table} WHERE {name} = '{value}'"
    )


def aggregate(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    found = random_aggregate(thing, rng, "sum sum sum avg avg max min")
    if found is None:
        return None
    function, measure = found
    what = random_selection(thing, rng, (0.4, 0.5, 0.1), beside=[measure])
    keys = [f"{function}.any"]
    if function in ("sum", "avg") and measure.adds_up:
        keys.append(f"{function}.{much_or_many(measure)}")
    text = say(rng, *keys, what=what, column=measure)
    selected = f"{function}({measure.column})"
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))}")


def extremes(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Two or three functions of a measure at once."""
    if not thing.measures:
        return None
    measure = rng.choice(thing.measures)
    what = random_selection(thing, rng, (0.6, 0.4), beside=[measure])
    functions = rng.sample(("max", "min", "avg"), rng.choice((2, 2, 3)))
    words = listed([say(rng, f"word.{function}") for function in functions])
    text = say(rng, "extremes.any", what=what, column=measure, words=words)
    selected = ", ".join(f"{function}({measure.column})" for function in functions)
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))}")


def different(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """The different kinds, or how many there are."""
    if not thing.kinds:
        return None
    kind = rng.choice(thing.kinds)
    what = random_selection(thing, rng, (0.6, 0.4), beside=[kind])
    if rng.random() < 0.5:
        text = say(rng, "different.count", what=what, column=kind)
        selected = f"count(DISTINCT {kind.column})"
    else:
        keys = ["different.list", "different.places"] if kind.is_place else ["different.list"]
        text = say(rng, *keys, what=what, column=kind)
        selected = f"DISTINCT {kind.column}"
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))}")


def either(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Things of one kind or of another."""
    if not thing.kinds:
        return None
    kind = rng.choice(thing.kinds)
    if kind.is_flag:
        return None
    one, other = rng.sample(kind.texts, 2)
    said = say(rng, "either.any", thing=thing, column=kind, one=one, other=other)
    rest = f"FROM {thing.table} WHERE {kind.column} = '{one}' OR {kind.column} = '{other}'"
    what = f"{thing.many} {said}"
    if thing.names and rng.random() < 0.5:
        return MadeUpQuestion(ask_for_names(thing, rng, what), f"SELECT {names_of(thing)} {rest}")
    text = say(rng, "count.short", "either.count", thing=thing, what=what, one=one, other=other)
    return MadeUpQuestion(text, f"SELECT count(*) {rest}")


def two_columns(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Two dates, compared with each other."""
    if len(thing.dates) < 2:
        return None
    one, other = rng.sample(thing.dates, 2)
    order, operator = rng.choice((("later", ">"), ("earlier", "<")))
    what = f"{thing.many} {say(rng, f'two_columns.{order}', column=one, other=other)}"
    rest = f"FROM {thing.table} WHERE {one.column} {operator} {other.column}"
    if thing.names and rng.random() < 0.5:
        return MadeUpQuestion(ask_for_names(thing, rng, what), f"SELECT {names_of(thing)} {rest}")
    return MadeUpQuestion(ask_for_count(rng, what, "count.short"), f"SELECT count(*) {rest}")


ONE_TABLE: Patterns[Thing] = (
    (count, 5),
    (names, 5),
    (columns, 4),
    (of_one, 2),
    (aggregate, 7),
    (extremes, 2),
    (different, 4),
    (either, 2),
    (two_columns, 1),
)
