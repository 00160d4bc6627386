"""Questions about one table."""

from __future__ import annotations

import random

from train.pocket.synthesis.conditions import conditions, described, where
from train.pocket.synthesis.conditions import said as said_in
from train.pocket.synthesis.things import Attribute, Thing
from train.pocket.synthesis.wording import choose, listed, plural_of, superlatives

__all__ = ["SINGLE"]

Asked = tuple[str, str] | None


def named(thing: Thing, alias: str = "") -> str:
    """What SELECT holds where a question asks which things: their names."""
    return ", ".join(name.of(alias) for name in thing.names)


def which(thing: Thing, rng: random.Random, what: str) -> str:
    """``which cars``: a request for the names of ``what``."""
    options = [f"which {what}", f"list the {what}", f"show me the {what}", f"give me all {what}",
               f"find all {what}", f"what are the names of the {what}", f"name the {what}",
               f"{what}"]  # fmt: skip
    return rng.choice(options)


def count(thing: Thing, rng: random.Random) -> Asked:
    found = conditions(thing, rng, (0.15, 0.65, 0.2))
    what = described(thing, found)
    text = choose(
        rng, f"how many {what} are there", f"how many {what} do we have", f"how many {what} exist",
        f"count the {what}", f"what is the number of {what}", f"the number of {what}",
        f"how many {what}", f"what is the total number of {what}",
        f"how many of our {what}" if not found else f"how many {what} are on record",
    )  # fmt: skip
    return text, f"SELECT count(*) FROM {thing.table}{where(said_in(found, text))}"


def names(thing: Thing, rng: random.Random) -> Asked:
    found = conditions(thing, rng, (0.1, 0.7, 0.2))
    if not thing.names:
        return None
    what = described(thing, found)
    text = which(thing, rng, what)
    if thing.person and found and found[0].after.startswith("who "):
        text = choose(rng, text, f"who are the {what}")
    return text, f"SELECT {named(thing)} FROM {thing.table}{where(said_in(found, text))}"


def columns(thing: Thing, rng: random.Random) -> Asked:
    """Columns that the question names, one to three."""
    known = [*thing.names[:1], *thing.attributes]
    if not known:
        return None
    shown = rng.sample(known, min(len(known), rng.choice((1, 2, 2, 3))))
    found = [c for c in conditions(thing, rng, (0.3, 0.6, 0.1)) if c.attribute not in shown]
    said, what = listed([a.name for a in shown]), described(thing, found)
    said_many = listed([plural_of(a.name) for a in shown])
    text = choose(
        rng, f"what is the {said} of each {described(thing, found, one=True)}",
        f"show the {said} of all {what}", f"{said} of the {what}", f"give the {said_many} of {what}",
        f"list {said} for every {described(thing, found, one=True)}", f"what are the {said_many} of the {what}",
        f"I need the {said} of all {what}", f"for all {what}, show {said}",
    )  # fmt: skip
    return text, f"SELECT {', '.join(a.column for a in shown)} FROM {thing.table}{where(said_in(found, text))}"


def of_one(thing: Thing, rng: random.Random) -> Asked:
    """A column of the thing with a name."""
    values = thing.names[0].texts if len(thing.names) == 1 else ()
    known = [a for a in thing.attributes if a not in thing.names]
    if not values or not known:
        return None
    shown, value = rng.choice(known), rng.choice(values)
    text = choose(
        rng, f"what is the {shown.name} of {value}", f"which {shown.name} does {value} have",
        f"what {shown.name} does {value} have", f"{value}: what is its {shown.name}",
        f"tell me the {shown.name} of {value}", f"what is {value}'s {shown.name}",
    )  # fmt: skip
    name = thing.names[0].column
    return text, f"SELECT {shown.column} FROM {thing.table} WHERE {name} = '{value}'"


