"""Questions about children and their parents: a foreign key of the child refers to the parent."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from train.pocket.synthesis.conditions import Selection, random_condition, random_selection, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import (
    ask_for_names,
    extreme_phrase,
    much_or_many,
    names_of,
    random_aggregate,
)
from train.pocket.synthesis.things import Attribute, Link, Thing
from train.pocket.synthesis.wording import say

__all__ = ["CHILDREN", "ThingByValue", "child_joined", "thing_by_value", "without_needless_join"]


def child_joined(link: Link) -> str:
    """``FROM child AS T1 JOIN parent AS T2 ON ...``."""
    return (
        f"FROM {link.child.table} AS T1 JOIN {link.parent.table} AS T2 "
        f"ON T1.{link.column} = T2.{link.ref}"
    )


_DISTINCT = re.compile(r"\b(different|distinct|unique)\b")


def without_needless_join(sql: str, alias: str) -> str:
    """Drop the join of ``alias`` if the query uses only the column that the foreign key holds."""
    found = re.search(rf" JOIN \S+ AS {alias} ON (\S+) = {alias}\.(\S+)", sql)
    if found is None:
        return sql
    column = rf"\b{alias}\.{re.escape(found[2])}(?!\w)"
    short = re.sub(column, lambda _: found[1], sql.replace(found[0], ""))
    return sql if f"{alias}." in short else short


@dataclass(frozen=True)
class ThingByValue:
    """A thing identified by a value of one of its columns: its name or its kind."""

    thing: Thing
    attribute: Attribute
    value: str

    @property
    def is_named(self) -> bool:
        return self.attribute in self.thing.names

    @property
    def key(self) -> str:
        return "named" if self.is_named else "kind"

    def sql(self, alias: str) -> str:
        return f"{alias}.{self.attribute.column} = '{self.value}'"


def thing_by_value(thing: Thing, rng: random.Random) -> ThingByValue | None:
    """Choose a value that identifies the thing; None if no column has one."""
    known = [a for a in (*thing.names[:1] * 2, *thing.kinds) if a.texts]
    if not known:
        return None
    attribute = rng.choice(known)
    return ThingByValue(thing, attribute, rng.choice(attribute.texts))


def _whose(link: Link, parent: ThingByValue, rng: random.Random, belong: str = "belong") -> str:
    """The phrase that assigns children to ``parent``: ``of the town Glasgow``."""
    keys = [f"whose.{parent.key}"]
    if not parent.is_named and parent.attribute.is_place:
        keys.append("whose.place")
    slots = {"child": link.child, "parent": link.parent, "column": parent.attribute}
    return say(rng, *keys, **slots, value=parent.value, belong=belong)


def of_parent(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Names, a column, a count or an aggregate of the children of one parent."""
    parent, child = thing_by_value(link.parent, rng), link.child
    if parent is None:
        return None
    children = random_selection(child, rng, (0.7, 0.3))
    what = f"{children} {_whose(link, parent, rng)}"
    rest = f"{child_joined(link)}{where(parent.sql('T2'), *children.sql_in(what, 'T1'))}"
    kind = rng.choices(("names", "count", "measure", "column"), (4, 4, 3, 2))[0]
    if kind == "names" and child.names:
        return MadeUpQuestion(
            ask_for_names(child, rng, what), f"SELECT {names_of(child, 'T1')} {rest}"
        )
    if kind == "measure" and child.measures:
        return _measure(child, what, rest, rng)
    if kind == "column" and child.attributes:
        shown = rng.choice(child.attributes)
        text = say(rng, "of_parent.column", what=what, column=shown)
        return MadeUpQuestion(text, f"SELECT T1.{shown.column} {rest}")
    key = "had" if parent.is_named and rng.random() < 0.5 else "count"
    text = say(rng, f"of_parent.{key}", what=what, children=children, value=parent.value)
    return MadeUpQuestion(text, f"SELECT count(*) {rest}")


def _measure(child: Thing, what: str, rest: str, rng: random.Random) -> MadeUpQuestion | None:
    found = random_aggregate(child, rng, "sum sum avg max min")
    if found is None:
        return None
    function, measure = found
    keys = ["of_parent.measure"]
    if function == "sum":
        keys.append("of_parent.sum")
    if function in ("sum", "avg") and measure.adds_up:
        keys.append(f"of_parent.{function}_{much_or_many(measure)}")
    text = say(rng, *keys, word=say(rng, f"word.{function}"), column=measure, what=what)
    return MadeUpQuestion(text, f"SELECT {function}(T1.{measure.column}) {rest}")


