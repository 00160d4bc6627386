"""Names of tables and columns from whatever files call theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["clean_name", "clean_names", "plural", "singular", "words"]

_LONGEST = 60
_NOT_A_WORD = re.compile(r"\W+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def clean_name(name: str, otherwise: str) -> str:
    """``name`` as letters, digits and underscores that need no quotes; ``otherwise`` if none.

    It never starts with a digit, and never looks like one of SQLite's own tables.
    """
    cleaned = _NOT_A_WORD.sub("_", name.replace("%", " percent ")).strip("_")[:_LONGEST].rstrip("_")
    if not cleaned:
        return otherwise
    if cleaned[0].isdigit() or cleaned.lower().startswith("sqlite_"):
        return f"{otherwise.rpartition('_')[0] or otherwise}_{cleaned}"
    return cleaned


def clean_names(names: Iterable[str], kind: str) -> list[str]:
    """Clean names of which no two are equal in any case; ``kind`` is ``table`` or ``column``."""
    taken: set[str] = set()
    found = []
    for number, name in enumerate(names, start=1):
        cleaned = _free(clean_name(name, f"{kind}_{number}"), taken)
        taken.add(cleaned.lower())
        found.append(cleaned)
    return found


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, the last in its singular: ``HomeTeamIDs`` has three."""
    parts = _CAMEL.sub("_", name).lower().strip("_").split("_")
    return (*parts[:-1], singular(parts[-1]))


def singular(word: str) -> str:
    """``cities`` as ``city``; a word that is one already as it is."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def plural(word: str) -> str:
    """``city`` as ``cities``; a word that is several already as it is."""
    if singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "i", "o", "u"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