def aggregate(thing: Thing, rng: random.Random) -> Asked:
    if not thing.measures:
        return None
    measure = rng.choice(thing.measures)
    found = [c for c in conditions(thing, rng, (0.4, 0.5, 0.1)) if c.attribute != measure]
    what, name = described(thing, found), measure.name
    function = rng.choice(("sum", "sum", "sum", "avg", "avg", "max", "min"))
    text = {
        "sum": choose(
            rng, f"what is the total {name} of the {what}", f"how much {name} do the {what} have altogether",
            f"what do the {plural_of(name)} of the {what} add up to", f"what is the sum of {name} over all {what}",
            f"how much {name} do all {what} have in total", f"the combined {name} of all {what}",
            f"how many {plural_of(name)} do the {what} have altogether",
            f"how much {name} is there in total for {what}", f"what is the overall {name} of {what}",
            f"add up the {name} of all {what}", f"how much {name} in all for the {what}",
            f"how high is the total {name} of {what}",
        ),
        "avg": choose(
            rng, f"what is the average {name} of the {what}", f"what {name} do {what} have on average",
            f"how much {name} do {what} have on average", f"the mean {name} of {what}",
            f"on average, what is the {name} of {what}", f"average {name} of all {what}",
            f"how high is the {name} of {what} on average", f"what is the typical {name} of {what}",
        ),
        "max": choose(
            rng, f"what is the highest {name} of all {what}", f"what is the largest {name} of any {described(thing, found, True)}",
            f"how high is the highest {name} among {what}", f"what is the maximum {name} of {what}",
            f"what is the greatest {name} that any {described(thing, found, True)} has",
        ),
        "min": choose(
            rng, f"what is the lowest {name} of all {what}", f"what is the smallest {name} of any {described(thing, found, True)}",
            f"how low is the lowest {name} among {what}", f"what is the minimum {name} of {what}",
        ),
    }[function]  # fmt: skip
    return text, f"SELECT {function}({measure.column}) FROM {thing.table}{where(said_in(found, text))}"


def extremes(thing: Thing, rng: random.Random) -> Asked:
    """Two aggregates of a measure at once."""
    if not thing.measures:
        return None
    measure, found = rng.choice(thing.measures), conditions(thing, rng, (0.6, 0.4))
    what, name = described(thing, found), measure.name
    low_first = rng.random() < 0.5
    pair = (
        ("min", "max", "lowest", "highest") if low_first else ("max", "min", "highest", "lowest")
    )
    text = choose(rng, f"what are the {pair[2]} and the {pair[3]} {name} of {what}",
                  f"show the {pair[2]} and {pair[3]} {name} of the {what}")  # fmt: skip
    shown = f"{pair[0]}({measure.column}), {pair[1]}({measure.column})"
    return text, f"SELECT {shown} FROM {thing.table}{where(said_in(found, text))}"


def superlative(thing: Thing, rng: random.Random) -> Asked:
    """The thing, or the few things, at one end of a measure or a date."""
    ranked = (*thing.measures, *thing.years, *thing.dates)
    if not ranked or not thing.names:
        return None
    column = rng.choice(ranked)
    found = [c for c in conditions(thing, rng, (0.75, 0.25)) if c.attribute != column]
    high, some = rng.random() < 0.6, rng.random() < 0.35
    number = rng.choice((2, 3, 4, 5, 10)) if some else 1
    shown = [named(thing)]
    extra = column if rng.random() < 0.2 else None
    if extra:
        shown.append(extra.column)
    what = described(thing, found, one=not some)
    text = _most(thing, column, what, high, number, rng)
    if extra:
        text += choose(rng, f", and what is the {extra.name}", f", with the {extra.name}",
                       f" and its {extra.name}")  # fmt: skip
    order = f"{column.column}{' DESC' if high else ''} LIMIT {number}"
    return text, f"SELECT {', '.join(shown)} FROM {thing.table}{where(said_in(found, text))} ORDER BY {order}"


_COUNTED = {2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}


def _most(
    thing: Thing, column: Attribute, what: str, high: bool, number: int, rng: random.Random
) -> str:
    pair = superlatives(column.name, column in thing.dates)
    some = "" if number == 1 else (rng.choice((str(number), _COUNTED[number])) + " ")
    if pair is None or rng.random() < 0.3:
        end = choose(rng, "highest", "largest", "most", "greatest", "biggest") if high else choose(
            rng, "lowest", "smallest", "least"
        )  # fmt: skip
        if column in thing.dates:
            end = choose(rng, "latest", "most recent") if high else choose(rng, "earliest", "first")
        have = "have" if some else "has"
        return choose(rng, f"which {some}{what} {have} the {end} {column.name}",
                      f"the {some}{what} with the {end} {column.name}",
                      f"show the {some}{what} with the {end} {column.name}")  # fmt: skip
    adjective = rng.choice(pair.most if high else pair.least)
    if some:
        return choose(rng, f"which are the {some}{adjective} {what}", f"what are the {some}{adjective} {what}",
                      f"list the {some}{adjective} {what}", f"show our {some}{adjective} {what}",
                      f"the {some}{adjective} {what}")  # fmt: skip
    who = ("who is", "which") if thing.person else ("what is", "which")
    return choose(rng, f"which {what} is the {adjective}", f"{who[0]} the {adjective} {what}",
                  f"name the {adjective} {what}", f"what is our {adjective} {what}",
                  f"which of the {thing.many} is the {adjective}" if what == thing.one
                  else f"find the {adjective} {what}")  # fmt: skip


