"""Word lists for follow-ups: adjectives, question words, and words that ask for a change."""

from __future__ import annotations

from text2sql.linking.words import stem

__all__ = [
    "ADJECTIVES",
    "AGGREGATE_WORDS",
    "BIRTHS",
    "CUES",
    "QUESTION_WORDS",
    "SUPERLATIVES",
    "WORD_KINDS",
    "base_of",
    "kinds_of",
]

_QUANTITIES = """
price cost rate fee amount: cheap- expensive+ dear+ pricey+ costly+ affordable-
age birth born dob date: old+ young- eld+ senior+ junior-
date day year time founded built opened: new+ recent+ late+ early- old- modern+ last+ first-
length duration minutes km distance metres long hours days: long+ short- far+ near- close-
size area capacity population litres seats amount total: big+ large+ small- great+ populous+
weight kg grams tonnes mass: heavy+ light- fat+
speed kmh time seconds minutes duration: fast+ slow- quick- swift+
height cm tall metres: tall+ short- high+ low-
depth metres: deep+ shallow-
slope gradient: steep+ flat-
strength abv percent: strong+ weak-
magnitude: bright- faint+ dim+
score rating stars points marks grade: good+ bad- best+ worst- well+ popular+ poor- high+ low-
count total number visitors passengers votes: busy+ quiet- many+ few- full+ empty-
temperature temp degrees: hot+ cold- warm+ cool- mild+
income salary wage pay earnings: rich+ poor- paid+
db decibel noise: loud+ quiet-
"""
_IRREGULAR = {
    "best": "good", "better": "good", "worst": "bad", "worse": "bad", "eldest": "eld",
    "furthest": "far", "farthest": "far", "further": "far", "latest": "late", "last": "last",
    "first": "first", "oldest": "old", "dearest": "dear",
}  # fmt: skip
#: Stems in the names of date columns in which an earlier date means that something is older.
BIRTHS = frozenset(map(stem, "birth born dob built founded opened joined started".split()))
#: Superlatives that name no column.
SUPERLATIVES = frozenset(
    "most least highest lowest greatest fewest maximum minimum top bottom".split()
)
AGGREGATE_WORDS = {
    "average": "avg", "averages": "avg", "mean": "avg", "avg": "avg", "total": "sum",
    "totals": "sum", "sum": "sum", "altogether": "sum", "maximum": "max", "max": "max",
    "highest": "max", "minimum": "min", "min": "min", "lowest": "min", "add": "sum",
    "largest": "max", "smallest": "min", "overall": "sum", "combined": "sum",
}  # fmt: skip
#: The words of column names that each question word may ask for.
QUESTION_WORDS = {
    "who": "name person surname full title contact holder owner member customer",
    "whose": "name person owner holder customer client member",
    "whom": "name person",
    "when": "date day time year on at start",
    "where": "place city town location address venue site country street",
    "age": "age birth born dob", "old": "age birth born dob", "far": "distance km ly miles",
    "tall": "height cm tall", "heavy": "weight kg mass", "weigh": "weight kg grams mass",
    "long": "length duration minutes days hours km long", "big": "size area capacity",
    "expensive": "price cost fee", "cost": "price cost fee rate amount",
    "much": "amount price cost fee total pay sum value", "phone": "phone tel mobile telephone",
    "reach": "phone email mobile", "contact": "phone email contact",
    "live": "city town address country",
    "call": "phone mobile tel", "born": "birth born dob", "work": "job employer department role",
    "job": "job occupation role profession title", "do": "job occupation role",
    "pay": "price fee amount salary paid", "earn": "salary wage pay income earnings",
    "fast": "speed time", "deep": "depth", "high": "height altitude elevation",
    "loud": "db noise", "many": "count number quantity qty total",
    "why": "reason cause note", "what": "name title", "which": "name title",
    "population": "population people inhabitants", "nationality": "country nationality",
}  # fmt: skip


