"""Questions about kinds and parents that have things above one number and below another."""

from __future__ import annotations

import random

from train.pocket.synthesis.comparisons import comparison_phrase, threshold
from train.pocket.synthesis.conditions import Selection, random_condition, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import names_of
from train.pocket.synthesis.things import Attribute, Link, Number, Thing
from train.pocket.synthesis.wording import say

__all__ = ["OPPOSITES", "OPPOSITE_CHILDREN"]


Ends = tuple[tuple[str, Number], tuple[str, Number]]


def _sides(thing: Thing, rng: random.Random) -> tuple[Attribute, Ends] | None:
    """A measure and two comparisons of it that no single thing can meet."""
    known = [measure for measure in thing.measures if measure.numbers]
    if not known:
        return None
    measure = rng.choice(known)
    low, high = sorted(threshold(measure, rng) for _ in range(2))
    if low == high:
        return None
    below, above = (rng.choice(("<", "<=")), low), (rng.choice((">", ">=")), high)
    return measure, (below, above) if rng.random() < 0.5 else (above, below)


def _both(thing: Thing, measure: Attribute, ends: Ends, rng: random.Random) -> str:
    """``cars that cost over 9 and cars that cost under 3``."""
    one, other = (
        comparison_phrase(thing, measure, operator, number, rng) for operator, number in ends
    )
    return say(rng, "opposed.said", thing=thing, one=one, other=other)


def kinds_opposed(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Kinds with things above one number and with things below another."""
    found = _sides(thing, rng)
    if found is None or not thing.kinds:
        return None
    (measure, ends), kind = found, rng.choice(thing.kinds)
    text = say(rng, "opposed.any", of=kind.many, said=_both(thing, measure, ends, rng))
    first = f"SELECT {kind.column} FROM {thing.table} WHERE {measure.column}"
    arms = [f"{first} {operator} {number}" for operator, number in ends]
    return MadeUpQuestion(text, " INTERSECT ".join(arms))


def kinds_without(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Kinds without any thing that meets a condition."""
    new = random_condition(thing, rng)
    if new is None or not thing.kinds:
        return None
    kind = rng.choice(thing.kinds)
    if kind == new.attribute:
        return None
    what = Selection(thing, (new,))
    text = say(rng, "kinds_without.any", column=kind, what=what)
    every = f"SELECT {kind.column} FROM {thing.table}"
    return MadeUpQuestion(text, f"{every} EXCEPT {every}{where(*what.sql_in(text))}")


def parents_opposed(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Parents with children above one number and with children below another."""
    found = _sides(link.child, rng)
    if found is None or not link.parent.names:
        return None
    measure, ends = found
    said = _both(link.child, measure, ends, rng)
    text = say(rng, "opposed.any", of=link.parent.many, said=said)
    first = (
        f"SELECT {names_of(link.parent, 'T1')} FROM {link.parent.table} AS T1 "
        f"JOIN {link.child.table} AS T2 ON T1.{link.ref} = T2.{link.column} "
        f"WHERE {measure.sql('T2')}"
    )
    return MadeUpQuestion(
        text, " INTERSECT ".join(f"{first} {sign} {number}" for sign, number in ends)
    )


OPPOSITES: Patterns[Thing] = ((kinds_opposed, 2), (kinds_without, 2))
OPPOSITE_CHILDREN: Patterns[Link] = ((parents_opposed, 2),)