def grouped(thing: Thing, rng: random.Random) -> Asked:
    """A number for each kind."""
    if not thing.kinds:
        return None
    kind, found = rng.choice(thing.kinds), conditions(thing, rng, (0.75, 0.25))
    found = [c for c in found if c.attribute != kind]
    what, each = described(thing, found), kind.name
    measure = rng.choice(thing.measures) if thing.measures and rng.random() < 0.5 else None
    if measure is None:
        text = choose(
            rng, f"how many {what} are there in each {each}", f"how many {what} are there for each {each}",
            f"show each {each} with the number of {what}", f"number of {what} by {each}",
            f"for each {each}, how many {what} are there", f"how many {what} does each {each} have",
            f"count the {what} per {each}", f"how many {what} do we have of each {each}",
        )  # fmt: skip
        value = "count(*)"
    else:
        function = rng.choice(("sum", "avg", "max", "min"))
        value = f"{function}({measure.column})"
        text = _grouped_text(function, measure.name, what, each, rng)
    order = ""
    if rng.random() < 0.2:
        high = rng.random() < 0.8
        text += choose(rng, ", highest first", ", most first", ", largest first", " in descending order",
                       ", best one first") if high else choose(rng, ", lowest first", ", smallest first")  # fmt: skip
        order = f" ORDER BY {value}{' DESC' if high else ''}"
    return (
        text,
        f"SELECT {kind.column}, {value} FROM {thing.table}{where(said_in(found, text))} "
        f"GROUP BY {kind.column}{order}",
    )


def _grouped_text(function: str, name: str, what: str, each: str, rng: random.Random) -> str:
    said = {
        "sum": ("total", "combined", "overall"),
        "avg": ("average", "mean"),
        "max": ("highest", "maximum", "largest"),
        "min": ("lowest", "minimum", "smallest"),
    }[function]
    word = rng.choice(said)
    options = [f"what is the {word} {name} of {what} for each {each}", f"{word} {name} of {what} by {each}",
               f"show every {each} and the {word} {name} of its {what}", f"for each {each}, what is the {word} {name} of the {what}",
               f"what was the {word} {name} in each {each}"]  # fmt: skip
    if function == "sum":
        options += [f"how much {name} did each {each} have altogether", f"how much {name} did each {each} make",
                    f"show each {each} and how much {name} its {what} have in total"]  # fmt: skip
    if function == "avg":
        options += [f"how much {name} do {what} have on average in each {each}"]
    return rng.choice(options)


def commonest(thing: Thing, rng: random.Random) -> Asked:
    """The kind with the most or the fewest things, or with the most of a measure."""
    if not thing.kinds:
        return None
    kind, high = rng.choice(thing.kinds), rng.random() < 0.7
    found = [c for c in conditions(thing, rng, (0.75, 0.25)) if c.attribute != kind]
    what, each = described(thing, found), kind.name
    measure = rng.choice(thing.measures) if thing.measures and rng.random() < 0.3 else None
    value, most = "count(*)", ("most" if high else "fewest")
    text = choose(
        rng, f"which {each} has the {most} {what}", f"in which {each} are there the {most} {what}",
        f"which {each} do {'most' if high else 'the fewest'} of our {what} have",
        f"what is the {'most' if high else 'least'} common {each} among {what}",
        f"in which {each} do we have the {most} {what}", f"from which {each} do {'most' if high else 'the fewest'} of the {what} come",
    )  # fmt: skip
    if measure is not None:
        value = f"sum({measure.column})"
        most = "most" if high else "least"
        text = choose(rng, f"which {each} has the {most} {measure.name} in total", f"which {each} made the {most} {measure.name} overall",
                      f"in which {each} is the total {measure.name} of {what} {'highest' if high else 'lowest'}")  # fmt: skip
    shown = kind.column
    if rng.random() < 0.2:
        shown += f", {value}"
        text += ", and how many" if measure is None else ", and how much"
    order = f"ORDER BY {value}{' DESC' if high else ''} LIMIT 1"
    return (
        text,
        f"SELECT {shown} FROM {thing.table}{where(said_in(found, text))} GROUP BY {kind.column} {order}",
    )


