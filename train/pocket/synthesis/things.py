"""Tables as things with attributes, and the links between them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from text2sql.query.nouns import plural, singular, with_article
from train.pocket.synthesis.vocabulary import nouns

__all__ = ["Attribute", "Bridge", "Link", "Number", "Thing", "bridges_of"]

Number = int | float

_FEW = 12  # a column with at most so many distinct numbers makes groups
_AMOUNT = re.compile(r"^(total |total number of |(number|num|no) (of )?)(?=\w)")


@dataclass(frozen=True)
class Attribute:
    """A column people ask about, by its name in English and the cells it holds."""

    column: str  # as SQL has it
    name: str
    texts: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()

    def sql(self, alias: str = "") -> str:
        """The column in SQL, qualified by ``alias`` if there is one."""
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
        """Whether people ask "how many" about it: ``doors``."""
        return self.name != self.one

    @property
    def adds_up(self) -> bool:
        """Whether its sum means something; a sum of ages does not."""
        return not nouns("levels") & set(self.name.split())

    @property
    def is_amount(self) -> bool:
        """Whether "5 of it" makes sense: doors, but not ages or a "budget in billions"."""
        return self.adds_up and " in " not in self.name

    @property
    def bare(self) -> Attribute:
        """The column as an amount of something: ``employees`` for ``number of employees``."""
        return replace(self, name=_AMOUNT.sub("", self.name))

    @property
    def is_flag(self) -> bool:
        """Whether its cells are marks such as yes and no, which do not describe a thing."""
        return all(len(text) < 4 or text.lower() == "false" for text in self.texts)

    @property
    def each(self) -> str:
        """The column's name after "for each": ``number of doors``, ``color``."""
        name = self.bare.name
        return f"number of {name}" if name != singular(name) and self.numbers else self.one

    @property
    def is_earned(self) -> bool:
        return bool(nouns("earnings") & set(self.name.split()))

    @property
    def is_place(self) -> bool:
        """Whether its cells are places that things are in."""
        words = self.name.split()
        return bool(nouns("places") & set(words[-1:])) and not nouns("contacts") & set(words)


@dataclass(frozen=True)
class Thing:
    """A table as a noun with attributes; ``key`` and ``table`` as SQL has them."""

    table: str
    one: str
    many: str
    key: str | None
    names: tuple[Attribute, ...]  # the column of its name, or the two of first and last name
    kinds: tuple[Attribute, ...]  # texts that many rows share
    texts: tuple[Attribute, ...]  # other texts
    measures: tuple[Attribute, ...]  # numbers that can be compared
    years: tuple[Attribute, ...]
    dates: tuple[Attribute, ...]  # texts YYYY-MM-DD
    codes: tuple[Attribute, ...] = ()  # primary and foreign keys

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return (*self.kinds, *self.texts, *self.measures, *self.years, *self.dates)

    @property
    def ranked(self) -> tuple[Attribute, ...]:
        """The attributes with a high and a low end."""
        return (*self.measures, *self.years, *self.dates)

    @property
    def groups(self) -> tuple[Attribute, ...]:
        """The attributes to group by: kinds, numbers with few values, and times."""
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
        """Whether a time is clear without the name of its column."""
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
    """Two keys that meet in a table; ``tables`` is their FROM clause, with the ends as T1 and T3.

    In a chain, from a child through its parent, a near thing has at most one far thing.
    """

    near: Thing
    far: Thing
    tables: str
    is_chain: bool


def unambiguous_links(links: list[Link]) -> list[Link]:
    """The links that are the only ones between their two tables.

    Several links between two tables are parts of one key, or have roles ("from", "to") that a
    question would have to distinguish.
    """
    counts = Counter((link.child.table, link.parent.table) for link in links)
    return [link for link in links if counts[link.child.table, link.parent.table] == 1]


def bridges_of(links: list[Link]) -> list[Bridge]:
    """Pairs of links through one table: from it to two others, or in a chain."""
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
