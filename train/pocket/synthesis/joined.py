"""Questions about two things with a key between them: what a parent has, and whose a child is."""

from __future__ import annotations

import random

from text2sql.query.nouns import with_article
from train.pocket.synthesis.conditions import (
    Condition,
    condition,
    conditions,
    described,
    where,
)
from train.pocket.synthesis.conditions import said as said_in
from train.pocket.synthesis.single import named, which
from train.pocket.synthesis.things import Attribute, Link, Thing
from train.pocket.synthesis.wording import choose, plural_of, superlatives

__all__ = ["JOINED"]

Asked = tuple[str, str] | None


def _from(link: Link, child_first: bool = True) -> str:
    """``FROM child AS T1 JOIN parent AS T2 ON ...``, or the parent first."""
    c, p = ("T1", "T2") if child_first else ("T2", "T1")
    child, parent = f"{link.child.table} AS {c}", f"{link.parent.table} AS {p}"
    on = f"{c}.{link.column} = {p}.{link.ref}"
    if child_first:
        return f"FROM {child} JOIN {parent} ON {on}"
    return f"FROM {parent} JOIN {child} ON {p}.{link.ref} = {c}.{link.column}"


def _name_of(parent: Thing, rng: random.Random) -> tuple[Attribute, str] | None:
    """An attribute of the parent that tells it apart, and a value."""
    known = [a for a in (*parent.names[:1], *parent.names[:1], *parent.kinds) if a.texts]
    if not known:
        return None
    attribute = rng.choice(known)
    return attribute, rng.choice(attribute.texts)


def _whose(link: Link, attribute: Attribute, value: str, rng: random.Random) -> str:
    """How a child is said to belong to the parent with ``value``."""
    parent = link.parent
    if attribute in parent.names:
        return choose(rng, f"of {value}", f"for {value}", f"from {value}", f"at {value}", f"in {value}",
                      f"that belong to {value}", f"of the {parent.one} {value}", f"in the {parent.one} {value}",
                      f"by {value}", f"with {parent.one} {value}")  # fmt: skip
    return choose(rng, f"of {parent.many} with {attribute.name} {value}", f"whose {parent.one} has {attribute.name} {value}",
                  f"of {parent.many} in {value}", f"from {parent.many} whose {attribute.name} is {value}",
                  f"that belong to {with_article(parent.one)} with {attribute.name} {value}")  # fmt: skip


def _children(link: Link, rng: random.Random, shares: tuple[float, ...] = (0.7, 0.3)) -> list[Condition]:
    return conditions(link.child, rng, shares)


def _and(found: list[Condition], alias: str) -> str:
    return "".join(f" AND {c.of(alias)}" for c in found)


def of_parent(link: Link, rng: random.Random) -> Asked:
    """Names, a column, a count or a sum of the children of one parent."""
    told = _name_of(link.parent, rng)
    if told is None:
        return None
    attribute, value = told
    found = _children(link, rng)
    what = f"{described(link.child, found)} {_whose(link, attribute, value, rng)}"
    child, measures = link.child, link.child.measures
    condition_sql = f"{_from(link)} WHERE T2.{attribute.column} = '{value}'{_and(found, 'T1')}"
    kind = rng.choices(("names", "count", "sum", "column"), (4, 4, 3, 2))[0]
    if kind == "names" and child.names:
        return which(child, rng, what), f"SELECT {named(child, 'T1')} {condition_sql}"
    if kind == "sum" and measures:
        measure, function = rng.choice(measures), rng.choice(("sum", "sum", "avg", "max", "min"))
        said = {"sum": "total", "avg": "average", "max": "highest", "min": "lowest"}[function]
        text = f"what is the {said} {measure.name} of the {what}"
        if function == "sum":
            text = choose(rng, text, f"how much {measure.name} do the {what} have altogether",
                          f"what do the {plural_of(measure.name)} of the {what} add up to",
                          f"how many {plural_of(measure.name)} do the {what} have in total")  # fmt: skip
        if function == "avg":
            text = choose(rng, text, f"how much {measure.name} do the {what} have on average")
        return text, f"SELECT {function}(T1.{measure.column}) {condition_sql}"
    if kind == "column" and child.attributes:
        shown = rng.choice(child.attributes)
        text = choose(rng, f"what are the {plural_of(shown.name)} of the {what}", f"show the {shown.name} of all {what}")
        return text, f"SELECT T1.{shown.column} {condition_sql}"
    text = choose(rng, f"how many {what} are there", f"count the {what}", f"how many {what} do we have")
    if attribute in link.parent.names and rng.random() < 0.5:
        text = f"how many {described(child, found)} does {value} have"
    return text, f"SELECT count(*) {condition_sql}"


