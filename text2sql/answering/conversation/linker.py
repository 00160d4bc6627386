"""Finds the columns of a database that words may mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from text2sql.databases import Database
from text2sql.linking.cell_index import cell_index
from text2sql.linking.words import stem
from text2sql.schema import Column, ColumnPosition, Schema

__all__ = ["Linked", "Linker", "alike"]

_VOWELS = re.compile(r"[aeiou]")
_YES = frozenset(("y", "yes", "t", "true", "1", "ja", "oui", "x", "on"))
_NO = frozenset(("n", "no", "f", "false", "0", "nein", "non", "off", ""))
_MOST_COLUMNS = 6
_SHORT = {
    "nm": "name", "dt": "date", "yr": "year", "qty": "quantity", "amt": "amount", "cd": "code",
    "desc": "description", "descr": "description", "addr": "address", "tel": "phone",
    "mob": "mobile", "cust": "customer", "emp": "employee", "dept": "department", "cat": "category",
    "loc": "location", "num": "number", "nr": "number", "avg": "average", "tot": "total",
    "pct": "percent", "temp": "temperature", "prod": "product", "mth": "month", "hrs": "hours",
    "dob": "birth", "sal": "salary", "grp": "group", "natnl": "nationality",
}  # fmt: skip
_NO_WORDS = frozenset(("the", "of", "tbl", "dim", "fact", "t"))
_GIVEN = frozenset(map(stem, "first forename given firstname fname".split()))
_FAMILY = frozenset(map(stem, "last surname family lastname lname".split()))
_NAMES = frozenset(map(stem, "name title surname forename full label called handle".split()))
_GENERIC = frozenset(map(stem, "name id number date type code time no day year title".split()))
_PEOPLE = frozenset(
    map(stem, "person people customer client member employee staff holder owner driver keeper "
    "doctor patient player author artist teacher student guest user crew volunteer agent angler "
    "worker passenger singer pilot coach officer clerk rep manager director writer actor maker "
    "buyer seller supplier visitor resident tenant applicant applicants reader rider trainer "
    "instructor contact household midwife farmer supervisor carer reader".split())
)  # fmt: skip
_SPOTS = frozenset(
    map(stem, "place site venue location town city room station area country district branch "
    "building hall stadium harbour port village region shop store base garage tank bath".split())
)  # fmt: skip


@dataclass(frozen=True)
class Linked:
    """A column that words may mean, with a score (about 0 to 1.5) and the reason."""

    place: ColumnPosition
    score: float
    why: str = "name"


class Linker:
    """Finds the columns that words mean in one database."""

    def __init__(self, database: Database) -> None:
        self.schema: Schema = database.schema
        self.index = cell_index(database)
        self.places = [
            (t, c) for t, table in enumerate(self.schema.tables) for c in range(len(table.columns))
        ]
        self.flat = {place: i for i, place in enumerate(self.places)}
        columns = {place: self.column(place) for place in self.places}
        self.names = {p: _words(column.natural, column.name) for p, column in columns.items()}
        self.table_names = [_words(t.natural, t.name) for t in self.schema.tables]

    def column(self, place: ColumnPosition) -> Column:
        return self.schema.tables[place[0]].columns[place[1]]

    def name_columns(self, table: int) -> list[ColumnPosition]:
        """Return the columns that name a row of ``table``: one, or two for a person."""
        places = [(table, c) for c in range(len(self.schema.tables[table].columns))]
        given = [p for p in places if self.names[p] & _GIVEN]
        family = [p for p in places if self.names[p] & _FAMILY and p not in given]
        if given and family:
            return [given[0], family[0]]
        return [max(places, key=self._is_name)] if places else []

    def _is_name(self, place: ColumnPosition) -> float:
        words, column = self.names[place], self.column(place)
        keys = self.schema.foreign_keys
        score = 1.0 * bool(words & _NAMES) + 0.5 * bool(words & self.table_names[place[0]])
        score += 0.3 * (column.type == "text") - 0.1 * len(words) - 0.05 * place[1]
        score -= column.primary_key and not words & _NAMES
        return score - any((k.table, k.column) == place for k in keys)

    def neighbours(self, near: Collection[int]) -> list[int]:
        """Return the tables ``near``, then those that one foreign key connects with them."""
        keys = [(key.table, key.ref_table) for key in self.schema.foreign_keys]
        beside = [b for a, b in keys if a in near] + [a for a, b in keys if b in near]
        return list(dict.fromkeys((*near, *beside)))

    def who(self, near: Collection[int]) -> list[Linked]:
        """Return columns that name people in the tables ``near`` or their neighbours."""
        return self._called(near, _PEOPLE, "who")

    def where(self, near: Collection[int]) -> list[Linked]:
        """Return columns that name places in the tables ``near`` or their neighbours."""
        return self._called(near, _SPOTS, "where")

    def _called(self, near: Collection[int], nouns: Collection[str], why: str) -> list[Linked]:
        found = []
        for rank, table in enumerate(self.neighbours(near)):
            names = self.name_columns(table)
            if names:
                known = bool(self.table_names[table] & set(nouns))
                person = why == "who" and len(names) > 1
                score = 0.5 + 0.3 * (known or person) - 0.05 * rank
                found.append(Linked(names[0], score, why))
        return sorted(found, key=lambda linked: -linked.score)[:_MOST_COLUMNS]

    def columns_like(self, names: Sequence[str], near: Collection[int]) -> list[Linked]:
        """Return columns whose names contain one of ``names``, those of ``near`` first."""
        stems = [stem(name) for name in names]
        found = []
        for place in self.places:
            hits = [i for i, one in enumerate(stems) if one in self.names[place]]
            if hits:
                score = 0.8 - 0.03 * hits[0] - 0.1 * (len(self.names[place]) - 1)
                found.append(Linked(place, score - 0.5 * (place[0] not in near), "meaning"))
        return sorted(found, key=lambda linked: -linked.score)[:_MOST_COLUMNS]

    def columns_at(self, stems: Sequence[str], near: Collection[int]) -> list[Linked]:
        """Return columns that some words name, with or without the name of their table."""
        found, said = [], set(stems)
        for place in self.places:
            own, table = self.names[place], self.table_names[place[0]]
            covered = {word for word in said if any(alike(word, name) for name in own)}
            if not covered:
                continue
            hit = {name for name in own if any(alike(word, name) for word in said)}
            of_table = {w for w in said - covered if any(alike(w, name) for name in table)}
            use = (len(covered) + len(of_table)) / len(said)
            score = 0.5 * len(hit) / len(own) + 0.5 * use + 0.15 * (place[0] in near)
            vague = hit <= _GENERIC and not of_table
            found.append(Linked(place, score - 0.3 * vague))
        return sorted(found, key=lambda linked: -linked.score)[:_MOST_COLUMNS]

    def flag(self, place: ColumnPosition) -> tuple[str | int, str | int] | None:
        """Return the values that stand for yes and no in a column."""
        flat = self.flat[place]
        codes = [text for column, text in self.index.codes if column == flat]
        codes = codes or self.index.choices.get(flat, [])
        yes = [code for code in codes if code.strip().lower() in _YES]
        no = [code for code in codes if code.strip().lower() in _NO]
        if len(codes) == 2 and yes and no:
            return yes[0], no[0]
        both = self.index.numbers.get(0, set()) & self.index.numbers.get(1, set())
        return (1, 0) if flat in both and self.index.number_counts[flat] == 2 else None


def _words(*names: str) -> frozenset[str]:
    """Return the stems of the words of names, with abbreviations spelled out."""
    words = [word for name in names for word in re.findall(r"[a-z]+|\d+", _split(name))]
    kept = [_SHORT.get(word, word) for word in words if word not in _NO_WORDS]
    return frozenset(map(stem, kept)) or frozenset(names)


def _split(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def alike(word: str, name: str) -> bool:
    """Whether a word's stem and a part of a name mean the same: ``priority`` and ``prio``."""
    if word == name:
        return True
    shorter, longer = sorted((word, name), key=len)
    if len(shorter) >= (3 if shorter == name else 4) and longer.startswith(shorter):
        return True
    if len(name) >= 2 and len(word) >= 4 and word[0] == name[0] and not _VOWELS.search(name):
        letters = iter(word)
        return all(letter in letters for letter in name)
    return False
