"""Questions that list one table's things or columns, in an order or by a code."""

from __future__ import annotations

import random

from text2sql.query.nouns import listed
from train.pocket.synthesis.conditions import random_condition, random_selection, where
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns
from train.pocket.synthesis.phrases import adjectives, ask_for_count, ask_for_names, names_of
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.wording import say

__all__ = ["LISTS", "column_phrase", "random_order"]


def column_phrase(thing: Thing, attribute: Attribute, rng: random.Random) -> str:
    """The column's name, now and then with the name of its thing: ``singer name``."""
    full = f"{thing.one} {attribute.name}"
    known = {a.name for a in (*thing.names, *thing.attributes, *thing.codes)}
    is_short = " " not in attribute.name and full not in known
    return full if is_short and rng.random() < 0.25 else attribute.name


def random_order(thing: Thing, rng: random.Random) -> tuple[str, str, Attribute] | None:
    """Choose an order: its phrase, its SQL and its column; None without a column to order by."""
    if thing.names and (not thing.ranked or rng.random() < 0.25):
        column, high = thing.names[0], rng.random() < 0.4
        said = say(rng, "alphabet.down" if high else "alphabet.up", column=column)
        return said, f"ORDER BY {column.column}{' DESC' if high else ''}", column
    if not thing.ranked:
        return None
    column, high = rng.choice(thing.ranked), rng.random() < 0.5
    end = "high" if high else "low"
    pair = adjectives(thing, column)
    if pair is not None and rng.random() < 0.6:
        first, last = rng.choice(pair.most), rng.choice(pair.least)
        first, last = (first, last) if high else (last, first)
        said = say(rng, "ordered.adjective", adjective=first, last=last, column=column)
    else:
        keys = ["ordered.column", f"ordered.{end}_column"]
        if thing.is_time(column):
            keys = ["ordered.column", f"ordered.{end}_time"]
        said = say(rng, *keys, column=column, how=say(rng, f"ordered.{end}"))
    return said, f"ORDER BY {column.column}{' DESC' if high else ''}", column


def ordered(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Things, or columns of them, in an order."""
    known, order = [*thing.names[:1], *thing.attributes], random_order(thing, rng)
    if not thing.names or order is None:
        return None
    said, sql, column = order
    if rng.random() < 0.4:
        what = random_selection(thing, rng, (0.6, 0.4), beside=[column])
        text, selected = ask_for_names(thing, rng, what), names_of(thing)
    else:
        shown = rng.sample(known, min(len(known), rng.choice((1, 2, 2, 3))))
        what = random_selection(thing, rng, (0.7, 0.3), beside=[column, *shown])
        columns = [column_phrase(thing, a, rng) for a in shown]
        text = say(rng, "ordered.list", columns=listed(columns), what=what)
        selected = ", ".join(a.column for a in shown)
    rest = f"FROM {thing.table}{where(*what.sql_in(text))} {sql}"
    return MadeUpQuestion(f"{text}{said}", f"SELECT {selected} {rest}")


def codes(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """A primary or foreign key, listed from its own table without a join."""
    if not thing.codes:
        return None
    code = rng.choice(thing.codes)
    beside = [code, *rng.sample(thing.attributes, min(len(thing.attributes), 1))]
    shown = beside if rng.random() < 0.4 else [code]
    rng.shuffle(shown)
    what, spoken = (
        random_selection(thing, rng, (0.25, 0.6, 0.15), beside=shown),
        [a.name for a in shown],
    )
    many = listed([a.many for a in shown])
    text = say(rng, "columns.any", what=what, columns=listed(spoken), many=many)
    selected = ", ".join(a.column for a in shown)
    return MadeUpQuestion(text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))}")


def by_code(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """A column or the number of the things with a given code."""
    known = [code for code in thing.codes if code.numbers or code.texts]
    if not known:
        return None
    code = rng.choice(known)
    value = rng.choice(code.texts or code.numbers)
    said = say(rng, "by_code.said", column=code, value=value)
    shown = rng.choice((*thing.names[:1], *thing.attributes, None, None))
    sql = f"'{value}'" if code.texts else value
    rest = f"FROM {thing.table} WHERE {code.column} = {sql}"
    if shown is None:
        text = ask_for_count(rng, f"{thing.many} {said}", "count.short")
        return MadeUpQuestion(text, f"SELECT count(*) {rest}")
    text = say(rng, "by_code.column", column=shown, thing=thing, said=said)
    return MadeUpQuestion(text, f"SELECT {shown.column} {rest}")


def per_code(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """How many things share each code, which code is most common, or how many there are."""
    known = [code for code in thing.codes if code.column != thing.key]
    if not known:
        return None
    code = rng.choice(known)
    what = random_selection(thing, rng, (0.8, 0.2))
    group, kind = f"GROUP BY {code.column}", rng.choice(("each", "most", "different"))
    if kind == "different":
        text = say(rng, "different.count", what=what, column=code)
        selected, group = f"count(DISTINCT {code.column})", ""
    elif kind == "each":
        text = say(rng, "grouped.count", what=what, each=code.one)
        selected = f"{code.column}, count(*)"
    else:
        text = say(rng, "commonest.most", what=what, column=code)
        selected, group = code.column, f"{group} ORDER BY count(*) DESC LIMIT 1"
    return MadeUpQuestion(
        text, f"SELECT {selected} FROM {thing.table}{where(*what.sql_in(text))} {group}"
    )


def one_or_other(thing: Thing, rng: random.Random) -> MadeUpQuestion | None:
    """Things that meet one of two conditions."""
    one, other = random_condition(thing, rng), random_condition(thing, rng)
    if one is None or other is None or not one.after or not other.after:
        return None
    if one.attribute == other.attribute or "except" in one.after + other.after:
        return None
    what = f"{thing.many} {say(rng, 'or_other.any', one=one.after, other=other.after)}"
    first, second = (f"({c.sql()})" if c.also else c.sql() for c in (one, other))
    rest = f"FROM {thing.table} WHERE {first} OR {second}"
    if thing.names and rng.random() < 0.6:
        return MadeUpQuestion(
            say(rng, "or_other.names", what=what), f"SELECT {names_of(thing)} {rest}"
        )
    return MadeUpQuestion(ask_for_count(rng, what, "count.short"), f"SELECT count(*) {rest}")


LISTS: Patterns[Thing] = (
    (ordered, 5),
    (codes, 2),
    (by_code, 2),
    (per_code, 2),
    (one_or_other, 1),
)