def shared(thing: Thing, rng: random.Random) -> Asked:
    """Kinds with more than a number of things."""
    if not thing.kinds:
        return None
    kind, number = rng.choice(thing.kinds), rng.choice((1, 2, 3, 4, 5, 8, 10, 20, 100))
    operator, said = rng.choice(
        ((">", f"more than {number}"), (">=", f"at least {number}"), ("<", f"fewer than {number}"),
         (">", f"over {number}"), ("=", f"exactly {number}"), (">=", f"{number} or more"))
    )  # fmt: skip
    text = choose(
        rng, f"which {plural_of(kind.name)} have {said} {thing.many}", f"which {plural_of(kind.name)} occur {said} times",
        f"list every {kind.name} with {said} {thing.many}", f"which {plural_of(kind.name)} are shared by {said} {thing.many}",
    )  # fmt: skip
    return (
        text,
        f"SELECT {kind.column} FROM {thing.table} GROUP BY {kind.column} "
        f"HAVING count(*) {operator} {number}",
    )


def above_average(thing: Thing, rng: random.Random) -> Asked:
    if not thing.measures:
        return None
    measure, above = rng.choice(thing.measures), rng.random() < 0.75
    counted = not thing.names or rng.random() < 0.4
    kind = rng.choice(thing.kinds) if thing.kinds and rng.random() < 0.25 else None
    inner, value = "", ""
    if kind is not None:
        value = rng.choice(kind.texts)
        inner = f" WHERE {kind.column} = '{value}'"
    name = measure.name
    average = f"the average {value + ' ' if value else ''}{thing.one}"
    words = ("more", "higher", "above", "larger") if above else ("less", "lower", "below", "smaller")
    said = choose(
        rng, f"with {words[0]} {name} than {average}", f"whose {name} is {words[1]} than that of {average}",
        f"with a {name} {words[2]} the average" if not value else f"with {words[0]} {name} than {average}",
        f"whose {name} is {words[1]} than average" if not value else f"whose {name} is {words[3]} than that of {average}",
        f"that have {words[0]} {name} than {average}",
    )  # fmt: skip
    pair = superlatives(name)
    if pair and rng.random() < 0.3:
        adjective = {"longest": "longer", "shortest": "shorter", "largest": "larger", "smallest": "smaller",
                     "heaviest": "heavier", "lightest": "lighter", "most expensive": "more expensive",
                     "cheapest": "cheaper", "oldest": "older", "youngest": "younger", "tallest": "taller",
                     "fastest": "faster", "slowest": "slower", "thickest": "thicker", "best": "better",
                     "best-paid": "better paid"}.get((pair.most if above else pair.least)[0])  # fmt: skip
        said = f"that are {adjective} than {average}" if adjective else said
    operator = ">" if above else "<"
    condition_sql = f"{measure.column} {operator} (SELECT avg({measure.column}) FROM {thing.table}{inner})"
    what = f"{thing.many} {said}"
    if counted:
        text = choose(rng, f"how many {what} are there", f"count the {what}", f"how many {what}")
        return text, f"SELECT count(*) FROM {thing.table} WHERE {condition_sql}"
    return (
        which(thing, rng, what),
        f"SELECT {named(thing)} FROM {thing.table} WHERE {condition_sql}",
    )


def different(thing: Thing, rng: random.Random) -> Asked:
    if not thing.kinds:
        return None
    kind, found = rng.choice(thing.kinds), conditions(thing, rng, (0.6, 0.4))
    found = [c for c in found if c.attribute != kind]
    what, many = described(thing, found), plural_of(kind.name)
    if rng.random() < 0.5:
        text = choose(rng, f"how many different {many} do the {what} have", f"how many different {many} are there among the {what}",
                      f"how many distinct {many} do we have", f"count the different {many} of {what}")  # fmt: skip
        return text, f"SELECT count(DISTINCT {kind.column}) FROM {thing.table}{where(said_in(found, text))}"
    text = choose(rng, f"which {many} do our {what} have", f"what different {many} do the {what} have",
                  f"list all the different {many} of {what}", f"which {many} do the {what} come from",
                  f"what are the distinct {many} of {what}")  # fmt: skip
    return text, f"SELECT DISTINCT {kind.column} FROM {thing.table}{where(said_in(found, text))}"


