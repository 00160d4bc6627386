"""Questions over three tables: two things that a third one ties, or a chain of keys."""

from __future__ import annotations

import random

from train.pocket.synthesis.asked import Asked, Patterns
from train.pocket.synthesis.conditions import Some, condition, some, where
from train.pocket.synthesis.joined import told
from train.pocket.synthesis.spoken import at_an_end, counted, manner, measured, named, which
from train.pocket.synthesis.things import Bridge
from train.pocket.synthesis.wording import say

__all__ = ["BRIDGED"]


def of_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """Names, a count or an aggregate of one end, by the other end."""
    near, far = bridge.near, told(bridge.far, rng)
    if far is None:
        return None
    new = condition(near, rng) if rng.random() < 0.25 else None
    what, column = Some(near, (new,) if new else ()), far.attribute
    said = say(rng, f"far.{far.key}", far=far.thing, column=column, value=far.value)
    slots = {"what": what, "tie": say(rng, "of_far.tie"), "said": said}
    rest = f"{bridge.tables}{where(far.of('T3'), *what.said(str(what), 'T1'))}"
    kind = rng.choices(("names", "count", "measure"), (5, 3, 3))[0]
    if kind == "measure" and near.measures:
        return _measure(bridge, slots, rest, rng)
    if kind == "count" or not near.names:
        return Asked(say(rng, "of_far.count", **slots), f"SELECT count(*) {rest}")
    text = say(rng, "of_far.names", what=what, said=said)
    if rng.random() < 0.33:
        text = which(near, rng, f"{what} {slots['tie']} {said}")
    return Asked(text, f"SELECT {named(near, 'T1')} {rest}")


def _measure(
    bridge: Bridge, slots: dict[str, object], rest: str, rng: random.Random
) -> Asked | None:
    found = measured(bridge.near, rng, "sum sum avg max")
    if found is None:
        return None
    function, measure = found
    keys = ["of_far.measure"]
    if function == "sum":
        keys += ["of_far.sum", f"of_far.sum_{manner(measure)}"]
    text = say(rng, *keys, word=say(rng, f"word.{function}"), column=measure, **slots)
    return Asked(text, f"SELECT {function}({measure.of('T1')}) {rest}")


def top_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """The end with the most of the other, or of an amount of the other."""
    near, far = bridge.near, bridge.far
    if not far.names or far.key is None:
        return None
    measure = rng.choice(near.amounts) if near.amounts and rng.random() < 0.5 else None
    value = f"sum({measure.of('T1')})" if measure else "count(*)"
    keys = ["top_far.sum"] if measure else ["top_far.count"]
    if measure and measure.is_earned:
        keys.append("top_far.earned")
    text, selected = say(rng, *keys, near=near, far=far, column=measure), named(far, "T3")
    if rng.random() < 0.3:
        selected += f", {value}"
        text += say(rng, "top_far.much" if measure else "top_far.many")
    order = f"GROUP BY T3.{far.key} ORDER BY {value} DESC LIMIT 1"
    return Asked(text, f"SELECT {selected} {bridge.tables} {order}")


def per_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """A number for each of the far things."""
    near, far = bridge.near, bridge.far
    if not far.names or far.key is None:
        return None
    found = measured(near, rng, "sum avg") if rng.random() < 0.4 else None
    if found is None:
        value, text = "count(*)", say(rng, "per_far.count", near=near, far=far)
    else:
        function, measure = found
        value, word = f"{function}({measure.of('T1')})", say(rng, f"word.{function}")
        text = say(rng, "per_far.any", near=near, far=far, word=word, column=measure)
    return Asked(text, f"SELECT {named(far, 'T3')}, {value} {bridge.tables} GROUP BY T3.{far.key}")


def both_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """Things tied to one and to another, or not to another."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.names or len(far.names[0].texts) < 2:
        return None
    one, other = rng.sample(far.names[0].texts, 2)
    key, operator = ("both", "INTERSECT") if rng.random() < 0.55 else ("but_not", "EXCEPT")
    keys = [f"both_far.{key}"] if far.is_person else [f"both_far.{key}", f"both_far.{key}_in"]
    text = say(rng, *keys, near=near, far=far, one=one, other=other)
    arms = [
        f"SELECT {named(near, 'T1')} {bridge.tables} WHERE {far.names[0].of('T3')} = '{value}'"
        for value in (one, other)
    ]
    return Asked(text, f" {operator} ".join(arms))


def of_some_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """Names or a count of one end, by conditions of any sort on the other."""
    near, far = bridge.near, some(bridge.far, rng, (0, 0.65, 0.35))
    if not near.names or not far.conditions:
        return None
    # a near thing may be tied to several far ones, and counts once
    number = "count(*)" if bridge.is_chain else near.key and f"count(DISTINCT T1.{near.key})"
    count = number is not None and rng.random() < 0.3
    text = say(rng, f"of_some_far.{'count' if count else 'names'}", near=near, what=far)
    rest = f"{bridge.tables}{where(*far.said(text, 'T3'))}"
    return Asked(text, f"SELECT {number if count else named(near, 'T1')} {rest}")


def beside_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """The names of both ends side by side."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.names:
        return None
    text, order = say(rng, "beside_far.any", near=near, far=far), ""
    if rng.random() < 0.3:
        text += say(rng, "beside_far.order", near=near)
        order = f" ORDER BY {near.names[0].of('T1')}"
    selected = f"{named(near, 'T1')}, {named(far, 'T3')}"
    return Asked(text, f"SELECT {selected} {bridge.tables}{order}")


def by_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """The near thing that is tied to the far one at an end of a measure or a date."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.ranked:
        return None
    text, order = at_an_end(far, "T3", rng, "by_far", near=near, far=far)
    return Asked(text, f"SELECT {named(near, 'T1')} {bridge.tables} {order}")


def without_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """Near things that no far thing of a sort is tied to."""
    near, new = bridge.near, condition(bridge.far, rng)
    if not near.names or new is None:
        return None
    text = say(rng, "without_far.any", near=near, what=Some(bridge.far, (new,)))
    rest = f"EXCEPT SELECT {named(near, 'T1')} {bridge.tables}{where(new.of('T3'))}"
    return Asked(text, f"SELECT {named(near)} FROM {near.table} {rest}")


def having_far(bridge: Bridge, rng: random.Random) -> Asked | None:
    """Near things that a number of far things is tied to, of a sort or of any."""
    near, number = bridge.near, counted(rng)
    if not near.names or near.key is None or bridge.is_chain:
        return None
    far = some(bridge.far, rng, (0.5, 0.5))
    what = far.one if number.is_one else str(far)
    text = say(rng, "having_far.any", near=near, what=what, said=number.said)
    rest = f"{bridge.tables}{where(*far.said(text, 'T3'))} GROUP BY T1.{near.key}"
    return Asked(text, f"SELECT {named(near, 'T1')} {rest} HAVING count(*) {number.condition}")


BRIDGED: Patterns[Bridge] = (
    (of_far, 4),
    (of_some_far, 4),
    (beside_far, 3),
    (by_far, 2),
    (top_far, 3),
    (per_far, 2),
    (having_far, 3),
    (without_far, 3),
    (both_far, 3),
)
