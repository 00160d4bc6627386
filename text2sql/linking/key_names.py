"""The evidence of names for keys: ``home_team_id`` probably refers to teams.

``key_guesses`` also checks the values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from text2sql.memo import Memo
from text2sql.query.nouns import singular
from text2sql.tables import CAMEL_CASE

__all__ = [
    "ROLE",
    "Named",
    "is_own_key",
    "is_specific",
    "key_like",
    "likeness",
    "lists_people",
    "primary_key",
    "shared_prefixes",
    "without",
    "words",
]

Words = tuple[str, ...]
_WORDS = Memo(10_000_000)

_PLAIN_KEYS = frozenset("id ids key code cd no nr num number uuid guid pk fk ref abbr".split())
_KEY_WORDS = _PLAIN_KEYS | frozenset("sku isbn ssn iso iata icao symbol tag barcode vin".split())
#: A name with only these words does not tell which table it belongs to.
_GENERIC = _PLAIN_KEYS | frozenset(
    "name title type status date year month day time amount price total quantity description "
    "notes note value rank position role level category comment email phone address line city "
    "state county zip postal latitude longitude age gender sex first last middle count score size "
    "weight height rating color colour version start end from to created updated active url "
    "details other detail text label result language reason season round grade capacity note "
    "length area population percentage rate is has".split()
)
#: Names of tables of people, to which "approved by" and "manager" refer.
_PEOPLE = frozenset(
    "employee emp staff person people member user worker player customer client student teacher "
    "instructor doctor physician author artist nurse keeper agent officer human crew personnel "
    "volunteer driver colleague contact".split()
)
_STAFF = frozenset("employee emp staff personnel worker engineer crew agent officer".split())
_ROLES = frozenset(
    "friend spouse sibling handled mother father host chair commander substitute partner "
    "understudy hdl "
    "manager supervisor boss head leader lead owner chief director reviewer approver author "
    "assignee assigned creator captain coach mentor advisor adviser tutor contact host seller "
    "buyer sender receiver recipient operator inspector chair president mayor mgr rep referee "
    "winner loser parent father mother responsible guide trainer technician clerk cashier".split()
)
#: Columns that refer to another row of the same table.
_SELF_REFERENCES = frozenset(
    "parent manager supervisor boss mentor predecessor successor previous prev next original base "
    "master duplicate replaces replaced mgr super".split()
)
#: Words with the ending of a role, such as "-er", that are not roles.
_NOT_ROLES = frozenset(
    "order computer folder letter number river paper transfer chapter offer tower power water "
    "matter filter layer meter server printer register semester quarter color colour error factor "
    "sector vendor floor door motor sensor list playlist committee fee coffee plant restaurant "
    "center theater weather poster banner flower counter container parameter newsletter character "
    "voucher master header cover tier carrier corridor indicator".split()
)
#: The likelihood that a role refers to the only table of people.
ROLE = 1.2
_AGENT = ("er", "or", "ist", "ee", "eur", "ant", "ian")
#: Words for counts and measures, which are not references.
_MEASURES = frozenset("max min num total count avg average sum nb".split())
#: Prefixes for the kind of a thing, such as a table.
_NOISE = frozenset(
    ("tbl", "tab", "t", "dim", "fact", "ref", "lkp", "lu", "mst", "fk", "pk", "xref")
)


@dataclass(frozen=True)
class Named:
    """The words of a column's and its table's names; ``people`` if the table lists people."""

    table: Words
    column: Words
    people: bool = False


@_WORDS.keep
def words(name: str) -> Words:
    """The words of a name in lower case, each in its singular: ``HomeTeamIDs`` has three.

    ``memid`` has two: a short form, and ``id`` after it.
    """
    spaced = re.sub(r"[\W_]+", " ", CAMEL_CASE.sub(" ", name)).lower().split()
    parts = [singular(part) for part in spaced] or [name.lower()]
    last = parts[-1]
    for ending in ("id", "code"):
        if len(last) > len(ending) and last.endswith(ending) and last not in _NO_ENDING:
            parts[-1:] = [last[: -len(ending)], ending]
            break
    return tuple(parts)


_NO_ENDING = frozenset(
    "paid bid valid void avoid solid liquid acid grid covid rapid hybrid said laid unpaid humid "
    "fluid android barcode postcode zipcode".split()
)


def key_like(column: Words) -> bool:
    """Whether a column has the name of a key, such as ``order_id`` or ``code``."""
    return column[-1] in _KEY_WORDS


def lists_people(table: Words, columns: Iterable[Words]) -> bool:
    """Whether a table lists people, by its name or by columns for first names or births."""
    if len(table[-1]) > 4 and table[-1].endswith(_AGENT) and table[-1] not in _NOT_ROLES:
        return True
    named = {word for column in columns for word in column}
    return (
        table[-1] in _PEOPLE
        or bool(
            named & {"surname", "forename", "firstname", "lastname", "birthdate", "birthday", "dob"}
        )
        or any({"first", "name"} <= set(c) or "birth" in c or "last" in c for c in columns)
    )


def _own_key(table: Words, column: Words, first: bool) -> int:
    """How well a column's name fits its table's key: 3 to 1, or 0 for not at all.

    Args:
        first: whether it is the table's first column.
    """
    if column in (("id",), ("uid",), ("uuid",)):
        return 3
    stem = _stem(column)
    if key_like(column) and stem and (_ends(table, stem) or _abbreviates(stem, table)):
        return 2
    return int(first and key_like(column))


def primary_key(table: str, columns: Sequence[str], others: Iterable[str] = ()) -> list[str]:
    """The columns whose names suggest the key of ``table``, the likeliest first.

    ``id`` before ``customer_id`` in ``customers`` before a first column such as ``code``, unless it
    is named like one of the ``others``, the other tables. A column is a key only if its values are
    unique.
    """
    own = words(table)
    foreign = {words(other) for other in others} - {own}

    def merit(column: str) -> int:
        named = words(column)
        found = _own_key(own, named, column == columns[0])
        another = any(named[-len(other) - 1 : -1] == other for other in foreign)
        return 0 if found == 1 and another else found

    return sorted((c for c in columns if merit(c)), key=merit, reverse=True)


def likeness(child: Named, parent: Named, sole: bool) -> float:
    """How likely ``child`` refers to ``parent`` by their names, from 0 to about 3.5.

    Args:
        sole: whether ``parent`` is the only key of its table, which the table's name may stand for.
    """
    if child.column[0] in _MEASURES or child.column[:2] == ("number", "of"):
        return 0.0
    found = 0.0
    child = replace(child, column=_unnumbered(child.column))
    specific = is_specific(child.column) or _names_table(parent)
    if child.column == parent.column and specific:
        found = 3.0 if key_like(child.column) else 2.0
    elif len(parent.column) > 1 and _ends(child.column, parent.column) and specific:
        found = 2.8
    elif sole:
        found = _by_table(child, parent)
    if found and is_own_key(parent):
        found += 0.5
    return found


def is_specific(column: Words) -> bool:
    """Whether a name identifies its table; ``name`` and ``id`` do not."""
    return any(word not in _GENERIC for word in column)


def _names_table(parent: Named) -> bool:
    """Whether a column is named after its table, as ``state_name`` is after states."""
    return _ends(parent.table, _stem(parent.column)) or (
        len(parent.column) > 1 and set(parent.table) <= set(parent.column)
    )


def _by_table(child: Named, parent: Named) -> float:
    """Score a column named like the other table, or after a role of the people in it."""
    stem, table = _stem(child.column) or child.column, without(parent.table, _NOISE)
    keyed = key_like(child.column) and bool(_stem(child.column))
    same = child.table == parent.table
    if not (same and stem == table) and (found := _after_table(stem, table, keyed)):
        return found
    if same and (set(stem) & _SELF_REFERENCES or child.column[-1] in ("on", "of", "into")):
        return 1.5
    if not parent.people:
        return 0.0
    if same:
        runs_on = stem[-1].endswith(("by", "to")) and len(stem[-1]) > 6
        return 1.4 if runs_on or child.column[-1] in ("by", "to") or "by" in stem else 0.0
    if not _is_role(stem, keyed) and "by" not in child.column:
        return 0.0
    return 1.3 if table[-1] in _STAFF else ROLE


def _after_table(stem: Words, table: Words, keyed: bool) -> float:
    """Score a column named like a table, in full or by a part or an abbreviation of the name."""
    if _ends(stem, table):
        return 2.8 if keyed or stem == table else 2.0
    if len(table) > 1 and stem and _ends(table, stem) and stem[0] not in _GENERIC:
        return 2.0 if keyed else 1.5
    if _abbreviates(stem[-1:], table) and stem[-1] not in _GENERIC:
        return 2.0 if keyed else 1.0
    return 0.0


def _is_role(stem: Words, keyed: bool) -> bool:
    """Whether a column is named after the role of a person, such as ``manager``."""
    agent = len(stem[-1]) > 4 and stem[-1].endswith(_AGENT)
    return bool(set(stem) & _ROLES or (keyed and (agent or set(stem) & _PEOPLE)))


def _unnumbered(column: Words) -> Words:
    """``column`` without the words that number references: ``club_id_1``, ``person_a_id``."""
    kept = tuple(word for word in column if len(word) > 1 and not word.isdigit())
    return kept if kept and kept != ("id",) else column


def is_own_key(parent: Named) -> bool:
    """Whether a key belongs to its own table rather than referring to another one."""
    stem, table = _stem(parent.column), without(parent.table, _NOISE)
    if _names_table(parent):
        return True
    if not stem:
        return parent.column == ("id",) or parent.column == table or key_like(parent.column)
    return (
        _ends(table, stem)
        or _ends(stem, table)
        or _abbreviates(stem, table)
        or (len(stem) == 1 and len(table) == 1 and table[0].startswith(stem[0]))
    )


def _stem(column: Words) -> Words:
    """``column`` without the words for a key at its end; empty if it has no others."""
    end = len(column)
    while end and column[end - 1] in _KEY_WORDS:
        end -= 1
    return column[:end]


def _ends(name: Words, ending: Words) -> bool:
    return bool(ending) and name[-len(ending) :] == ending


def _abbreviates(short: Words, table: Words) -> bool:
    """Whether a word abbreviates or ends a table's name: ``dept`` for departments."""
    if len(short) != 1 or len(short[0]) < 3:
        return False
    one, whole = short[0], table[-1]
    if len(one) >= len(whole):
        return len(whole) >= 4 and one.endswith(whole)
    if whole.startswith(one) or (len(one) >= 4 and whole.endswith(one)):
        return True
    letters = iter(whole)
    return one[0] == whole[0] and all(letter in letters for letter in one) and len(table) == 1


def shared_prefixes(tables: Sequence[str]) -> frozenset[str]:
    """Return meaningless prefixes that most tables share, such as ``sb`` of ``sbCustomer``."""
    firsts = Counter(words(table)[0] for table in tables if len(words(table)) > 1)
    return frozenset(w for w, n in firsts.items() if n > 2 and 2 * n > len(tables)) | _NOISE


def without(name: Words, prefixes: Iterable[str]) -> Words:
    """Remove prefixes from ``name``, but never the whole name."""
    kept = set(prefixes)
    while len(name) > 1 and name[0] in kept:
        name = name[1:]
    return name
