"""Conditions on a thing: what stands in WHERE, and how people say it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from train.pocket.synthesis.things import Attribute, Number, Thing
from train.pocket.synthesis.wording import MONTHS, PLACES, choose, verb_of

__all__ = ["Condition", "condition", "conditions", "described", "said", "where"]


@dataclass(frozen=True)
class Condition:
    """``sql`` with ``{}`` for the column; said before the noun, or behind it."""

    attribute: Attribute
    sql: str
    before: str = ""
    after: str = ""

    def of(self, alias: str = "") -> str:
        return self.sql.format(self.attribute.of(alias))


def where(found: Sequence[Condition], alias: str = "") -> str:
    """The WHERE clause of ``found``, with a space before it; empty without any."""
    return f" WHERE {' AND '.join(c.of(alias) for c in found)}" if found else ""


def said(found: Sequence[Condition], text: str) -> list[Condition]:
    """Those of ``found`` that ``text`` speaks of: not every wording has room for them."""
    return [c for c in found if c.before in text and c.after in text]


def described(thing: Thing, found: Sequence[Condition], one: bool = False) -> str:
    """``red cars with over 4 doors``."""
    before = [c.before for c in found if c.before]
    after = [c.after for c in found if c.after]
    noun = thing.one if one else thing.many
    return " ".join([*before, noun, " and ".join(after)]).strip()


def conditions(
    thing: Thing, rng: random.Random, shares: Sequence[float] = (0.5, 0.4, 0.1)
) -> list[Condition]:
    """None, one or two conditions, by their ``shares``, on different columns."""
    count = rng.choices(range(len(shares)), shares)[0]
    found: list[Condition] = []
    for _ in range(count):
        new = condition(thing, rng)
        taken = {c.attribute.column for c in found}
        if new is not None and new.attribute.column not in taken:
            found.append(new)
    return found


def condition(thing: Thing, rng: random.Random) -> Condition | None:
    """A condition of any sort that the thing's columns allow."""
    sorts: list[Callable[[Thing, random.Random], Condition | None]] = []
    if thing.kinds:
        sorts += [_equal] * 5 + [_unequal]
    if thing.measures:
        sorts += [_compared] * 4
    if thing.years:
        sorts += [_in_year] * 2
    if thing.dates:
        sorts += [_dated] * 5
    if thing.texts or thing.names:
        sorts += [_like, _equal_text]
    if thing.attributes:
        sorts += [_missing]
    return rng.choice(sorts)(thing, rng) if sorts else None


def _is_place(attribute: Attribute) -> bool:
    return bool(PLACES & set(attribute.name.split()[-1:]))


def _equal(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.kinds)
    return _said_equal(thing, attribute, rng)


def _equal_text(thing: Thing, rng: random.Random) -> Condition | None:
    some = [a for a in thing.texts if a.texts]
    return _said_equal(thing, rng.choice(some), rng) if some else None


def _said_equal(thing: Thing, attribute: Attribute, rng: random.Random) -> Condition:
    value, name = rng.choice(attribute.texts), attribute.name
    said = value.lower() if rng.random() < 0.3 and value[1:].islower() else value
    sql = f"{{}} = '{value}'"
    if _is_place(attribute):
        return Condition(attribute, sql, after=choose(rng, "in", "from", "in", "at") + " " + said)
    if len(value) > 3 and len(value.split()) < 3 and rng.random() < 0.4:
        return Condition(attribute, sql, before=said)
    relative = "who have" if thing.person else "that have"
    return Condition(
        attribute, sql,
        after=choose(
            rng, f"with {name} {said}", f"with the {name} {said}", f"whose {name} is {said}",
            f"of {name} {said}", f"{relative} the {name} {said}", f"where the {name} is {said}",
        ),
    )  # fmt: skip


def _unequal(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.kinds)
    value, name = rng.choice(attribute.texts), attribute.name
    if _is_place(attribute):
        after = choose(rng, f"not in {value}", f"outside {value}", f"not from {value}",
                       f"outside of {value}", f"that are anywhere but in {value}")  # fmt: skip
    else:
        after = choose(rng, f"whose {name} is not {value}", f"with a {name} other than {value}",
                       f"that are not {value}", f"except {value} ones",
                       f"whose {name} isn't {value}")  # fmt: skip
    return Condition(attribute, f"{{}} != '{value}'", after=after)


