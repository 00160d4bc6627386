"""Questions about the highest and lowest of one table's things, and those above the average."""

from __future__ import annotations

import random

from text2sql.query.nouns import listed
from train.pocket.synthesis.conditions import Selection, random_selection, where
from train.pocket.synthesis.lists import column_phrase
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    adjective,
    adjectives,
    ask_for_count,
    ask_for_names,
    end_phrase,
    names_of,
    number_phrase,
)
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.wording import say

__all__ = ["RANKINGS"]


def superlative(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """The thing, or the few things, with the highest or lowest measure or date."""
    if not thing.ranked or not thing.names:
        return None
    column, high = rng.choice(thing.ranked), rng.random() < 0.6
    what = random_selection(thing, rng, (0.75, 0.25), beside=[column])
    number = rng.choice((2, 3, 4, 5, 10)) if rng.random() < 0.35 else 1
    text, selected = _first(what, column, high, number, rng), names_of(thing)
    if rng.random() < 0.2:
        selected += f", {column.column}"
        text += say(rng, "superlative.shown", thing=thing, column=column)
    order = f"{column.column}{' DESC' if high else ''} LIMIT {number}"
    conditions = where(*what.sql_in(text))
    return MadeUpQuestion(
        text, f"SELECT {selected} FROM {thing.table}{conditions} ORDER BY {order}"
    )


def _first(what: Selection, column: Attribute, high: bool, number: int, rng: random.Random) -> str:
    """``the three oldest red cars``, or ``the three red cars with the highest age``."""
    thing = what.thing
    some, noun = number_phrase(number, rng), (what.one if number == 1 else str(what))
    called = adjective(thing, column, high, rng)
    if called is None or rng.random() < 0.3:
        slots = {"some": some, "noun": noun, "have": "has" if number == 1 else "have"}
        which_end = end_phrase(thing, column, high, rng)
        return say(rng, "superlative.column", column=column, end=which_end, **slots)
    if number > 1:
        return say(rng, "superlative.several", some=some, adjective=called, noun=noun)
    keys = ["superlative.one", "superlative.person" if thing.is_person else "superlative.thing"]
    if not what.conditions:
        keys.append("superlative.all")
    return say(rng, *keys, thing=thing, adjective=called, noun=noun)


def of_first(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Columns of the thing with the highest or lowest measure or date."""
    if not thing.ranked:
        return None
    column, high = rng.choice(thing.ranked), rng.random() < 0.55
    known = [a for a in (*thing.names[:1], *thing.attributes, *thing.codes[:1]) if a != column]
    if not known:
        return None
    shown = rng.sample(known, min(len(known), rng.choice((1, 1, 2, 3))))
    what = random_selection(thing, rng, (0.8, 0.2), beside=[column, *shown])
    called_so = adjective(thing, column, high, rng)
    if called_so is not None and rng.random() < 0.6:
        first = f"{called_so} {what.one}"
    else:
        slots = {"noun": what.one, "end": end_phrase(thing, column, high, rng), "column": column}
        first = say(rng, "of_first.noun", **slots)
    text = say(
        rng,
        "of_first.any",
        columns=listed([column_phrase(thing, a, rng) for a in shown]),
        first=first,
    )
    selected = ", ".join(a.column for a in shown)
    order = f"ORDER BY {column.column}{' DESC' if high else ''} LIMIT 1"
    return MadeUpQuestion(
        text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))} {order}"
    )


def above_average(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Things above or below the average of all things or of one kind."""
    if not thing.measures:
        return None
    measure, above = rng.choice(thing.measures), rng.random() < 0.75
    kind = rng.choice(thing.kinds) if thing.kinds and rng.random() < 0.25 else None
    value = rng.choice(kind.texts) if kind else None
    inner = where(f"{kind.column} = '{value}'") if kind else ""
    what = f"{thing.many} {_than_average(thing, measure, above, value, rng)}"
    rest = (
        f"FROM {thing.table} WHERE {measure.column} {'>' if above else '<'} "
        f"(SELECT avg({measure.column}) FROM {thing.table}{inner})"
    )
    if thing.names and rng.random() < 0.6:
        return MadeUpQuestion(ask_for_names(thing, rng, what), f"SELECT {names_of(thing)} {rest}")
    return MadeUpQuestion(ask_for_count(rng, what, "count.short"), f"SELECT count(*) {rest}")


def _than_average(
    thing: Thing, measure: Attribute, above: bool, value: str | None, rng: random.Random
) -> str:
    """``that are older than the average car``; ``value`` is the kind averaged over, if any."""
    of_kind = "average" if value is None else "average_kind"
    average = say(rng, f"above_average.{of_kind}", thing=thing, value=value)
    pair = adjectives(thing, measure)
    if pair is not None and rng.random() < 0.3:
        called = pair.more if above else pair.less
        return say(rng, "above_average.adjective", thing=thing, adjective=called, average=average)
    side, group = "above" if above else "below", "all" if value is None else "kind"
    keys = [f"above_average.{side}", f"above_average.{side}_{group}"]
    return say(rng, *keys, thing=thing, column=measure, average=average)


RANKINGS: Patterns[Thing] = ((superlative, 6), (of_first, 4), (above_average, 3))
