"""The meanings of words in table and column names, read from ``vocabulary.toml``."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Superlative", "nouns", "superlatives", "verb_of"]


@dataclass(frozen=True)
class Superlative:
    """Superlatives for a column's high and low end, and comparatives."""

    most: tuple[str, ...]
    least: tuple[str, ...]
    more: str
    less: str
    how: str = ""  # the adjective after "how": "old", if the column holds just that


@cache
def _vocabulary() -> dict[str, Any]:
    path = Path(__file__).with_name("vocabulary.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def nouns(kind: str) -> frozenset[str]:
    """The words of a kind: persons, places, contacts, levels, earnings or births."""
    words: str = _vocabulary()["nouns"][kind]
    return frozenset(words.split())


@cache
def _by_word(words: str) -> dict[str, Superlative]:
    """The adjectives of measures by the words in ``columns`` or in ``units``."""
    return {
        word: _superlative(entry)
        for entry in _vocabulary()["superlative"]
        for word in entry.get(words, "").split()
    }


def _superlative(entry: dict[str, Any]) -> Superlative:
    most, least = tuple(entry["most"]), tuple(entry["least"])
    return Superlative(most, least, entry["more"], entry["less"], entry.get("how", ""))


def superlatives(name: str, is_time: bool = False) -> Superlative | None:
    """The adjectives that fit a column called ``name``; None if none are known.

    Args:
        is_time: whether the column holds dates or years.
    """
    words = name.lower().split()
    if is_time:
        return _superlative(_vocabulary()["births" if nouns("births") & set(words) else "times"])
    for kind in ("columns", "units"):
        known = [_by_word(kind)[word] for word in words if word in _by_word(kind)]
        if known:
            return known[-1]
    return None


def verb_of(name: str, rng: random.Random, person: bool) -> str | None:
    """A verb for the date in a column called ``name``: ``hired``, ``that came out``."""
    verbs: dict[str, list[str]] = _vocabulary()["verbs"]
    found = [verb for word in name.lower().split() for verb in verbs.get(word, ())]
    if not found:
        return None
    verb = rng.choice(found)
    return verb.replace("that ", "who ") if person else verb.replace("who ", "that ")
