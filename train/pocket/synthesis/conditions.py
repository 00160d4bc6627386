"""Conditions on a thing: what stands in WHERE, and how people say it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from text2sql.linking.dates import is_iso_date
from text2sql.query.nouns import with_article
from train.pocket.synthesis.compared import compared
from train.pocket.synthesis.periods import period
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.vocabulary import verb_of
from train.pocket.synthesis.wording import say

__all__ = ["Condition", "Some", "condition", "some", "where"]

_YEARS = ("=", "=", "<", ">", ">=", "<=", "BETWEEN")
_CLAUSE = ("whose ", "that ", "who ", "where ")
_OF_ONE = {"have": "has", "do": "does", "don't": "doesn't", "are": "is", "were": "was"}
_VERB = re.compile(rf"^((?:that|who) (?:still )?)({'|'.join(_OF_ONE)})\b")
_RELATIVE = re.compile(r"^(that|who) ")
_EVENT = re.compile(r"\s*\b(date|day|time|datetime|dt|on|at|to|from|of)\b\s*")


@dataclass(frozen=True)
class Condition:
    """``rest`` follows the column in SQL; said before the noun, or behind it."""

    attribute: Attribute
    rest: str
    before: str = ""
    after: str = ""
    also: str = ""  # a second comparison of the column

    @property
    def after_one(self) -> str:
        """What is said behind a single thing: ``that has no doors``."""
        return _VERB.sub(lambda found: found[1] + _OF_ONE[found[2]], self.after)

    def of(self, alias: str = "") -> str:
        """The condition as SQL, behind a table's alias where there is one."""
        column = self.attribute.of(alias)
        second = f" AND {column} {self.also}" if self.also else ""
        return f"{column} {self.rest}{second}"

    def is_in(self, text: str) -> bool:
        """Whether ``text`` speaks of it, as a clause ("that have") or as the verb ("have")."""
        said = (_RELATIVE.sub("", after) for after in (self.after, self.after_one))
        return self.before in text and any(after in text for after in said)


@dataclass(frozen=True)
class Some:
    """Things that meet conditions, as a noun: ``red cars with over 4 doors``."""

    thing: Thing
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return self._described(self.thing.many, [c.after for c in self.conditions if c.after])

    @property
    def one(self) -> str:
        return self._described(self.thing.one, [c.after_one for c in self.conditions if c.after])

    @property
    def a_one(self) -> str:
        return with_article(self.one)

    def _described(self, noun: str, after: Sequence[str]) -> str:
        before = [c.before for c in self.conditions if c.before]
        clauses = [text for text in after if text.startswith(_CLAUSE)]
        phrases = [text for text in after if text not in clauses]
        # clauses last: "cars in Paris whose colour is red"
        words = [*before, noun, " and ".join(phrases), " and ".join(clauses)]
        return " ".join(word for word in words if word)

    def said(self, text: str, alias: str = "") -> list[str]:
        """The conditions that ``text`` speaks of, as SQL: not every wording has room for them."""
        return [condition.of(alias) for condition in self.conditions if condition.is_in(text)]


def where(*conditions: str) -> str:
    """The WHERE clause, with a space before it; empty without any condition."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def some(
    thing: Thing,
    rng: random.Random,
    shares: Sequence[float],
    beside: Sequence[Attribute] = (),
) -> Some:
    """The things with none, one or two conditions, on different columns.

    Args:
        shares: how often there are none, one, two.
        beside: columns that the question speaks of anyway, and that no condition is put on.
    """
    count = rng.choices(range(len(shares)), shares)[0]
    found: list[Condition] = []
    for _ in range(count):
        new = condition(thing, rng)
        taken = {a.column for a in (*beside, *(c.attribute for c in found))}
        if new is not None and new.attribute.column not in taken:
            found.append(new)
    return Some(thing, tuple(found))


def condition(thing: Thing, rng: random.Random) -> Condition | None:
    """A condition of any sort that the thing's columns allow."""
    sorts: list[Callable[[Thing, random.Random], Condition | None]] = []
    if thing.kinds:
        sorts += [_equal] * 5 + [_unequal]
    if any(measure.numbers for measure in thing.measures):
        sorts += [_compared] * 5
    if thing.years:
        sorts += [_in_year] * 2
    if thing.dates:
        sorts += [_dated] * 5
    if thing.texts or thing.names:
        sorts += [_like, _equal_text]
    if thing.attributes:
        sorts += [_missing]
    return rng.choice(sorts)(thing, rng) if sorts else None


def _equal(thing: Thing, rng: random.Random) -> Condition | None:
    return _said_equal(thing, rng.choice(thing.kinds), rng)


def _equal_text(thing: Thing, rng: random.Random) -> Condition | None:
    known = [attribute for attribute in thing.texts if attribute.texts]
    return _said_equal(thing, rng.choice(known), rng) if known else None


