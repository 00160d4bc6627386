"""The things of a database, as its schema and cells show them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from text2sql.linking.cell_index import CellIndex
from text2sql.query import quote_identifier
from text2sql.query.nouns import plural, singular
from text2sql.schema import Column, Schema
from train.pocket.synthesis.things import Attribute, Link, Number, Thing, unambiguous_links
from train.pocket.synthesis.vocabulary import nouns

__all__ = ["things_of"]

_KEYISH = re.compile(r"\b(ids?|code|key|number|no|phone|fax|zip|url|email|ssn|index)$")
_YEAR = re.compile(r"\byears?\b|\b(founded|built|opened)$")
_PLACED = re.compile(
    r"\b(latitude|longitude|rank|ranking|position|room|class room|order|level|major|advisor)$"
)
_TELLS_NOT = re.compile(r"\b(date|time|day|year|duration|postcode|zip)\b")
_MARKS = frozenset("'\"\\")  # a question would have to quote these
_MOST_KINDS = 40
_MOST_CELLS = 300  # of a column, to choose values from
_FEW_ROWS = 5
_NAMED = ("name", "title")
_FIRST_NAMES = ("first name", "fname", "forename")  # or their ends: "customer first name"
_LAST_NAMES = ("last name", "lname", "surname", "family name")


@dataclass
class _Cells:
    """Distinct cells by the position of their column in the whole schema."""

    dates: set[int]
    texts: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[int, list[Number]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, index: CellIndex) -> _Cells:
        cells = cls(index.dates)
        for found in index.exact.values():
            for column, text in found.items():
                if text.isprintable() and not _MARKS & set(text):
                    cells.texts[column].append(text)
        for number, columns in index.numbers.items():
            for column in columns:
                cells.numbers[column].append(number)
        return cells

    def count(self, column: int) -> int:
        return max(len(self.texts[column]), len(self.numbers[column]))


def things_of(schema: Schema, index: CellIndex) -> tuple[list[Thing], list[Link]]:
    """Read the tables of a schema as things, and the keys between them as links."""
    cells = _Cells.read(index)
    firsts = list(accumulate((len(table.columns) for table in schema.tables), initial=0))
    things = [_thing(schema, i, firsts[i], cells) for i in range(len(schema.tables))]
    links = [
        Link(
            things[key.table],
            things[key.ref_table],
            quote_identifier(schema.tables[key.table].columns[key.column].name),
            quote_identifier(schema.tables[key.ref_table].columns[key.ref_column].name),
        )
        for key in schema.foreign_keys
        if key.table != key.ref_table
    ]
    return [t for t in things if not t.table.startswith("sqlite_")], unambiguous_links(links)


def _thing(schema: Schema, position: int, first: int, cells: _Cells) -> Thing:
    table = schema.tables[position]
    others = {t.name.lower() for t in schema.tables if t is not table}
    noun = table.natural.lower() or table.name.lower()
    if noun.replace(" ", "_") in others:  # tables.json has names of tables mixed up
        noun = table.name.lower().replace("_", " ")
    groups = _groups(schema, position, first, cells)
    names = _names(groups, singular(noun))
    keys = [column.name for column in table.columns if column.primary_key]
    return Thing(
        table=quote_identifier(table.name),
        one=singular(noun),
        many=plural(noun),
        key=quote_identifier(keys[0]) if len(keys) == 1 else None,
        names=names,
        kinds=tuple(a for a in groups["kind"] if a not in names),
        texts=tuple(a for a in groups["text"] if a not in names),
        measures=tuple(groups["measure"]),
        years=tuple(groups["year"]),
        dates=tuple(groups["date"]),
        codes=tuple(groups["code"]),
    )


def _groups(
    schema: Schema, position: int, first: int, cells: _Cells
) -> defaultdict[str, list[Attribute]]:
    """The columns of a table by their role in questions; see ``_group``."""
    table = schema.tables[position]
    referring = {key.column for key in schema.foreign_keys if key.table == position}
    rows = max((cells.count(first + place) for place in range(len(table.columns))), default=0)
    groups: defaultdict[str, list[Attribute]] = defaultdict(list)
    for place, column in enumerate(table.columns):
        attribute = _attribute(column, first + place, cells)
        named = attribute.texts and attribute.name.endswith(_NAMED)
        if place in referring or (column.primary_key and not named):
            group = "code"
        elif first + place in cells.dates:
            group = "date"
        else:
            group = _group(attribute, column.type == "number", rows)
        groups[group].append(attribute)
    return groups


def _attribute(column: Column, position: int, cells: _Cells) -> Attribute:
    name = column.natural.lower() or column.name.lower()
    texts = cells.texts[position]
    if nouns("contacts") & set(name.split()):  # a description of one letter is a placeholder
        texts = [text for text in texts if len(text) > 1]
    return Attribute(
        quote_identifier(column.name),
        name,
        tuple(texts[:_MOST_CELLS]),
        tuple(cells.numbers[position][:_MOST_CELLS]),
    )


def _group(attribute: Attribute, is_number: bool, rows: int) -> str:
    """``key``, ``measure``, ``year``, ``kind`` or ``text``; nobody asks about a key.

    Args:
        rows: the most distinct cells in one column of the table.
    """
    name, texts = attribute.name, len(attribute.texts)
    if _KEYISH.search(name) or len(name) < 3:
        return "text" if texts else "key"
    many = len(attribute.numbers) > 1
    if many and len(attribute.numbers) >= texts and _tells_years(attribute, is_number):
        return "year"
    if not texts and not attribute.numbers:
        return _unseen(attribute, is_number)
    if is_number and many:
        return "key" if _PLACED.search(name) else "measure"
    if not texts:
        return "key"
    if nouns("contacts") & set(name.split()) or (texts >= rows > _FEW_ROWS):
        return "text"
    return "kind" if 2 <= texts <= _MOST_KINDS else "text"


def _tells_years(attribute: Attribute, is_number: bool) -> bool:
    """Whether a column holds years, by its name or because all its texts are years."""
    years = not is_number and all(1700 <= number <= 2100 for number in attribute.numbers)
    return years or bool(_YEAR.search(attribute.name))


def _unseen(attribute: Attribute, is_number: bool) -> str:
    """The group of a column without cells, by its name and type."""
    name = attribute.name
    if is_number:
        return "key" if _YEAR.search(name) or _PLACED.search(name) else "measure"
    return "text" if name.endswith(_NAMED) else "key"


def _names(groups: Mapping[str, Sequence[Attribute]], noun: str) -> tuple[Attribute, ...]:
    """The column that names a row's thing, or the two of first and last name."""
    texts = [*groups["text"], *groups["kind"]]
    first = [a for a in texts if a.name.endswith(_FIRST_NAMES)]
    last = [a for a in texts if a.name.endswith(_LAST_NAMES)]
    if first and last:
        return (first[0], last[0])
    telling = ("name", "title", "full name", f"{noun} name", f"{noun} title", noun)
    called = [
        *(a for name in telling for a in texts if a.name == name),
        *(a for a in texts if a.name.endswith((" name", " title")) and not _reaches(a)),
        *(a for a in texts if a.name in ("label", "description", f"{noun} description")),
        *(
            a
            for a in groups["text"]
            if not _reaches(a) and not a.is_place and not _TELLS_NOT.search(a.name)
        ),
    ]
    return tuple(called[:1])


def _reaches(attribute: Attribute) -> bool:
    """Whether a text is an address, a code or a remark rather than a name."""
    words = set(attribute.name.split())
    return bool(_KEYISH.search(attribute.name)) or bool(nouns("contacts") & words)