def parent_of(link: Link, rng: random.Random) -> Asked:
    """The parent of a child with a name, or the parents of children with some condition."""
    child, parent = link.child, link.parent
    shown = rng.choice((*parent.names[:1], *parent.names[:1], *parent.attributes[:4])) if parent.names else None
    if shown is None:
        return None
    columns = named(parent, "T2") if shown in parent.names else f"T2.{shown.column}"
    values = child.names[0].texts if len(child.names) == 1 else ()
    if values and rng.random() < 0.6:
        value = rng.choice(values)
        who = "who" if parent.person else f"which {parent.one}"
        text = choose(rng, f"{who} is the {parent.one} of {value}", f"which {parent.one} does {value} belong to",
                      f"which {parent.one} does {value} have", f"what is the {parent.one} of {value}",
                      f"{value} belongs to which {parent.one}") if shown in parent.names else choose(
                          rng, f"what is the {shown.name} of the {parent.one} of {value}",
                          f"which {shown.name} does the {parent.one} of {value} have")  # fmt: skip
        return text, f"SELECT {columns} {_from(link)} WHERE T1.{child.names[0].column} = '{value}'"
    new = condition(child, rng)
    if new is None:
        return None
    what = described(child, [new])
    text = choose(rng, f"which {parent.many} have {what}", f"{parent.many} with {what}",
                  f"which {parent.many} have at least one {described(child, [new], one=True)}",
                  f"list the {parent.many} of all {what}")  # fmt: skip
    if shown not in parent.names:
        text = f"what are the {plural_of(shown.name)} of {parent.many} with {what}"
    return text, f"SELECT {columns} {_from(link)} WHERE {new.of('T1')}"


def per_parent(link: Link, rng: random.Random) -> Asked:
    """A count, or an aggregate of a measure, for each parent."""
    child, parent = link.child, link.parent
    by = rng.choice((*parent.kinds, None, None, None)) if parent.kinds else None
    if by is None and (not parent.names or parent.key is None):
        return None
    found = _children(link, rng, (0.8, 0.2))
    what, each = described(child, found), by.name if by else parent.one
    shown = f"T2.{by.column}" if by else named(parent, "T2")
    group = f"T2.{by.column}" if by else f"T2.{parent.key}"
    value, text = "count(*)", choose(
        rng, f"how many {what} does each {each} have", f"show each {each} with its number of {what}",
        f"number of {what} per {each}", f"for every {each}, how many {what} are there",
        f"list all {plural_of(each)} and how many {what} they have", f"how many {what} are there for each {each}",
        f"show me each {each} with the number of {what} it has",
    )  # fmt: skip
    if child.measures and rng.random() < 0.45:
        measure, function = rng.choice(child.measures), rng.choice(("sum", "sum", "avg", "max", "min"))
        value = f"{function}(T1.{measure.column})"
        said = {"sum": "total", "avg": "average", "max": "highest", "min": "lowest"}[function]
        text = choose(rng, f"what is the {said} {measure.name} of the {what} of each {each}",
                      f"show every {each} with the {said} {measure.name} of its {what}",
                      f"{said} {measure.name} of {what} by {each}", f"what was the {said} {measure.name} for each {each}")  # fmt: skip
        if function == "sum":
            text = choose(rng, text, f"how much {measure.name} do the {what} of each {each} have altogether",
                          f"show each {each} and how much {measure.name} it has in total")  # fmt: skip
    order = ""
    if rng.random() < 0.15:
        order = f" ORDER BY {value} DESC"
        text += choose(rng, ", most first", ", highest first", ", best one first", " in descending order")
    condition_sql = where(said_in(found, text), "T1")
    return text, f"SELECT {shown}, {value} {_from(link)}{condition_sql} GROUP BY {group}{order}"


_COUNTED = {1: "", 2: "two", 3: "three", 5: "five", 10: "ten"}


