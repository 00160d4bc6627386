"""Words of everyday questions: superlatives, verbs of dates, months, ways to begin."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from text2sql.query.nouns import plural

__all__ = [
    "MONTHS",
    "PERSONS",
    "PLACES",
    "Superlative",
    "asked",
    "choose",
    "superlatives",
    "verb_of",
]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: Nouns of people, who are asked for with "who".
PERSONS = frozenset(
    "actor actress artist assistant athlete author boy captain chef child client coach contestant "
    "curator customer debater doctor director driver editor employee engineer entrepreneur expert "
    "faculty friend girl guest head host instructor investor journalist judge lawyer manager man "
    "mechanic member musician nurse operator owner parent participant passenger patient people "
    "performer person physician pilot player poker_player president professor representative "
    "researcher resident reviewer scientist singer sponsor staff student supplier swimmer teacher "
    "technician tourist trainer user victim visitor volunteer voter winner woman worker wrestler "
    "writer".split()
)

#: Last words of columns that hold where something is.
PLACES = frozenset(
    "address area borough building campus city continent country county district headquarters "
    "headquarter home hometown hq island location market neighborhood office origin place port "
    "province region room site state street suburb town venue village".split()
)

_BIRTH = ("birth", "born", "dob")


@dataclass(frozen=True)
class Superlative:
    """A pair of adjectives over a column; ``most`` is the one at the column's high end."""

    most: tuple[str, ...]
    least: tuple[str, ...]


_NEWEST = ("newest", "latest", "most recent", "last", "youngest")
_EARLIEST = ("oldest", "first", "earliest")
_ADJECTIVES: tuple[tuple[str, Superlative], ...] = (
    ("price cost fee charge charges fare rent amount budget worth value",
     Superlative(("most expensive", "dearest", "priciest", "costliest"),
                 ("cheapest", "least expensive", "most affordable", "lowest-priced"))),
    ("salary wage wages income earnings pay money",
     Superlative(("best-paid", "highest-paid", "best paid", "top-earning"),
                 ("worst-paid", "lowest-paid", "least paid"))),
    ("age", Superlative(("oldest", "eldest", "most senior"), ("youngest",))),
    ("length distance duration mileage km kilometers miles minutes seconds hours runtime time",
     Superlative(("longest",), ("shortest",))),
    ("height elevation altitude", Superlative(("tallest", "highest"), ("lowest", "shortest"))),
    ("weight", Superlative(("heaviest",), ("lightest",))),
    ("pages page thickness", Superlative(("thickest", "longest"), ("thinnest", "shortest"))),
    ("capacity size area population enrollment acreage surface attendance seating",
     Superlative(("largest", "biggest"), ("smallest", "tiniest"))),
    ("speed horsepower", Superlative(("fastest", "quickest"), ("slowest",))),
    ("rating score stars grade points gpa rate",
     Superlative(("best", "highest-rated", "top-rated", "top"),
                 ("worst", "lowest-rated", "poorest"))),
    ("depth", Superlative(("deepest",), ("shallowest",))),
    ("temperature", Superlative(("hottest", "warmest"), ("coldest", "coolest"))),
    ("sales revenue profit profits turnover",
     Superlative(("best-selling", "most profitable", "most successful"),
                 ("least successful", "worst-selling"))),
    ("strength power", Superlative(("strongest", "most powerful"), ("weakest",))),
    ("stock quantity", Superlative(("most plentiful",), ("scarcest",))),
)  # fmt: skip
_BY_WORD = {word: pair for words, pair in _ADJECTIVES for word in words.split()}

#: What happened on a date, by a word of the column's name.
_VERBS = {
    "birth": ("born",), "born": ("born",), "dob": ("born",), "death": ("who died",),
    "hire": ("hired", "taken on"), "hired": ("hired",), "join": ("who joined",),
    "joined": ("who joined",), "join_date": ("who joined",), "start": ("that started", "begun"),
    "started": ("that started",), "begin": ("that began",), "end": ("that ended",),
    "order": ("ordered", "placed"), "ordered": ("ordered",), "open": ("opened", "that opened"),
    "opened": ("opened",), "opening": ("opened",), "founded": ("founded", "set up"),
    "created": ("created", "made"), "creation": ("created",), "built": ("built",),
    "release": ("released", "that came out", "that appeared"), "released": ("released",),
    "published": ("published", "that came out"), "publication": ("published",),
    "paid": ("paid",), "payment": ("paid",), "purchase": ("bought", "purchased"),
    "purchased": ("bought",), "registered": ("registered",), "registration": ("registered",),
    "enrolled": ("enrolled",), "enrolment": ("enrolled",), "shipment": ("shipped", "sent"),
    "shipped": ("shipped",), "delivery": ("delivered",), "delivered": ("delivered",),
    "made": ("made",), "raised": ("raised", "made"), "settled": ("settled",),
    "issue": ("issued",), "issued": ("issued",), "booking": ("booked",), "rental": ("rented",),
    "return": ("returned", "brought back"), "returned": ("returned", "brought back"),
    "update": ("updated", "changed"), "acquired": ("acquired", "bought"),
    "departure": ("leaving",), "arrival": ("arriving",), "graduation": ("who graduated",),
}  # fmt: skip

_COURTESIES = (
    "Can you tell me {}?", "Could you tell me {}?", "I would like to know {}.", "Tell me {}.",
    "I want to know {}.", "Please tell me {}.", "Do you know {}?", "I need to know {}.",
)  # fmt: skip


def choose(rng: random.Random, *choices: str) -> str:
    return rng.choice(choices)


def superlatives(name: str, is_date: bool = False) -> Superlative | None:
    """The adjectives that fit a column called ``name``; None where none is known."""
    words = name.lower().split()
    if is_date or words[-1] in ("year", "founded", "opened", "built"):
        if any(w in words for w in _BIRTH):
            return Superlative(("youngest",), ("oldest", "eldest"))
        return Superlative(_NEWEST[:4], _EARLIEST)
    return next((_BY_WORD[w] for w in reversed(words) if w in _BY_WORD), None)


def verb_of(name: str, rng: random.Random, person: bool) -> str | None:
    """What a thing did on the date in a column called ``name``: ``hired``, ``that came out``."""
    found = [verb for word in name.lower().split() for verb in _VERBS.get(word, ())]
    if not found:
        return None
    verb = rng.choice(found)
    return verb.replace("that ", "who ") if person else verb.replace("who ", "that ")


def asked(text: str, rng: random.Random) -> str:
    """``text`` as a sentence: with a capital, a sign at its end, and now and then a courtesy."""
    is_question = text.split(" ", 1)[0] in (
        "which", "who", "what", "how", "where", "when", "in", "on", "from", "at", "are",
    )  # fmt: skip
    if is_question and rng.random() < 0.12 and not text.startswith(("are", "in", "on")):
        said = rng.choice(_COURTESIES).format(text)
    else:
        end = "?" if is_question else rng.choice((".", ".", "", ", please.", "!"))
        said = text + end
    return said[0].upper() + said[1:]


def listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def plural_of(name: str) -> str:
    """``home city`` as ``home cities``; a name that ends in a preposition stays."""
    return plural(name)
