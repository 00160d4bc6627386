"""Questions over three tables: two things that a third one ties, or a chain of keys."""

from __future__ import annotations

import random
from collections.abc import Sequence

from train.pocket.synthesis.conditions import condition, described
from train.pocket.synthesis.joined import Asked
from train.pocket.synthesis.single import named, which
from train.pocket.synthesis.things import Link, Thing
from train.pocket.synthesis.wording import choose, plural_of

__all__ = ["BRIDGED", "Bridge", "bridges_of"]

Bridge = tuple[Link, Link]


def bridges_of(links: Sequence[Link]) -> list[Bridge]:
    """Pairs of keys that lie end to end: from one table to two others, or in a chain."""
    return [
        (one, other)
        for one in links
        for other in links
        if one is not other
        and one.parent is not other.parent
        and (one.child is other.child or one.parent is other.child)
        and one.child is not other.parent
    ]


def _ends(bridge: Bridge) -> tuple[Thing, Thing, str]:
    """The things at both ends, as T1 and T3, and the FROM clause."""
    one, other = bridge
    if one.child is other.child:  # parent <- middle -> parent
        sql = (
            f"FROM {one.parent.table} AS T1 JOIN {one.child.table} AS T2 ON "
            f"T1.{one.ref} = T2.{one.column} JOIN {other.parent.table} AS T3 ON "
            f"T2.{other.column} = T3.{other.ref}"
        )
        return one.parent, other.parent, sql
    sql = (
        f"FROM {one.child.table} AS T1 JOIN {one.parent.table} AS T2 ON "
        f"T1.{one.column} = T2.{one.ref} JOIN {other.parent.table} AS T3 ON "
        f"T2.{other.column} = T3.{other.ref}"
    )
    return one.child, other.parent, sql


def _told(thing: Thing, rng: random.Random) -> tuple[str, str, str] | None:
    """A column of the thing, a value of it, and the thing as it is then called."""
    known = [a for a in (*thing.names[:1], *thing.names[:1], *thing.kinds) if a.texts]
    if not known:
        return None
    attribute = rng.choice(known)
    value = rng.choice(attribute.texts)
    if attribute in thing.names:
        said = choose(rng, value, f"the {thing.one} {value}", f"{thing.one} {value}", value)
    else:
        said = choose(rng, f"{thing.many} with {attribute.name} {value}", f"{value} {thing.many}",
                      f"{thing.many} whose {attribute.name} is {value}")  # fmt: skip
    return attribute.column, value, said


def of_far(bridge: Bridge, rng: random.Random) -> Asked:
    """Names, a count or an aggregate of one end, by the other end."""
    near, far, tables = _ends(bridge)
    told = _told(far, rng)
    if told is None:
        return None
    column, value, said = told
    new = condition(near, rng) if rng.random() < 0.25 else None
    what = described(near, [new] if new else [])
    rest = f"{tables} WHERE T3.{column} = '{value}'" + (f" AND {new.of('T1')}" if new else "")
    kind = rng.choices(("names", "count", "aggregate"), (5, 3, 3))[0]
    tie = choose(rng, "of", "in", "for", "with", "at", "from")
    if kind == "aggregate" and near.measures:
        measure, function = rng.choice(near.measures), rng.choice(("sum", "sum", "avg", "max"))
        word = {"sum": "total", "avg": "average", "max": "highest"}[function]
        text = f"what is the {word} {measure.name} of all {what} {tie} {said}"
        if function == "sum":
            text = choose(rng, text, f"what do the {plural_of(measure.name)} of all {what} {tie} {said} add up to",
                          f"how much {measure.name} do the {what} {tie} {said} have altogether")  # fmt: skip
        return text, f"SELECT {function}(T1.{measure.column}) {rest}"
    if kind == "count" or not near.names:
        text = choose(rng, f"how many {what} are there {tie} {said}", f"how many {what} have {said}",
                      f"count the {what} {tie} {said}")  # fmt: skip
        return text, f"SELECT count(*) {rest}"
    text = choose(rng, which(near, rng, f"{what} {tie} {said}"), f"which {what} have {said}",
                  f"which {what} belong to {said}")  # fmt: skip
    return text, f"SELECT {named(near, 'T1')} {rest}"


def top_far(bridge: Bridge, rng: random.Random) -> Asked:
    """The end with the most of the other."""
    near, far, tables = _ends(bridge)
    if not far.names or far.key is None:
        return None
    value, noun = "count(*)", near.many
    text = choose(rng, f"which {far.one} has the most {noun}", f"the {far.one} with the most {noun}",
                  f"which {far.one} has the largest number of {noun}")  # fmt: skip
    if near.measures and rng.random() < 0.5:
        measure = rng.choice(near.measures)
        value = f"sum(T1.{measure.column})"
        text = choose(rng, f"which {far.one} has the most {measure.name} in total", f"which {far.one} took the most {measure.name} overall",
                      f"which {far.one} has the highest total {measure.name} of its {noun}")  # fmt: skip
    shown = named(far, "T3")
    if rng.random() < 0.3:
        shown += f", {value}"
        text += choose(rng, ", and how much", ", and how many", ", with the number")
    return text, f"SELECT {shown} {tables} GROUP BY T3.{far.key} ORDER BY {value} DESC LIMIT 1"


def per_far(bridge: Bridge, rng: random.Random) -> Asked:
    near, far, tables = _ends(bridge)
    if not far.names or far.key is None:
        return None
    value, text = "count(*)", choose(
        rng, f"how many {near.many} does each {far.one} have", f"show each {far.one} with its number of {near.many}",
        f"number of {near.many} per {far.one}",
    )  # fmt: skip
    if near.measures and rng.random() < 0.4:
        measure, function = rng.choice(near.measures), rng.choice(("sum", "avg"))
        value = f"{function}(T1.{measure.column})"
        word = {"sum": "total", "avg": "average"}[function]
        text = choose(rng, f"what is the {word} {measure.name} of the {near.many} of each {far.one}",
                      f"{word} {measure.name} of {near.many} by {far.one}")  # fmt: skip
    return text, f"SELECT {named(far, 'T3')}, {value} {tables} GROUP BY T3.{far.key}"


def both_far(bridge: Bridge, rng: random.Random) -> Asked:
    """Things tied to one and to another, or not to another."""
    near, far, tables = _ends(bridge)
    if not near.names or not far.names or len(far.names[0].texts) < 2:
        return None
    column = far.names[0].column
    one, other = rng.sample(far.names[0].texts, 2)
    together = rng.random() < 0.55
    text = choose(
        rng, f"which {near.many} have both {one} and {other}", f"which {near.many} are in both {one} and {other}",
        f"{near.many} with the {far.one} {one} as well as {other}", f"which {near.many} belong to {one} and also to {other}",
    ) if together else choose(
        rng, f"which {near.many} have {one} but not {other}", f"which {near.many} are in {one} but not in {other}",
        f"{near.many} with the {far.one} {one} but without {other}",
    )  # fmt: skip
    arms = [
        f"SELECT {named(near, 'T1')} {tables} WHERE T3.{column} = '{value}'"
        for value in (one, other)
    ]
    return text, f" {'INTERSECT' if together else 'EXCEPT'} ".join(arms)


#: Every pattern with its weight.
BRIDGED = ((of_far, 6), (top_far, 3), (per_far, 2), (both_far, 3))