def top_parent(link: Link, rng: random.Random) -> Asked:
    """The parents with the most or fewest children, or with the most of a measure."""
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    found, high = _children(link, rng, (0.7, 0.3)), rng.random() < 0.8
    number = rng.choice((1, 1, 1, 2, 3, 5, 10))
    some = "" if number == 1 else f"{rng.choice((str(number), _COUNTED[number]))} "
    noun, have = (parent.many, "have") if some else (parent.one, "has")
    what, most = described(child, found), "most" if high else "fewest"
    value, amount = "count(*)", f"how many {child.many}"
    text = choose(rng, f"which {some}{noun} {have} the {most} {what}", f"the {some}{noun} with the {most} {what}",
                  f"show the {some}{noun} that {have} the {most} {what}", f"which {some}{noun} {have} the {'largest' if high else 'smallest'} number of {what}",
                  f"who {have} the {most} {what}" if parent.person and not some else f"find the {some}{noun} with the {most} {what}")  # fmt: skip
    if child.measures and rng.random() < 0.5:
        measure, function = rng.choice(child.measures), rng.choice(("sum", "sum", "sum", "avg"))
        value, amount = f"{function}(T1.{measure.column})", f"how much {measure.name}"
        name = measure.name
        much = "most" if high else "least"
        if function == "sum":
            text = choose(rng, f"which {some}{noun} {have} the {much} {name} in total", f"which {some}{noun} {have} the {much} {name} over all their {what}",
                          f"the {some}{noun} with the {'highest' if high else 'lowest'} total {name}", f"who are the {some}{noun} with the {much} {name} overall" if parent.person and some
                          else f"which {some}{noun} took the {much} {name} altogether", f"which {some}{noun} got the {much} {name} for their {what}")  # fmt: skip
        else:
            text = choose(rng, f"which {some}{noun} {have} the {'highest' if high else 'lowest'} average {name}",
                          f"the {'top ' + some if high and some else some}{noun} by average {name} of their {what}")  # fmt: skip
    shown = named(parent, "T2")
    if rng.random() < 0.25:
        shown += f", {value}"
        text += choose(rng, f", and {amount}", f", and {amount} is it", f", with {amount}")
    condition_sql = where(said_in(found, text), "T1")
    order = f"ORDER BY {value}{' DESC' if high else ''} LIMIT {number}"
    return text, f"SELECT {shown} {_from(link)}{condition_sql} GROUP BY T2.{parent.key} {order}"


def having(link: Link, rng: random.Random) -> Asked:
    child, parent = link.child, link.parent
    if not parent.names or parent.key is None:
        return None
    number = rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 20, 100))
    operator, said = rng.choice(
        ((">", f"more than {number}"), (">", f"over {number}"), (">=", f"at least {number}"),
         (">=", f"{number} or more"), ("<", f"fewer than {number}"), ("=", f"exactly {number}"))
    )  # fmt: skip
    found = _children(link, rng, (0.8, 0.2))
    what, value = described(child, found), "count(*)"
    text = choose(rng, f"which {parent.many} have {said} {what}", f"list the {parent.many} with {said} {what}",
                  f"name the {parent.many} that have {said} {what}", f"{parent.many} with {said} {what}")  # fmt: skip
    if child.measures and rng.random() < 0.3:
        measure = rng.choice(child.measures)
        value = f"sum(T1.{measure.column})"
        text = choose(rng, f"which {parent.many} have {said} {measure.name} in total", f"which {parent.many} have {said} {measure.name} altogether",
                      f"{parent.many} whose {what} have a total {measure.name} of {said}")  # fmt: skip
    shown = named(parent, "T2")
    if rng.random() < 0.25:
        shown += f", {value}"
        text += choose(rng, ", and how many", ", with the number", ", and how many is it for each")
    condition_sql = where(said_in(found, text), "T1")
    return (
        text,
        f"SELECT {shown} {_from(link)}{condition_sql} GROUP BY T2.{parent.key} "
        f"HAVING {value} {operator} {number}",
    )


def childless(link: Link, rng: random.Random) -> Asked:
    """Parents without any child, or without one that meets a condition."""
    child, parent = link.child, link.parent
    found = _children(link, rng, (0.7, 0.3))
    what = described(child, found)
    one = described(child, found, one=True)
    said = choose(rng, f"have no {what}", f"don't have any {what}", f"have never had {with_article(one)}", f"do not have a single {one}",
                  f"have no {one} yet", f"have not had any {what}")  # fmt: skip
    condition_sql = f" WHERE {found[0].of()}" if found else ""
    rest = f"WHERE {link.ref} NOT IN (SELECT {link.column} FROM {child.table}{condition_sql})"
    if not parent.names or rng.random() < 0.3:
        text = choose(rng, f"how many {parent.many} {said}", f"how many {parent.many} are without {what}",
                      f"count the {parent.many} without any {what}")  # fmt: skip
        return text, f"SELECT count(*) FROM {parent.table} {rest}"
    text = choose(rng, f"which {parent.many} {said}", f"{parent.many} without {what}", f"list the {parent.many} that {said}",
                  f"which {parent.many} are without any {what}", f"{parent.many} with no {what} at all",
                  f"for which {parent.many} are there no {what}", f"which {parent.many} do none of the {what} belong to")  # fmt: skip
    return text, f"SELECT {named(parent)} FROM {parent.table} {rest}"