def _said_equal(thing: Thing, attribute: Attribute, rng: random.Random) -> Condition:
    value = rng.choice(attribute.texts)
    said = value.lower() if rng.random() < 0.3 and value[1:].islower() else value
    rest = f"= '{value}'"
    if attribute.is_place:
        return Condition(attribute, rest, after=say(rng, "equal.place", said=said))
    is_adjective = (
        attribute in thing.kinds and value.replace(" ", "").isalpha() and not attribute.is_flag
    )
    is_adjective = is_adjective and len(value) > 3 and len(value.split()) < 3
    if is_adjective and rng.random() < 0.4:
        return Condition(attribute, rest, before=say(rng, "equal.before", said=said))
    keys = ["equal.any"]
    # a value of several words tells its column by itself: "winners of the Australian Open"
    if len(value.split()) > 1 and rng.random() < 0.4:
        keys = ["equal.bare"]
    after = say(rng, *keys, thing=thing, column=attribute, said=said)
    return Condition(attribute, rest, after=after)


def _unequal(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.kinds)
    value = rng.choice(attribute.texts)
    key = "unequal.place" if attribute.is_place else "unequal.any"
    after = say(rng, key, thing=thing, column=attribute, said=value)
    return Condition(attribute, f"!= '{value}'", after=after)


def _compared(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice([measure for measure in thing.measures if measure.numbers])
    found = compared(thing, attribute, rng)
    return Condition(attribute, found.rest, after=found.said, also=found.also)


def _in_year(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.years)
    (low, high), operator = sorted(rng.choices(attribute.numbers, k=2)), rng.choice(_YEARS)
    if operator == "BETWEEN" and low < high:
        rest, said = f"BETWEEN {low} AND {high}", say(rng, "year.BETWEEN", low=low, high=high)
    else:
        operator = "=" if operator == "BETWEEN" else operator
        rest, said = f"{operator} {low}", say(rng, f"year.{operator}", n=low)
    verb = verb_of(attribute.name, rng, thing.is_person)
    if verb:
        after = say(rng, "year.verb", verb=verb, said=said)
    else:
        keys = ["year.any"]
        if thing.has_one_time:
            keys += ["year.bare", "year.of"] if rest.startswith("= ") else ["year.bare"]
        after = say(rng, *keys, column=attribute, said=said, n=low)
    return Condition(attribute, rest, after=after)


def _dated(thing: Thing, rng: random.Random) -> Condition | None:
    attribute = rng.choice(thing.dates)
    # some databases write 00 for a month or a day that is not known
    days = [text for text in attribute.texts if is_iso_date(text) and "-00" not in text[:10]]
    if not days:
        return None
    time = period(days, rng)
    verb = verb_of(attribute.name, rng, thing.is_person)
    event = _EVENT.sub(" ", attribute.name).strip()
    if time.said.startswith("of "):  # nothing is "born of 1990"
        keys = ["dated.of", "dated.of_bare"] if thing.has_one_time else ["dated.of"]
    elif verb and rng.random() < 0.75:
        keys = ["dated.verb"]
    else:
        keys = ["dated.any", "dated.event"] if event and not verb else ["dated.any"]
        keys += ["dated.bare"] if thing.has_one_time else []
    after = say(rng, *keys, verb=verb, column=attribute, said=time.said, event=event)
    return Condition(attribute, time.rest, after=after)


def _like(thing: Thing, rng: random.Random) -> Condition | None:
    attribute = rng.choice((*thing.names, *thing.texts))
    known = [text for text in attribute.texts if text.replace(" ", "").isalpha()]
    if not known:
        return None
    part, size = rng.choice(rng.choice(known).split()), rng.choice((1, 2, 3))
    place = rng.choice(("word", "start", "end"))
    if place != "word":
        part = part[:size] if place == "start" else part[-size:]
    pattern = {"word": f"%{part}%", "start": f"{part}%", "end": f"%{part}"}[place]
    after = say(rng, f"like.{place}", thing=thing, column=attribute, part=part, lower=part.lower())
    return Condition(attribute, f"LIKE '{pattern}'", after=after)


def _missing(thing: Thing, rng: random.Random) -> Condition:
    attribute = rng.choice(thing.attributes)
    if rng.random() < 0.25:
        after = say(rng, "missing.known", thing=thing, column=attribute)
        return Condition(attribute, "IS NOT NULL", after=after)
    verb = verb_of(attribute.name, rng, thing.is_person) if attribute in thing.dates else None
    if verb and verb.split()[0] not in ("that", "who", "born") and rng.random() < 0.7:
        after = say(rng, "missing.verb", thing=thing, verb=verb)
    else:
        after = say(rng, "missing.any", thing=thing, column=attribute)
    return Condition(attribute, "IS NULL", after=after)