def number_near(attribute: Attribute, rng: random.Random) -> Number:
    """A threshold that splits the column: one of its numbers, rounded as people do."""
    number = rng.choice(attribute.numbers)
    if isinstance(number, float):
        return round(number, 1) if abs(number) < 10 else round(number)
    size = 10 ** max(0, len(str(abs(number))) - 2)
    return round(number / size) * size if rng.random() < 0.7 else number


_COMPARED = (
    (">", ("over {n}", "more than {n}", "above {n}", "greater than {n}", "higher than {n}")),
    ("<", ("under {n}", "less than {n}", "below {n}", "lower than {n}", "fewer than {n}")),
    (">=", ("at least {n}", "{n} or more", "no less than {n}", "a minimum of {n}")),
    ("<=", ("at most {n}", "{n} or less", "no more than {n}", "up to {n}")),
    ("=", ("exactly {n}", "{n}", "of {n}")),
)


def spoken(number: Number, rng: random.Random) -> str:
    """``12000`` as ``12,000`` or as it is."""
    return f"{number:,}" if number >= 1000 and rng.random() < 0.4 else str(number)


def _compared(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.measures)
    name = attribute.name
    if rng.random() < 0.2:
        low, high = sorted((number_near(attribute, rng), number_near(attribute, rng)))
        said = f"between {spoken(low, rng)} and {spoken(high, rng)}"
        sql = f"{{}} BETWEEN {low} AND {high}"
    else:
        number = number_near(attribute, rng)
        operator, sayings = rng.choice(_COMPARED)
        said = rng.choice(sayings).format(n=spoken(number, rng))
        sql = f"{{}} {operator} {number}"
    after = choose(
        rng, f"with {name} {said}", f"whose {name} is {said}", f"with a {name} {said}",
        f"that have {said} {name}", f"with {said} {name}", f"where {name} is {said}",
    )  # fmt: skip
    return Condition(attribute, sql, after=after.replace("that have", _that(thing) + " have"))


def _in_year(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.years)
    year = rng.choice(attribute.numbers)
    word, operator = rng.choice(
        (("in", "="), ("in", "="), ("before", "<"), ("after", ">"), ("since", ">="))
    )
    said = f"{word} {year}"
    verb = verb_of(attribute.name, rng, thing.person)
    after = f"{verb} {said}" if verb else choose(
        rng, f"of {year}" if word == "in" else said, f"whose {attribute.name} is {said}",
        f"with {attribute.name} {said}", said,
    )  # fmt: skip
    return Condition(attribute, f"{{}} {operator} {year}", after=after)


def _that(thing: Thing) -> str:
    return "who" if thing.person else "that"


def _day(iso: str, rng: random.Random, with_year: bool = True) -> str:
    year, month, day = int(iso[:4]), int(iso[5:7]), int(iso[8:10])
    name = MONTHS[month - 1]
    if not with_year:
        return choose(rng, f"{day} {name}", f"{name} {day}", f"{day} {name[:3]}")
    return choose(
        rng, f"{day} {name} {year}", f"{name} {day}, {year}", f"{name} {day} {year}", iso[:10],
        f"{day} {name[:3]} {year}", f"the {day}{_ordinal(day)} of {name} {year}",
    )  # fmt: skip


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _dated(thing: Thing, rng: random.Random) -> Condition | None:
    attribute = rng.choice(thing.dates)
    known = [t for t in attribute.texts if re.match(r"\d{4}-[01]\d-[0-3]\d", t)]
    if not known:
        return None
    iso = rng.choice(known)
    sql, said = _period(iso, rng.choice(known), rng)
    verb = verb_of(attribute.name, rng, thing.person)
    if verb and rng.random() < 0.75:
        return Condition(attribute, sql, after=f"{verb} {said}")
    event = re.sub(r"\s*\b(date|day|time|datetime|dt|on|at)\b\s*", " ", attribute.name).strip()
    after = choose(rng, f"with a {attribute.name} {said}", f"whose {attribute.name} is {said}",
                   said, f"dated {said}", f"with {event or 'a date'} {said}")  # fmt: skip
    return Condition(attribute, sql, after=after)