def of_parents(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """Names, a count or an aggregate of the children of parents that meet a condition."""
    child, new = link.child, random_condition(link.parent, rng)
    if new is None:
        return None
    parents, what = Selection(link.parent, (new,)), random_selection(child, rng, (0.7, 0.3))
    conditions = where(new.sql("T2"), *(c.sql("T1") for c in what.conditions))
    rest = f"{child_joined(link)}{conditions}"
    slots = {"what": what, "parents": parents, "child": child}
    found = random_aggregate(child, rng, "avg sum max min") if rng.random() < 0.3 else None
    if found is not None:
        function, measure = found
        word = say(rng, f"word.{function}")
        text = say(rng, "of_parents.measure", word=word, column=measure, **slots)
        return MadeUpQuestion(text, f"SELECT {function}(T1.{measure.column}) {rest}")
    if child.names and rng.random() < 0.6:
        return MadeUpQuestion(
            say(rng, "of_parents.names", **slots), f"SELECT {names_of(child, 'T1')} {rest}"
        )
    return MadeUpQuestion(say(rng, "of_parents.count", **slots), f"SELECT count(*) {rest}")


def parent_of(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """The parent of a named child, or the parents of children that meet a condition."""
    child, parent = link.child, link.parent
    if not parent.names:
        return None
    shown = rng.choice((*parent.names[:1] * 2, *parent.attributes[:4]))
    is_name = shown in parent.names
    selected = names_of(parent, "T2") if is_name else shown.sql("T2")
    if len(child.names) == 1 and child.names[0].texts and rng.random() < 0.6:
        value = rng.choice(child.names[0].texts)
        key = "column" if not is_name else "person" if parent.is_person else "name"
        text = say(rng, f"parent_of.{key}", parent=parent, column=shown, value=value)
        condition_sql = f"{child.names[0].sql('T1')} = '{value}'"
        return MadeUpQuestion(text, f"SELECT {selected} {child_joined(link)}{where(condition_sql)}")
    new = random_condition(child, rng)
    if new is None:
        return None
    key, parents = "names" if is_name else "columns", random_selection(parent, rng, (0.75, 0.25))
    text = say(
        rng, f"parent_of.{key}", what=Selection(child, (new,)), parents=parents, column=shown
    )
    conditions = where(*parents.sql_in(text, "T2"), new.sql("T1"))
    distinct = "DISTINCT " if _DISTINCT.search(text) else ""
    return MadeUpQuestion(text, f"SELECT {distinct}{selected} {child_joined(link)}{conditions}")


def top_child(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """The child of one parent with the highest or lowest measure or date."""
    parent, child = thing_by_value(link.parent, rng), link.child
    if parent is None or not child.ranked or not child.names:
        return None
    whose = _whose(link, parent, rng, "belongs")
    text, order = extreme_phrase(child, "T1", rng, "top_child", child=child, whose=whose)
    rest = f"{child_joined(link)}{where(parent.sql('T2'))} {order}"
    return MadeUpQuestion(text, f"SELECT {names_of(child, 'T1')} {rest}")


def beside(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """A column of the child beside the name of its parent."""
    child, parent = link.child, link.parent
    known = child.names or child.attributes
    if not parent.names or not known:
        return None
    what = random_selection(child, rng, (0.5, 0.5))
    keys = ["beside.any", "beside.named"] if child.names else ["beside.any"]
    text = say(rng, *keys, what=what, parent=parent, column=known[0])
    selected = f"{known[0].sql('T1')}, {names_of(parent, 'T2')}"
    return MadeUpQuestion(
        text, f"SELECT {selected} {child_joined(link)}{where(*what.sql_in(text, 'T1'))}"
    )


def distinct_parents(link: Link, rng: random.Random) -> MadeUpQuestion | None:
    """How many different parents the children that meet a condition have."""
    new = random_condition(link.child, rng)
    if new is None:
        return None
    text = say(rng, "distinct_parents.any", parent=link.parent, what=Selection(link.child, (new,)))
    selected = f"count(DISTINCT {link.column})"
    return MadeUpQuestion(text, f"SELECT {selected} FROM {link.child.table}{where(new.sql())}")


CHILDREN: Patterns[Link] = (
    (of_parent, 6),
    (of_parents, 3),
    (parent_of, 4),
    (top_child, 1),
    (beside, 2),
    (distinct_parents, 1),
)
