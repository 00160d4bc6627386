"""Questions about parents: what each of them has, which has the most, which has none."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.query.nouns import listed
from train.pocket.synthesis.asked import Asked, Patterns
from train.pocket.synthesis.compared import figure, threshold
from train.pocket.synthesis.conditions import Some, some, where
from train.pocket.synthesis.joined import child_joined
from train.pocket.synthesis.spoken import Counted, counted, limit, manner, measured, named
from train.pocket.synthesis.things import Attribute, Link, Thing
from train.pocket.synthesis.wording import say

__all__ = ["PARENTS"]


def per_parent(link: Link, rng: random.Random) -> Asked | None:
    """A count, or an aggregate of a measure, for each parent or each kind of parent."""
    child, parent = link.child, link.parent
    by = rng.choice((*parent.kinds, None, None, None)) if parent.kinds else None
    if by is None and (not parent.names or parent.key is None):
        return None
    selected = by.of("T2") if by else named(parent, "T2")
    group = by.of("T2") if by else f"T2.{parent.key}"
    what = some(child, rng, (0.8, 0.2))
    found = measured(child, rng, "sum sum avg max min") if rng.random() < 0.45 else None
    value = f"{found[0]}({found[1].of('T1')})" if found else "count(*)"
    shown = _shown(parent, rng) if by is None else ()
    selected = ", ".join([selected, *(a.of("T2") for a in shown)])
    text, order = _each(link, by, shown, what, found, rng), ""
    if rng.random() < 0.15:
        text += say(rng, "order.high")
        order = f" ORDER BY {value} DESC"
    rest = f"{child_joined(link)}{where(*what.said(text, 'T1'))} GROUP BY {group}{order}"
    return Asked(text, f"SELECT {selected}, {value} {rest}")


def _shown(parent: Thing, rng: random.Random) -> Sequence[Attribute]:
    """What else of the parent stands beside its name: mostly nothing."""
    known = (*parent.codes[:1], *parent.attributes)
    return rng.sample(known, min(len(known), rng.choice((0, 0, 0, 1, 1, 2))))


def _columns(shown: Sequence[Attribute]) -> str:
    return listed(["name", *(a.name for a in shown)])


def _each(
    link: Link,
    by: Attribute | None,
    shown: Sequence[Attribute],
    what: Some,
    found: tuple[str, Attribute] | None,
    rng: random.Random,
) -> str:
    each, many, its = (
        (by.one, by.many, "its") if by else (link.parent.one, link.parent.many, link.parent.its)
    )
    if shown:
        columns = _columns(shown)
        word = found and say(rng, f"word.{found[0]}")
        key = "per_parent.count_beside" if found is None else "per_parent.any_beside"
        slots = {"columns": columns, "what": what, "each": each, "word": word, "all": many}
        return say(rng, key, **slots, column=found and found[1], its=its)
    if found is None:
        return say(rng, "per_parent.count", what=what, each=each, all=many, its=its)
    function, measure = found
    keys = ["per_parent.any"]
    if function == "sum":
        keys.append(f"per_parent.sum_{manner(measure)}")
    word = say(rng, f"word.{function}")
    return say(rng, *keys, word=word, column=measure, what=what, each=each, its=its)


def top_parent(link: Link, rng: random.Random) -> Asked | None:
    """The parents with the most or fewest children, or with the most of a measure."""
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    what, high = some(child, rng, (0.6, 0.4)), rng.random() < 0.8
    number = rng.choice((1, 1, 1, 2, 3, 5, 10))
    found = measured(child, rng, "sum sum sum avg") if rng.random() < 0.5 else None
    value = f"{found[0]}({found[1].of('T1')})" if found else "count(*)"
    shown = _shown(parent, rng) if found is None else ()
    text, selected = _top(link, what, found, high, number, shown, rng), named(parent, "T2")
    selected = ", ".join([selected, *(a.of("T2") for a in shown)])
    if not shown and rng.random() < 0.25:
        selected += f", {value}"
        text += say(rng, "top_parent.amount", amount=_amount(link, found, rng))
    rest = f"{child_joined(link)}{where(*what.said(text, 'T1'))} GROUP BY T2.{parent.key}"
    order = f"ORDER BY {value}{' DESC' if high else ''} LIMIT {number}"
    return Asked(text, f"SELECT {selected} {rest} {order}")


def _top(
    link: Link,
    what: Some,
    found: tuple[str, Attribute] | None,
    high: bool,
    number: int,
    shown: Sequence[Attribute],
    rng: random.Random,
) -> str:
    parent, several = link.parent, number > 1
    slots: dict[str, object] = {
        "what": what,
        "some": limit(number, rng),
        "noun": parent.many if several else parent.one,
        "have": "have" if several else "has",
        "its": "their" if several else parent.its,
    }
    if found is None:
        most = "most" if high else "fewest"
        if shown:
            return say(rng, "top_parent.columns", columns=_columns(shown), most=most, **slots)
        more = [f"{most}_who"] if parent.is_person and not several else []
        return say(rng, *(f"top_parent.{key}" for key in (most, *more)), **slots)
    keys = _top_keys(*found, "most" if high else "least", several, parent.is_person)
    return say(rng, *(f"top_parent.{key}" for key in keys), column=found[1], **slots)


def _top_keys(
    function: str, measure: Attribute, most: str, several: bool, people: bool
) -> list[str]:
    keys = [f"{most}_{function}"]
    if function == "sum" and measure.is_earned:
        keys.append(f"{most}_earned")
    if function == "sum" and people and several:
        keys.append(f"{most}_people")
    if function == "avg" and most == "most" and several:
        keys.append("most_avg_several")
    return keys


def _amount(link: Link, found: tuple[str, Attribute] | None, rng: random.Random) -> str:
    """What is shown beside the parents' names."""
    if found is None:
        return say(rng, "top_parent.many", child=link.child)
    return say(rng, "top_parent.much", word=say(rng, f"word.{found[0]}"), column=found[1])


