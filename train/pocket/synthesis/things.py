"""What a table is about, as far as its columns and cells show."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from text2sql.query.nouns import plural, singular, with_article
from train.pocket.synthesis.vocabulary import nouns

__all__ = ["Attribute", "Bridge", "Link", "Number", "Thing", "bridges_of"]

Number = int | float

_FEW = 12  # different numbers that make groups
_AMOUNT = re.compile(r"^(total |total number of |(number|num|no) (of )?)(?=\w)")


@dataclass(frozen=True)
class Attribute:
    """A column people ask about, by its name in English and the cells it holds."""

    column: str  # as SQL has it
    name: str
    texts: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()

    def of(self, alias: str = "") -> str:
        """The column as SQL, behind a table's alias where there is one."""
        return f"{alias}.{self.column}" if alias else self.column

    @property
    def one(self) -> str:
        return singular(self.name)

    @property
    def many(self) -> str:
        return plural(self.name)

    @property
    def a_name(self) -> str:
        """``a price``, but ``doors``."""
        return self.name if self.is_counted else with_article(self.name)

    @property
    def is_counted(self) -> bool:
        """Whether people ask "how many" of it: ``doors``."""
        return self.name != self.one

    @property
    def adds_up(self) -> bool:
        """Whether a sum of it means something: not that of ages."""
        return not nouns("levels") & set(self.name.split())

    @property
    def is_amount(self) -> bool:
        """Whether a number of it can be had: doors, but not ages or a "budget in billions"."""
        return self.adds_up and " in " not in self.name

    @property
    def bare(self) -> Attribute:
        """The column as an amount of something: ``employees`` for ``number of employees``."""
        return replace(self, name=_AMOUNT.sub("", self.name))

    @property
    def is_flag(self) -> bool:
        """Whether its cells say yes or no, or are marks: nothing that a thing is called."""
        return all(len(text) < 4 or text.lower() == "false" for text in self.texts)

    @property
    def each(self) -> str:
        """What there is one of in a group: ``number of doors``, ``color``."""
        name = self.bare.name
        return f"number of {name}" if name != singular(name) and self.numbers else self.one

    @property
    def is_earned(self) -> bool:
        return bool(nouns("earnings") & set(self.name.split()))

    @property
    def is_place(self) -> bool:
        """Whether something is "in" its cells."""
        words = self.name.split()
        return bool(nouns("places") & set(words[-1:])) and not nouns("contacts") & set(words)


@dataclass(frozen=True)
class Thing:
    """A table as a noun with attributes; ``key`` and ``table`` as SQL has them."""

    table: str
    one: str
    many: str
    key: str | None
    names: tuple[Attribute, ...]  # what it is called; several for first and last name
    kinds: tuple[Attribute, ...]  # texts that many rows share
    texts: tuple[Attribute, ...]  # other texts
    measures: tuple[Attribute, ...]  # numbers that may be compared
    years: tuple[Attribute, ...]
    dates: tuple[Attribute, ...]  # texts YYYY-MM-DD
    codes: tuple[Attribute, ...] = ()  # keys and what refers to other things

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return (*self.kinds, *self.texts, *self.measures, *self.years, *self.dates)

    @property
    def ranked(self) -> tuple[Attribute, ...]:
        """What has a high and a low end."""
        return (*self.measures, *self.years, *self.dates)

    @property
    def groups(self) -> tuple[Attribute, ...]:
        """What things are grouped by: kinds, and numbers and times that many share."""
        few = tuple(a for a in self.measures if 1 < len(a.numbers) <= _FEW)
        return (*self.kinds, *self.kinds, *few, *self.years, *self.dates)

    @property
    def amounts(self) -> tuple[Attribute, ...]:
        """The measures that may be added up, by what is added."""
        return tuple(measure.bare for measure in self.measures if measure.adds_up)

    @property
    def a_one(self) -> str:
        return with_article(self.one)

    @property
    def is_person(self) -> bool:
        return bool(nouns("persons") & set(self.one.split()[-1:]))

    @property
    def that(self) -> str:
        return "who" if self.is_person else "that"

    @property
    def its(self) -> str:
        return "their" if self.is_person else "its"

    @property
    def has_one_time(self) -> bool:
        """Whether a time need not say of which column it is."""
        return len(self.years) + len(self.dates) == 1

    def is_time(self, attribute: Attribute) -> bool:
        return attribute in (*self.years, *self.dates)


@dataclass(frozen=True)
class Link:
    """``child`` refers to ``parent``: in SQL, ``child.column = parent.ref``."""

    child: Thing
    parent: Thing
    column: str
    ref: str


@dataclass(frozen=True)
class Bridge:
    """Two keys that lie end to end; ``tables`` is their FROM, with the ends as T1 and T3.

    In a chain, from a child over its parent, a near thing has one far thing at most.
    """

    near: Thing
    far: Thing
    tables: str
    is_chain: bool


def links_alone(links: list[Link]) -> list[Link]:
    """The links without those that share their tables.

    Several between two tables are the parts of one key, or play parts ("from", "to") that a
    question would have to tell apart.
    """
    counts = Counter((link.child.table, link.parent.table) for link in links)
    return [link for link in links if counts[link.child.table, link.parent.table] == 1]


def bridges_of(links: list[Link]) -> list[Bridge]:
    """From one table to two others, or in a chain."""
    return [
        _bridge(one, other)
        for one in links
        for other in links
        if one is not other
        and one.parent is not other.parent
        and (one.child is other.child or one.parent is other.child)
        and one.child is not other.parent
    ]


def _bridge(one: Link, other: Link) -> Bridge:
    last = f"JOIN {other.parent.table} AS T3 ON T2.{other.column} = T3.{other.ref}"
    if one.child is other.child:  # parent <- middle -> parent
        first = (
            f"FROM {one.parent.table} AS T1 JOIN {one.child.table} AS T2 "
            f"ON T1.{one.ref} = T2.{one.column}"
        )
        return Bridge(one.parent, other.parent, f"{first} {last}", is_chain=False)
    first = (
        f"FROM {one.child.table} AS T1 JOIN {one.parent.table} AS T2 "
        f"ON T1.{one.column} = T2.{one.ref}"
    )
    return Bridge(one.child, other.parent, f"{first} {last}", is_chain=True)