def _period(iso: str, other: str, rng: random.Random) -> tuple[str, str]:
    """Condition and words of a time around ``iso``."""
    year, month = iso[:4], MONTHS[int(iso[5:7]) - 1]
    kind = rng.choices(range(7), (4, 4, 3, 3, 2, 2, 1))[0]
    if kind == 0:
        return f"{{}} LIKE '{year}%'", choose(rng, f"in {year}", f"in the year {year}", f"of {year}")
    if kind == 1:
        said = choose(rng, f"in {month} {year}", f"in {month} of {year}", f"during {month} {year}",
                      f"in {month[:3]} {year}")  # fmt: skip
        return f"{{}} LIKE '{iso[:7]}%'", said
    if kind == 2:
        word, operator, end = rng.choice(
            (("before", "<", "01-01"), ("after", ">", "12-31"), ("since", ">=", "01-01"),
             ("from", ">=", "01-01"))
        )  # fmt: skip
        onwards = " on" if word == "from" else ""
        return f"{{}} {operator} '{year}-{end}'", f"{word} {year}{onwards}"
    if kind == 3:
        word, operator = rng.choice(
            (("before", "<"), ("after", ">"), ("since", ">="), ("later than", ">"),
             ("earlier than", "<"), ("until", "<="), ("up to", "<="))
        )  # fmt: skip
        return f"{{}} {operator} '{iso[:10]}'", f"{word} {_day(iso, rng)}"
    low, high = sorted((iso[:10], other[:10]))
    if kind == 4:
        short = low[:4] == high[:4] and rng.random() < 0.6
        said = f"{_day(low, rng, not short)} and {_day(high, rng)}"
        return f"{{}} BETWEEN '{low}' AND '{high}'", f"between {said}"
    if kind == 5:
        return f"{{}} = '{iso[:10]}'", f"on {_day(iso, rng)}"
    years = f"{low[:4]} and {high[:4]}"
    return f"{{}} BETWEEN '{low[:4]}-01-01' AND '{high[:4]}-12-31'", f"between {years}"


def _like(thing: Thing, rng: random.Random) -> Condition | None:
    attribute = rng.choice((*thing.names, *thing.texts))
    words = [t for t in attribute.texts if t.replace(" ", "").isalpha()]
    if not words:
        return None
    word, name = rng.choice(rng.choice(words).split()), attribute.name
    kind = rng.randrange(3)
    if kind == 0:
        said = choose(
            rng, f"with the word {word} in their {name}", f"whose {name} contains {word}",
            f"with '{word}' in the {name}", f"that have \"{word}\" in their {name}",
            f"whose {name} includes the word {word.lower()}",
            f"with '{word.lower()}' somewhere in the {name}",
        )  # fmt: skip
        return Condition(attribute, f"{{}} LIKE '%{word}%'", after=said)
    part = word[: rng.choice((1, 2, 3))] if kind == 1 else word[-rng.choice((1, 2, 3)) :]
    if kind == 1:
        said = choose(rng, f"whose {name} starts with {part}", f"whose {name} begins with '{part}'",
                      f"with a {name} starting with {part}")  # fmt: skip
        return Condition(attribute, f"{{}} LIKE '{part}%'", after=said)
    said = choose(rng, f"whose {name} ends in '{part}'", f"whose {name} ends with '{part}'",
                  f"with a {name} ending in '{part}'")  # fmt: skip
    return Condition(attribute, f"{{}} LIKE '%{part}'", after=said)


def _missing(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.attributes)
    name, that = attribute.name, _that(thing)
    if rng.random() < 0.25:
        known = choose(rng, f"{that} have a {name}", f"with a known {name}",
                       f"whose {name} is known", f"whose {name} is recorded")  # fmt: skip
        return Condition(attribute, "{} IS NOT NULL", after=known)
    verb = verb_of(name, rng, thing.person) if attribute in thing.dates else None
    if verb and verb.split()[0] not in ("that", "who", "born") and rng.random() < 0.7:
        said = choose(rng, f"not {verb} yet", f"{that} have not been {verb} yet",
                      f"that still have to be {verb}", f"{that} were never {verb}",
                      f"still not {verb}")  # fmt: skip
        return Condition(attribute, "{} IS NULL", after=said)
    said = choose(
        rng, f"without a {name}", f"without any {name}", f"with no {name}", f"{that} have no {name}",
        f"{that} don't have a {name}", f"{that} do not have any {name}", f"whose {name} is missing",
        f"whose {name} is unknown", f"whose {name} is not known", f"lacking a {name}",
        f"with {name} not recorded", f"{that} have no {name} yet",
    )  # fmt: skip
    return Condition(attribute, "{} IS NULL", after=said)
