"""Questions over three tables: two linked by a third, or a chain of keys."""

from __future__ import annotations

import random

from train.pocket.synthesis.children import thing_by_value
from train.pocket.synthesis.conditions import Selection, random_condition, random_selection, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    ask_for_names,
    count_condition,
    extreme_phrase,
    much_or_many,
    names_of,
    random_aggregate,
)
from train.pocket.synthesis.things import Bridge
from train.pocket.synthesis.wording import say

__all__ = ["THREE_TABLES"]


def of_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """Names, a count or an aggregate of the near things of one far thing."""
    near, far = bridge.near, thing_by_value(bridge.far, rng)
    if far is None:
        return None
    new = random_condition(near, rng) if rng.random() < 0.25 else None
    what, column = Selection(near, (new,) if new else ()), far.attribute
    said = say(rng, f"far.{far.key}", far=far.thing, column=column, value=far.value)
    slots = {"what": what, "tie": say(rng, "of_far.tie"), "said": said}
    rest = f"{bridge.tables}{where(far.sql('T3'), *what.sql_in(str(what), 'T1'))}"
    kind = rng.choices(("names", "count", "measure"), (5, 3, 3))[0]
    if kind == "measure" and near.measures:
        return _measure(bridge, slots, rest, rng)
    if kind == "count" or not near.names:
        return MadeUpQuestion(say(rng, "of_far.count", **slots), f"SELECT count(*) {rest}")
    text = say(rng, "of_far.names", what=what, said=said)
    if rng.random() < 0.33:
        text = ask_for_names(near, rng, f"{what} {slots['tie']} {said}")
    return MadeUpQuestion(text, f"SELECT {names_of(near, 'T1')} {rest}")


def _measure(
    bridge: Bridge, slots: dict[str, object], rest: str, rng: random.Random
) -> MadeUpQuestion | None:
    found = random_aggregate(bridge.near, rng, "sum sum avg max")
    if found is None:
        return None
    function, measure = found
    keys = ["of_far.measure"]
    if function == "sum":
        keys += ["of_far.sum", f"of_far.sum_{much_or_many(measure)}"]
    text = say(rng, *keys, word=say(rng, f"word.{function}"), column=measure, **slots)
    return MadeUpQuestion(text, f"SELECT {function}({measure.sql('T1')}) {rest}")


def top_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """The far thing with the most near things, or with the largest total of their amount."""
    near, far = bridge.near, bridge.far
    if not far.names or far.key is None:
        return None
    measure = rng.choice(near.amounts) if near.amounts and rng.random() < 0.5 else None
    value = f"sum({measure.sql('T1')})" if measure else "count(*)"
    keys = ["top_far.sum"] if measure else ["top_far.count"]
    if measure and measure.is_earned:
        keys.append("top_far.earned")
    text, selected = say(rng, *keys, near=near, far=far, column=measure), names_of(far, "T3")
    if rng.random() < 0.3:
        selected += f", {value}"
        text += say(rng, "top_far.much" if measure else "top_far.many")
    order = f"GROUP BY T3.{far.key} ORDER BY {value} DESC LIMIT 1"
    return MadeUpQuestion(text, f"SELECT {selected} {bridge.tables} {order}")


def per_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """A count or an aggregate for each far thing."""
    near, far = bridge.near, bridge.far
    if not far.names or far.key is None:
        return None
    found = random_aggregate(near, rng, "sum avg") if rng.random() < 0.4 else None
    if found is None:
        value, text = "count(*)", say(rng, "per_far.count", near=near, far=far)
    else:
        function, measure = found
        value, word = f"{function}({measure.sql('T1')})", say(rng, f"word.{function}")
        text = say(rng, "per_far.any", near=near, far=far, word=word, column=measure)
    return MadeUpQuestion(
        text, f"SELECT {names_of(far, 'T3')}, {value} {bridge.tables} GROUP BY T3.{far.key}"
    )


def both_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """Near things linked to two far things, or to one and not to another."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.names or len(far.names[0].texts) < 2:
        return None
    one, other = rng.sample(far.names[0].texts, 2)
    key, operator = ("both", "INTERSECT") if rng.random() < 0.55 else ("but_not", "EXCEPT")
    keys = [f"both_far.{key}"] if far.is_person else [f"both_far.{key}", f"both_far.{key}_in"]
    text = say(rng, *keys, near=near, far=far, one=one, other=other)
    arms = [
        f"SELECT {names_of(near, 'T1')} {bridge.tables} WHERE {far.names[0].sql('T3')} = '{value}'"
        for value in (one, other)
    ]
    return MadeUpQuestion(text, f" {operator} ".join(arms))


def of_some_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """Names or a count of the near things whose far things meet conditions."""
    near, far = bridge.near, random_selection(bridge.far, rng, (0, 0.65, 0.35))
    if not near.names or not far.conditions:
        return None
    # a near thing may be linked to several far ones, but counts once
    number = "count(*)" if bridge.is_chain else near.key and f"count(DISTINCT T1.{near.key})"
    count = number is not None and rng.random() < 0.3
    text = say(rng, f"of_some_far.{'count' if count else 'names'}", near=near, what=far)
    rest = f"{bridge.tables}{where(*far.sql_in(text, 'T3'))}"
    return MadeUpQuestion(text, f"SELECT {number if count else names_of(near, 'T1')} {rest}")


def beside_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """The names of near and far things side by side."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.names:
        return None
    text, order = say(rng, "beside_far.any", near=near, far=far), ""
    if rng.random() < 0.3:
        text += say(rng, "beside_far.order", near=near)
        order = f" ORDER BY {near.names[0].sql('T1')}"
    selected = f"{names_of(near, 'T1')}, {names_of(far, 'T3')}"
    return MadeUpQuestion(text, f"SELECT {selected} {bridge.tables}{order}")


def by_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """The near thing linked to the far thing with the highest or lowest measure or date."""
    near, far = bridge.near, bridge.far
    if not near.names or not far.ranked:
        return None
    text, order = extreme_phrase(far, "T3", rng, "by_far", near=near, far=far)
    return MadeUpQuestion(text, f"SELECT {names_of(near, 'T1')} {bridge.tables} {order}")


def without_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """Near things linked to no far thing that meets a condition."""
    near, new = bridge.near, random_condition(bridge.far, rng)
    if not near.names or new is None:
        return None
    text = say(rng, "without_far.any", near=near, what=Selection(bridge.far, (new,)))
    rest = f"EXCEPT SELECT {names_of(near, 'T1')} {bridge.tables}{where(new.sql('T3'))}"
    return MadeUpQuestion(text, f"SELECT {names_of(near)} FROM {near.table} {rest}")


def having_far(bridge: Bridge, rng: random.Random) -> MadeUpQuestion | None:
    """Near things linked to a certain number of far things, with or without a condition on them."""
    near, number = bridge.near, count_condition(rng)
    if not near.names or near.key is None or bridge.is_chain:
        return None
    far = random_selection(bridge.far, rng, (0.5, 0.5))
    what = far.one if number.is_one else str(far)
    text = say(rng, "having_far.any", near=near, what=what, said=number.said)
    rest = f"{bridge.tables}{where(*far.sql_in(text, 'T3'))} GROUP BY T1.{near.key}"
    return MadeUpQuestion(
        text, f"SELECT {names_of(near, 'T1')} {rest} HAVING count(*) {number.condition}"
    )


THREE_TABLES: Patterns[Bridge] = (
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