def both(link: Link, rng: random.Random) -> Asked:
    """Parents with children of one kind, and of another or not of another."""
    child, parent = link.child, link.parent
    if not parent.names or not child.kinds:
        return None
    kind = rng.choice(child.kinds)
    one, other = rng.sample(kind.texts, 2)
    name = kind.name
    together = rng.random() < 0.55
    text = choose(
        rng, f"which {parent.many} have both {one} and {other} {child.many}", f"which {parent.many} have {child.many} with {name} {one} and also with {name} {other}",
        f"find the {parent.many} that have {with_article(child.one)} with {name} {one} as well as one with {name} {other}",
        f"which {parent.many} have had {one} and also {other} as {name}",
    ) if together else choose(
        rng, f"which {parent.many} have {one} {child.many} but no {other} {child.many}", f"which {parent.many} have {with_article(child.one)} with {name} {one} but none with {name} {other}",
        f"{parent.many} with {child.many} whose {name} is {one}, but never {other}",
    )  # fmt: skip
    arms = [
        f"SELECT {named(parent, 'T1')} {_from(link, child_first=False)} WHERE T2.{kind.column} = '{value}'"
        for value in (one, other)
    ]
    return text, f" {'INTERSECT' if together else 'EXCEPT'} ".join(arms)


def top_child(link: Link, rng: random.Random) -> Asked:
    """The child of a parent at one end of a measure or a date."""
    told, child = _name_of(link.parent, rng), link.child
    ranked = (*child.measures, *child.years, *child.dates)
    if told is None or not ranked or not child.names:
        return None
    attribute, value = told
    column, high = rng.choice(ranked), rng.random() < 0.6
    pair = superlatives(column.name, column in child.dates)
    whose = _whose(link, attribute, value, rng)
    if pair is not None and rng.random() < 0.6:
        text = f"which is the {rng.choice(pair.most if high else pair.least)} {child.one} {whose}"
    else:
        text = f"which {child.one} {whose} has the {'highest' if high else 'lowest'} {column.name}"
    return (
        text,
        f"SELECT {named(child, 'T1')} {_from(link)} WHERE T2.{attribute.column} = '{value}' "
        f"ORDER BY T1.{column.column}{' DESC' if high else ''} LIMIT 1",
    )


def beside(link: Link, rng: random.Random) -> Asked:
    """A column of the child beside one of its parent."""
    child, parent = link.child, link.parent
    if not parent.names or not (child.names or child.attributes):
        return None
    shown = (child.names or child.attributes)[0]
    found = _children(link, rng, (0.5, 0.5))
    what = described(child, found)
    text = choose(rng, f"show the {shown.name} of all {what} and their {parent.one}", f"list the {what} with the name of their {parent.one}",
                  f"{shown.name} and {parent.one} of all {what}", f"for each of the {what}, show the {shown.name} and the {parent.one}")  # fmt: skip
    condition_sql = where(said_in(found, text), "T1")
    return text, f"SELECT T1.{shown.column}, {named(parent, 'T2')} {_from(link)}{condition_sql}"


def distinct_parents(link: Link, rng: random.Random) -> Asked:
    """How many different parents the children of some sort have."""
    new = condition(link.child, rng)
    if new is None:
        return None
    what, parent = described(link.child, [new]), link.parent
    text = choose(rng, f"how many different {parent.many} have {what}", f"how many different {parent.many} had {what}",
                  f"how many {parent.many} have at least one {described(link.child, [new], one=True)}")  # fmt: skip
    return text, f"SELECT count(DISTINCT {link.column}) FROM {link.child.table} WHERE {new.of()}"


#: Every pattern with its weight.
JOINED = (
    (of_parent, 6), (parent_of, 4), (per_parent, 4), (top_parent, 5), (having, 3), (childless, 5),
    (both, 3), (top_child, 1), (beside, 2), (distinct_parents, 1),
)  # fmt: skip