def _adjectives() -> dict[str, tuple[tuple[str, ...], bool]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    more: dict[tuple[str, tuple[str, ...]], bool] = {}
    for line in _QUANTITIES.strip().splitlines():
        names, words = line.split(":")
        for word in words.split():
            found.setdefault(word[:-1], []).append(tuple(names.split()))
            more[word[:-1], tuple(names.split())] = word.endswith("+")
    return {
        word: (tuple(n for names in lists for n in names), more[word, lists[0]])
        for word, lists in found.items()
    }


#: Adjective -> words in the names of its columns, and whether a higher value means more of it.
ADJECTIVES = _adjectives()


def base_of(word: str) -> tuple[str, str]:
    """Return the adjective of ``word``, and ``superlative``, ``comparative`` or ``""``."""
    if word in _IRREGULAR:
        kind = "comparative" if word in ("better", "worse", "further") else "superlative"
        return _IRREGULAR[word], kind
    for ending, kind in (("est", "superlative"), ("er", "comparative")):
        if word.endswith(ending):
            root = word[: -len(ending)]
            for form in (root, f"{root}e", root[:-1], f"{root[:-1]}y"):
                if form in ADJECTIVES:
                    return form, kind
    return (word, "") if word in ADJECTIVES else ("", "")


#: Words with the same effect on a mention, by kind.
_KINDS_OF_WORDS = {
    "negation": "not no without minus except excluding exclude never nothing none nobody skip "
    "drop forget ignore hide remove neither nor isn don doesn hasn haven didn wasn aren",
    "all": "all any every everything everybody everyone anywhere everywhere whatever wherever "
    "regardless either both whole back again overall irrespective",
    "also": "also too plus as add include including well with show both",
    "only": "only just limit restrict limited keep ones those",
    "more": "over above more than after since from least exceeding greater bigger higher beyond "
    "later longer older larger older upwards",
    "less": "under below less fewer before until till most up smaller lower earlier younger "
    "shorter cheaper within",
    "pronoun": "they them their it its those these that this he she his her him him one ones there "
    "theirs each",
    "question": "who when which what where how whose why",
    "group": "per by each every split broken grouped group breakdown compare",
    "instead": "instead rather then about same now and for",
    "order": "first sort order sorted ordered rank ranked last alphabetically alphabetical top",
    "plain": "please just ok okay and now so then",
}
WORD_KINDS = {
    word: tuple(kind for kind, words in _KINDS_OF_WORDS.items() if word in words.split())
    for words in _KINDS_OF_WORDS.values()
    for word in words.split()
}
#: Words that ask for a change without a column.
CUES = {
    "count": "count", "how many": "count", "number of": "count", "number": "count",
    "all": "all", "every": "all", "everything": "all", "everybody": "all", "everyone": "all",
    "any": "all", "anywhere": "all", "wherever": "all", "whatever": "all", "back": "all",
    "forget": "all", "regardless": "all", "overall": "all", "whole": "all", "both": "all",
    "either": "all", "other": "reverse", "others": "reverse", "opposite": "reverse",
    "reverse": "reverse", "rest": "reverse", "not": "reverse", "without": "reverse",
    "have": "reverse",
    "sort": "order", "order": "order", "alphabetical": "order", "alphabetically": "order",
    "ranked": "order", "sorted": "order", "ascending": "order", "descending": "order",
    "rank": "order", "arrange": "order", "backwards": "reverse",
    "different": "different", "distinct": "different", "unique": "different",
    "information": "star", "info": "star", "details": "star", "detail": "star",
    "never": "reverse", "only": "all", "n't": "reverse", "instead": "reverse",
    "next": "next", "then": "next", "following": "next", "second": "next", "two": "next",
    "how often": "count", "month": "month", "months": "month", "monthly": "month",
    "year": "year", "years": "year",
    "yearly": "year", "annual": "year", "annually": "year",
    "include": "all", "how much": "measure", "how long": "measure", "how far": "measure",
    "how old": "measure", "how big": "measure", "how high": "measure", "how tall": "measure",
    "how heavy": "measure", "how fast": "measure", "how loud": "measure", "and how": "measure",
    "amount": "measure", "percent": "percent", "percentage": "percent", "%": "percent",
    "share": "percent", "proportion": "percent", "that": "that", "this": "that", "average": "that",
}  # fmt: skip


def kinds_of(word: str) -> tuple[str, ...]:
    """Return the kinds of ``word``: a comparative is ``more`` or ``less``."""
    base, how = base_of(word)
    if how != "comparative":
        return WORD_KINDS.get(word, ())
    return ("comparative more",) if ADJECTIVES.get(base, ((), True))[1] else ("comparative less",)
