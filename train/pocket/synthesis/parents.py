"""Questions about parents: what each of them has, which has the most, which has none."""

from __future__ import annotations

import random
from collections.abc import Sequence

from text2sql.query.nouns import listed
from train.pocket.synthesis.children import child_joined
from train.pocket.synthesis.comparisons import threshold, written_number
from train.pocket.synthesis.conditions import Selection, random_selection, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    CountCondition,
    count_condition,
    much_or_many,
    names_of,
    number_phrase,
    random_aggregate,
)
from train.pocket.synthesis.things import Attribute, Link, Thing
from train.pocket.synthesis.wording import say

__all__ = ["PARENTS"]


def per_parent(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """A count, or an aggregate of a measure, for each parent or each kind of parent."""
    child, parent = link.child, link.parent
    by = rng.choice((*parent.kinds, None, None, None)) if parent.kinds else None
    if by is None and (not parent.names or parent.key is None):
        return None
    selected = by.sql("T2") if by else names_of(parent, "T2")
    group = by.sql("T2") if by else f"T2.{parent.key}"
    what = random_selection(child, rng, (0.8, 0.2))
    found = random_aggregate(child, rng, "sum sum avg max min") if rng.random() < 0.45 else None
    value = f"{found[0]}({found[1].sql('T1')})" if found else "count(*)"
    shown = _shown(parent, rng) if by is None else ()
    selected = ", ".join([selected, *(a.sql("T2") for a in shown)])
    text, order = _each(link, by, shown, what, found, rng), ""
    if rng.random() < 0.15:
        text += say(rng, "order.high")
        order = f" ORDER BY {value} DESC"
    rest = f"{child_joined(link)}{where(*what.sql_in(text, 'T1'))} GROUP BY {group}{order}"
    return MadeUpQuestion(text, f"SELECT {selected}, {value} {rest}")


def _shown(parent: Thing, rng: random.Random) -> Sequence[Attribute]:
    """Further columns of the parent to show beside its name: mostly none."""
    known = (*parent.codes[:1], *parent.attributes)
    return rng.sample(known, min(len(known), rng.choice((0, 0, 0, 1, 1, 2))))


def _columns(shown: Sequence[Attribute]) -> str:
    return listed(["name", *(a.name for a in shown)])


def _each(
    link: Link,
    by: Attribute | None,
    shown: Sequence[Attribute],
    what: Selection,
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
        keys.append(f"per_parent.sum_{much_or_many(measure)}")
    word = say(rng, f"word.{function}")
    return say(rng, *keys, word=word, column=measure, what=what, each=each, its=its)


def top_parent(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """The parents with the most or fewest children, or with the most of a measure."""
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    what, high = random_selection(child, rng, (0.6, 0.4)), rng.random() < 0.8
    number = rng.choice((1, 1, 1, 2, 3, 5, 10))
    found = random_aggregate(child, rng, "sum sum sum avg") if rng.random() < 0.5 else None
    value = f"{found[0]}({found[1].sql('T1')})" if found else "count(*)"
    shown = _shown(parent, rng) if found is None else ()
    text, selected = _top(link, what, found, high, number, shown, rng), names_of(parent, "T2")
    selected = ", ".join([selected, *(a.sql("T2") for a in shown)])
    if not shown and rng.random() < 0.25:
        selected += f", {value}"
        text += say(rng, "top_parent.amount", amount=_amount(link, found, rng))
    rest = f"{child_joined(link)}{where(*what.sql_in(text, 'T1'))} GROUP BY T2.{parent.key}"
    order = f"ORDER BY {value}{' DESC' if high else ''} LIMIT {number}"
    return MadeUpQuestion(text, f"SELECT {selected} {rest} {order}")


def _top(
    link: Link,
    what: Selection,
    found: tuple[str, Attribute] | None,
    high: bool,
    number: int,
    shown: Sequence[Attribute],
    rng: random.Random,
) -> str:
    parent, several = link.parent, number > 1
    slots: dict[str, object] = {
        "what": what,
        "some": number_phrase(number, rng),
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
    """The request to show the count or total beside the parents' names."""
    if found is None:
        return say(rng, "top_parent.many", child=link.child)
    return say(rng, "top_parent.much", word=say(rng, f"word.{found[0]}"), column=found[1])


def _total(measure: Attribute, rng: random.Random) -> CountCondition:
    """A condition on the sum of a measure, near the sum of a few of its cells."""
    total, operator = (
        threshold(measure, rng) * rng.randint(1, 4),
        rng.choice((">", "<", ">=", "<=")),
    )
    total = total if total == int(total) else round(total, 1)
    said = say(rng, f"amount.{operator}", n=written_number(total, rng))
    return CountCondition(f"{operator} {total}", said, False)


def having(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Parents whose number of children, or total of an amount, meets a condition."""
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    what = random_selection(child, rng, (0.8, 0.2))
    parents = random_selection(parent, rng, (0.75, 0.25))
    measure = rng.choice(child.amounts) if child.amounts and rng.random() < 0.3 else None
    value = f"sum({measure.sql('T1')})" if measure else "count(*)"
    number = _total(measure, rng) if measure and measure.numbers else count_condition(rng)
    shown = _shown(parent, rng) if measure is None else ()
    key = "having.sum" if measure else "having.columns" if shown else "having.count"
    noun = what.one if number.is_one and not measure else what
    slots = {"parents": parents, "said": number.said, "what": noun}
    text = say(rng, key, **slots, column=measure, columns=_columns(shown))
    selected = ", ".join([names_of(parent, "T2"), *(a.sql("T2") for a in shown)])
    if not shown and rng.random() < 0.25:
        selected += f", {value}"
        text += say(rng, "having.much" if measure else "having.many")
    conditions = where(*parents.sql_in(text, "T2"), *what.sql_in(text, "T1"))
    rest = f"{child_joined(link)}{conditions} GROUP BY T2.{parent.key}"
    return MadeUpQuestion(text, f"SELECT {selected} {rest} HAVING {value} {number.condition}")


def childless(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Parents without any child, or without one that meets a condition."""
    child, parent = link.child, link.parent
    what = random_selection(child, rng, (0.5, 0.5))
    said = say(rng, "childless.said", what=what)
    counted = not parent.names or rng.random() < 0.3
    key = "childless.count" if counted else "childless.names"
    text = say(rng, key, parent=parent, said=said, what=what)
    conditions = what.sql_in(text, "T1")
    if conditions and not counted:  # as most of Spider's annotators write it
        rest = f"EXCEPT SELECT {names_of(parent, 'T2')} {child_joined(link)}{where(*conditions)}"
        return MadeUpQuestion(text, f"SELECT {names_of(parent)} FROM {parent.table} {rest}")
    children = f"SELECT {link.column} FROM {child.table}{where(*what.sql_in(text))}"
    selected = "count(*)" if counted else names_of(parent)
    rest = f"FROM {parent.table} WHERE {link.ref} NOT IN ({children})"
    return MadeUpQuestion(text, f"SELECT {selected} {rest}")


def both(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Parents with children of two kinds, or of one kind but not the other."""
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
        f"SELECT {names_of(parent, 'T1')} {tables} WHERE {kind.sql('T2')} = '{value}'"
        for value in (one, other)
    ]
    return MadeUpQuestion(text, f" {operator} ".join(arms))


PARENTS: Patterns[Link] = (
    (per_parent, 4),
    (top_parent, 5),
    (having, 3),
    (childless, 5),
    (both, 3),
)
