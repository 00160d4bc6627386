"""What a table is about, as far as its columns and cells show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from text2sql.generators.pocket.values import CellIndex
from text2sql.query import quote_identifier
from text2sql.query.nouns import plural, singular
from text2sql.schema import Schema
from train.pocket.synthesis.wording import PERSONS

__all__ = ["Attribute", "Link", "Thing", "things_of"]

Number = int | float

_KEYISH = re.compile(r"(^|\b)(id|ids|code|key|number|no|phone|fax|zip|url|email|ssn|index)$")
_YEAR = re.compile(r"\byears?\b|\bfounded\b")
_PLACED = re.compile(r"\b(latitude|longitude|rank|ranking|position|room|class room|order|level)$")
_NAMES = ("name", "title", "full name", "label", "description")
_MOST_KINDS = 40


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


@dataclass(frozen=True)
class Thing:
    """A table as a noun with attributes; ``key`` and ``table`` as SQL has them."""

    position: int
    table: str
    one: str
    many: str
    person: bool
    key: str | None
    names: tuple[Attribute, ...]  # what it is called; several for first and last name
    kinds: tuple[Attribute, ...]  # texts that many rows share
    texts: tuple[Attribute, ...]  # other texts
    measures: tuple[Attribute, ...]  # numbers that may be added up
    years: tuple[Attribute, ...]
    dates: tuple[Attribute, ...]  # texts YYYY-MM-DD

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return (*self.kinds, *self.texts, *self.measures, *self.years, *self.dates)


@dataclass(frozen=True)
class Link:
    """``child`` refers to ``parent``: in SQL, ``child.column = parent.ref``."""

    child: Thing
    parent: Thing
    column: str
    ref: str


def things_of(schema: Schema, index: CellIndex) -> tuple[list[Thing], list[Link]]:
    """The tables of a schema as things, and the keys between them."""
    texts, numbers = _cells(index)
    referring = {(k.table, k.column) for k in schema.foreign_keys}
    things, first = [], 0
    for position, table in enumerate(schema.tables):
        things.append(_thing(schema, position, first, index, texts, numbers, referring))
        first += len(table.columns)
    links = [
        Link(
            things[k.table],
            things[k.ref_table],
            quote_identifier(schema.tables[k.table].columns[k.column].name),
            quote_identifier(schema.tables[k.ref_table].columns[k.ref_column].name),
        )
        for k in schema.foreign_keys
        if k.table != k.ref_table
    ]
    return things, links


def _cells(index: CellIndex) -> tuple[dict[int, list[str]], dict[int, list[Number]]]:
    texts: dict[int, list[str]] = defaultdict(list)
    numbers: dict[int, list[Number]] = defaultdict(list)
    for found in index.exact.values():
        for column, text in found.items():
            if "'" not in text and '"' not in text:
                texts[column].append(text)
    for number, columns in index.numbers.items():
        for column in columns:
            numbers[column].append(number)
    return texts, numbers


def _thing(
    schema: Schema,
    position: int,
    first: int,
    index: CellIndex,
    texts: Mapping[int, Sequence[str]],
    numbers: Mapping[int, Sequence[Number]],
    referring: set[tuple[int, int]],
) -> Thing:
    table = schema.tables[position]
    noun = table.natural.lower() or table.name.lower()
    groups: dict[str, list[Attribute]] = defaultdict(list)
    for place, column in enumerate(table.columns):
        name = column.natural.lower()
        attribute = Attribute(
            quote_identifier(column.name),
            name,
            tuple(texts.get(first + place, ())[:300]),
            tuple(numbers.get(first + place, ())[:300]),
        )
        is_key = column.primary_key or (position, place) in referring
        groups[_group(attribute, column.type, is_key, first + place in index.dates)].append(
            attribute
        )
    names = _names(groups)
    keys = [c.name for c in table.columns if c.primary_key]
    return Thing(
        position,
        quote_identifier(table.name),
        singular(noun),
        plural(noun),
        any(word in PERSONS for word in (singular(noun).split() or [""])[-1:]),
        quote_identifier(keys[0]) if len(keys) == 1 else None,
        names,
        tuple(a for a in groups["kind"] if a not in names),
        tuple(a for a in groups["text"] if a not in names),
        tuple(groups["measure"]),
        tuple(groups["year"]),
        tuple(groups["date"]),
    )


def _group(attribute: Attribute, kind: str, is_key: bool, is_date: bool) -> str:
    if is_date:
        return "date"
    if is_key or _KEYISH.search(attribute.name) or len(attribute.name) < 3:
        return "key" if not attribute.texts or is_key else "text"
    if kind == "number" and len(attribute.numbers) > 1:
        if _YEAR.search(attribute.name):
            return "year"
        return "key" if _PLACED.search(attribute.name) else "measure"
    if not attribute.texts:
        return "key"
    return "kind" if 2 <= len(attribute.texts) <= _MOST_KINDS else "text"


def _names(groups: Mapping[str, list[Attribute]]) -> tuple[Attribute, ...]:
    """The column that says which thing a row is, or the two of first and last name."""
    texts = [*groups["text"], *groups["kind"]]
    first = [a for a in texts if a.name in ("first name", "fname", "forename")]
    last = [a for a in texts if a.name in ("last name", "lname", "surname", "family name")]
    if first and last:
        return (first[0], last[0])
    called = [a for a in texts if a.name.endswith(_NAMES)]
    return tuple((called or groups["text"])[:1])
