"""Conditions on a thing, as SQL for the WHERE clause and as phrases."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from text2sql.linking.dates import is_iso_date
from text2sql.query.nouns import with_article
from train.pocket.synthesis.comparisons import random_comparison
from train.pocket.synthesis.periods import period
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.vocabulary import verb_of
from train.pocket.synthesis.wording import say

__all__ = ["PhrasedCondition", "Selection", "random_condition", "random_selection", "where"]

_YEARS = ("=", "=", "<", ">", ">=", "<=", "BETWEEN")
_CLAUSE = ("whose ", "that ", "who ", "where ")
_OF_ONE = {"have": "has", "do": "does", "don't": "doesn't", "are": "is", "were": "was"}
_VERB = re.compile(rf"^((?:that|who) (?:still )?)({'|'.join(_OF_ONE)})\b")
_RELATIVE = re.compile(r"^(that|who) ")
_EVENT = re.compile(r"\s*\b(date|day|time|datetime|dt|on|at|to|from|of)\b\s*")


@dataclass(frozen=True)
class PhrasedCondition:
    """A condition in SQL and in words.

    ``rest`` follows the column in SQL; ``before`` precedes the noun, ``after`` follows it.
    """

    attribute: Attribute
    rest: str
    before: str = ""
    after: str = ""
    also: str = ""  # a second comparison of the column

    @property
    def after_one(self) -> str:
        """``after`` for a single thing: ``that has no doors``."""
        return _VERB.sub(lambda found: found[1] + _OF_ONE[found[2]], self.after)

    def sql(self, alias: str = "") -> str:
        """The condition in SQL, with its column qualified by ``alias`` if there is one."""
        column = self.attribute.sql(alias)
        second = f" AND {column} {self.also}" if self.also else ""
        return f"{column} {self.rest}{second}"

    def is_in(self, text: str) -> bool:
        """Whether ``text`` contains it, as a clause ("that have") or as a verb ("have")."""
        said = (_RELATIVE.sub("", after) for after in (self.after, self.after_one))
        return self.before in text and any(after in text for after in said)


@dataclass(frozen=True)
class Selection:
    """Things that meet conditions, as a noun phrase: ``red cars with over 4 doors``."""

    thing: Thing
    conditions: tuple[PhrasedCondition, ...] = ()

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
        # clauses last: "cars in Paris whose color is red"
        words = [*before, noun, " and ".join(phrases), " and ".join(clauses)]
        return " ".join(word for word in words if word)

    def sql_in(self, text: str, alias: str = "") -> list[str]:
        """The conditions that ``text`` contains, as SQL: not every wording has room for them."""
        return [condition.sql(alias) for condition in self.conditions if condition.is_in(text)]


def where(*conditions: str) -> str:
    """The WHERE clause with a leading space; empty without conditions."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def random_selection(
    thing: Thing,
    rng: random.Random,
    shares: Sequence[float],
    beside: Sequence[Attribute] = (),
) -> Selection:
    """Choose none, one or two conditions on different columns of the thing.

    Args:
        shares: the weights of no, one and two conditions.
        beside: columns that the question mentions anyway, which get no condition.
    """
    count = rng.choices(range(len(shares)), shares)[0]
    found: list[PhrasedCondition] = []
    for _ in range(count):
        new = random_condition(thing, rng)
        taken = {a.column for a in (*beside, *(c.attribute for c in found))}
        if new is not None and new.attribute.column not in taken:
            found.append(new)
    return Selection(thing, tuple(found))


def random_condition(thing: Thing, rng: random.Random) -> PhrasedCondition | None:
    """Choose a condition that the thing's columns allow; None if they allow none."""
    sorts: list[Callable[[Thing, random.Random], PhrasedCondition | None]] = []
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


def _equal(thing: Thing, rng: random.Random) -> PhrasedCondition | None:
    return _said_equal(thing, rng.choice(thing.kinds), rng)


def _equal_text(thing: Thing, rng: random.Random) -> PhrasedCondition | None:
    known = [attribute for attribute in thing.texts if attribute.texts]
    return _said_equal(thing, rng.choice(known), rng) if known else None


def _said_equal(thing: Thing, attribute: Attribute, rng: random.Random) -> PhrasedCondition:
    value = rng.choice(attribute.texts)
    said = value.lower() if rng.random() < 0.3 and value[1:].islower() else value
    rest = f"= '{value}'"
    if attribute.is_place:
        return PhrasedCondition(attribute, rest, after=say(rng, "equal.place", said=said))
    is_adjective = (
        attribute in thing.kinds and value.replace(" ", "").isalpha() and not attribute.is_flag
    )
    is_adjective = is_adjective and len(value) > 3 and len(value.split()) < 3
    if is_adjective and rng.random() < 0.4:
        return PhrasedCondition(attribute, rest, before=say(rng, "equal.before", said=said))
    keys = ["equal.any"]
    # a value of several words is clear without its column: "winners of the Australian Open"
    if len(value.split()) > 1 and rng.random() < 0.4:
        keys = ["equal.bare"]
    after = say(rng, *keys, thing=thing, column=attribute, said=said)
    return PhrasedCondition(attribute, rest, after=after)


def _unequal(thing: Thing, rng: random.Random) -> PhrasedCondition:
    attribute = rng.choice(thing.kinds)
    value = rng.choice(attribute.texts)
    key = "unequal.place" if attribute.is_place else "unequal.any"
    after = say(rng, key, thing=thing, column=attribute, said=value)
    return PhrasedCondition(attribute, f"!= '{value}'", after=after)


def _compared(thing: Thing, rng: random.Random) -> PhrasedCondition:
    attribute = rng.choice([measure for measure in thing.measures if measure.numbers])
    found = random_comparison(thing, attribute, rng)
    return PhrasedCondition(attribute, found.rest, after=found.said, also=found.also)


def _in_year(thing: Thing, rng: random.Random) -> PhrasedCondition:
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
    return PhrasedCondition(attribute, rest, after=after)


def _dated(thing: Thing, rng: random.Random) -> PhrasedCondition | None:
    attribute = rng.choice(thing.dates)
    # some databases write 00 for an unknown month or day
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
    return PhrasedCondition(attribute, time.rest, after=after)


def _like(thing: Thing, rng: random.Random) -> PhrasedCondition | None:
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
    return PhrasedCondition(attribute, f"LIKE '{pattern}'", after=after)


def _missing(thing: Thing, rng: random.Random) -> PhrasedCondition:
    attribute = rng.choice(thing.attributes)
    if rng.random() < 0.25:
        after = say(rng, "missing.known", thing=thing, column=attribute)
        return PhrasedCondition(attribute, "IS NOT NULL", after=after)
    verb = verb_of(attribute.name, rng, thing.is_person) if attribute in thing.dates else None
    if verb and verb.split()[0] not in ("that", "who", "born") and rng.random() < 0.7:
        after = say(rng, "missing.verb", thing=thing, verb=verb)
    else:
        after = say(rng, "missing.any", thing=thing, column=attribute)
    return PhrasedCondition(attribute, "IS NULL", after=after)
