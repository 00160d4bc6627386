"""Names of tables and columns as English nouns, in the singular and the plural."""

from __future__ import annotations

__all__ = ["plural", "singular", "with_article"]

_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women",
    "medium": "media", "index": "indices", "movie": "movies", "cookie": "cookies", "bus": "buses",
    "status": "statuses", "campus": "campuses", "bonus": "bonuses", "virus": "viruses",
}  # fmt: skip
_SINGULARS = {many: one for one, many in _IRREGULAR.items()}
_BOTH = frozenset(
    {"aircraft", "data", "equipment", "fish", "furniture", "information", "news", "offspring"}
    | {"series", "sheep", "species", "staff"}
    | {"at", "by", "for", "in", "of", "to"}  # the end of a name such as assigned_to
)
# codes at the end of a name, such as sales_us: the noun stands before them
_CODES = frozenset({"eu", "uk", "us", "usa", "na", "ytd", "mtd"})
_HISSING = ("s", "x", "z", "ch", "sh")


def singular(noun: str) -> str:
    """The singular of a noun: ``pilot`` for ``pilots`` and for ``pilot``."""
    before, word, code = _parts(noun)
    return before + _one(word) + code


def plural(noun: str) -> str:
    """The plural of a noun: ``pilots`` for ``pilot`` and for ``pilots``."""
    before, word, code = _parts(noun)
    return before + _many(_one(word)) + code


def _parts(noun: str) -> tuple[str, str, str]:
    """Split ``all sales us`` into what stands before the noun, the noun, and the code after it."""
    before, space, word = noun.rpartition(" ")
    if before and word.lower() in _CODES:
        earlier, gap, head = before.rpartition(" ")
        return earlier + gap, head, space + word
    return before + space, word, ""


def with_article(noun: str) -> str:
    """``a pilot``, ``an airport``."""
    return f"{'an' if noun[:1] in tuple('aeiou') else 'a'} {noun}"


def _one(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word in _BOTH or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def _many(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _BOTH or not word.isalpha():
        return word
    if word.endswith(_HISSING):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    return word + "s"