def ordered(thing: Thing, rng: random.Random) -> Asked:
    ranked = (*thing.measures, *thing.years, *thing.dates)
    if not ranked or not thing.names:
        return None
    column, found, high = rng.choice(ranked), conditions(thing, rng, (0.6, 0.4)), rng.random() < 0.5
    pair = superlatives(column.name, column in thing.dates)
    how = choose(rng, "highest first", "largest first", "from high to low", "in descending order") if high else choose(
        rng, "lowest first", "from low to high", "in ascending order", "smallest first")  # fmt: skip
    if pair is not None and rng.random() < 0.6:
        how = f"{rng.choice(pair.most if high else pair.least)} first"
        said = f", {how}"
    else:
        said = choose(rng, f" by {column.name}, {how}", f" sorted by {column.name}, {how}", f" ordered by {column.name} {how}")
    text = which(thing, rng, described(thing, found)) + said
    order = f"{column.column}{' DESC' if high else ''}"
    return text, f"SELECT {named(thing)} FROM {thing.table}{where(said_in(found, text))} ORDER BY {order}"


def kinds_of_both(thing: Thing, rng: random.Random) -> Asked:
    """Kinds that have things of one sort, and of another or not of another."""
    if len(thing.kinds) < 2:
        return None
    shown, kind = rng.sample(thing.kinds, 2)
    one, other = rng.sample(kind.texts, 2)
    both = rng.random() < 0.5
    many = plural_of(shown.name)
    text = choose(
        rng, f"which {many} have both {one} and {other} {thing.many}", f"in which {many} are there {one} as well as {other} {thing.many}",
        f"which {many} have {thing.many} with {kind.name} {one} and also {thing.many} with {kind.name} {other}",
    ) if both else choose(
        rng, f"which {many} have {one} {thing.many} but no {other} {thing.many}", f"in which {many} do we have {one} {thing.many} but no {other} ones",
        f"{many} with {thing.many} of {kind.name} {one} but none of {kind.name} {other}",
        f"in which {many} is there a {one} {thing.one} but not a {other} one",
    )  # fmt: skip
    arms = [
        f"SELECT {shown.column} FROM {thing.table} WHERE {kind.column} = '{value}'"
        for value in (one, other)
    ]
    return text, f" {'INTERSECT' if both else 'EXCEPT'} ".join(arms)


def either(thing: Thing, rng: random.Random) -> Asked:
    """Things of one kind or of another."""
    if not thing.kinds:
        return None
    kind = rng.choice(thing.kinds)
    one, other = rng.sample(kind.texts, 2)
    condition_sql = f"{kind.column} = '{one}' OR {kind.column} = '{other}'"
    said = choose(rng, f"whose {kind.name} is {one} or {other}", f"with {kind.name} {one} or {other}",
                  f"that are either {one} or {other}", f"with either {one} or {other} as their {kind.name}")  # fmt: skip
    if not thing.names or rng.random() < 0.5:
        text = choose(rng, f"how many {thing.many} are {one} or {other}", f"how many {thing.many} are there {said}",
                      f"count the {thing.many} {said}")  # fmt: skip
        return text, f"SELECT count(*) FROM {thing.table} WHERE {condition_sql}"
    text = which(thing, rng, f"{thing.many} {said}")
    return text, f"SELECT {named(thing)} FROM {thing.table} WHERE {condition_sql}"


def two_columns(thing: Thing, rng: random.Random) -> Asked:
    """Two dates, or two numbers, compared with each other."""
    if len(thing.dates) < 2:
        return None
    one, other = rng.sample(thing.dates, 2)
    later = rng.random() < 0.5
    said = choose(
        rng, f"whose {one.name} is {'later' if later else 'earlier'} than the {other.name}",
        f"whose {one.name} came {'after' if later else 'before'} their {other.name}",
        f"with {one.name} {'after' if later else 'before'} {other.name}",
    )  # fmt: skip
    condition_sql = f"{one.column} {'>' if later else '<'} {other.column}"
    if not thing.names or rng.random() < 0.5:
        return (
            f"how many {thing.many} are there {said}",
            f"SELECT count(*) FROM {thing.table} WHERE {condition_sql}",
        )
    return (
        which(thing, rng, f"{thing.many} {said}"),
        f"SELECT {named(thing)} FROM {thing.table} WHERE {condition_sql}",
    )


#: Every pattern with its weight.
SINGLE = (
    (count, 5), (names, 5), (columns, 4), (of_one, 2), (aggregate, 7), (extremes, 1),
    (superlative, 7), (grouped, 4), (commonest, 3), (shared, 2), (above_average, 3), (different, 2),
    (ordered, 2), (kinds_of_both, 2), (either, 1), (two_columns, 1),
)  # fmt: skip