def _total(measure: Attribute, rng: random.Random) -> Counted:
    """A condition on the sum of a measure, near what a few of its cells give."""
    total, operator = (
        threshold(measure, rng) * rng.randint(1, 4),
        rng.choice((">", "<", ">=", "<=")),
    )
    total = total if total == int(total) else round(total, 1)
    said = say(rng, f"amount.{operator}", n=figure(total, rng))
    return Counted(f"{operator} {total}", said, False)


def having(link: Link, rng: random.Random) -> Asked | None:
    """Parents with more than a number of children, or more than an amount in total."""
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    what = some(child, rng, (0.8, 0.2))
    parents = some(parent, rng, (0.75, 0.25))
    measure = rng.choice(child.amounts) if child.amounts and rng.random() < 0.3 else None
    value = f"sum({measure.of('T1')})" if measure else "count(*)"
    number = _total(measure, rng) if measure and measure.numbers else counted(rng)
    shown = _shown(parent, rng) if measure is None else ()
    key = "having.sum" if measure else "having.columns" if shown else "having.count"
    noun = what.one if number.is_one and not measure else what
    slots = {"parents": parents, "said": number.said, "what": noun}
    text = say(rng, key, **slots, column=measure, columns=_columns(shown))
    selected = ", ".join([named(parent, "T2"), *(a.of("T2") for a in shown)])
    if not shown and rng.random() < 0.25:
        selected += f", {value}"
        text += say(rng, "having.much" if measure else "having.many")
    conditions = where(*parents.said(text, "T2"), *what.said(text, "T1"))
    rest = f"{child_joined(link)}{conditions} GROUP BY T2.{parent.key}"
    return Asked(text, f"SELECT {selected} {rest} HAVING {value} {number.condition}")


def childless(link: Link, rng: random.Random) -> Asked | None:
    """Parents without any child, or without one that meets a condition."""
    child, parent = link.child, link.parent
    what = some(child, rng, (0.5, 0.5))
    said = say(rng, "childless.said", what=what)
    counted = not parent.names or rng.random() < 0.3
    key = "childless.count" if counted else "childless.names"
    text = say(rng, key, parent=parent, said=said, what=what)
    conditions = what.said(text, "T1")
    if conditions and not counted:  # as most of Spider's people write it
        rest = f"EXCEPT SELECT {named(parent, 'T2')} {child_joined(link)}{where(*conditions)}"
        return Asked(text, f"SELECT {named(parent)} FROM {parent.table} {rest}")
    children = f"SELECT {link.column} FROM {child.table}{where(*what.said(text))}"
    selected = "count(*)" if counted else named(parent)
    rest = f"FROM {parent.table} WHERE {link.ref} NOT IN ({children})"
    return Asked(text, f"SELECT {selected} {rest}")


def both(link: Link, rng: random.Random) -> Asked | None:
    """Parents with children of one kind, and of another or not of another."""
    child, parent = link.child, link.parent
    if not parent.names or not child.kinds:
        return None
    kind = rng.choice(child.kinds)
    if kind.is_flag:
        return None
    one, other = rng.sample(kind.texts, 2)
    key, operator = ("both", "INTERSECT") if rng.random() < 0.55 else ("but_not", "EXCEPT")
    slots = {"parent": parent, "child": child, "column": kind}
    text = say(rng, f"both.{key}", **slots, one=one, other=other)
    tables = (
        f"FROM {parent.table} AS T1 JOIN {child.table} AS T2 ON T1.{link.ref} = T2.{link.column}"
    )
    arms = [
        f"SELECT {named(parent, 'T1')} {tables} WHERE {kind.of('T2')} = '{value}'"
        for value in (one, other)
    ]
    return Asked(text, f" {operator} ".join(arms))


PARENTS: Patterns[Link] = (
    (per_parent, 4),
    (top_parent, 5),
    (having, 3),
    (childless, 5),
    (both, 3),
)
