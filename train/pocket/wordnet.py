"""Synonyms from WordNet (Fellbaum, 1998), for the augmentation of training questions only.

Debian's package ``wordnet-base`` puts its files into ``/usr/share/wordnet``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from text2sql.errors import DataError

__all__ = ["read_synonyms"]

_PARTS = ("noun", "adj")  # for verbs, the most frequent sense is too often the wrong one
_MOST_LETTERS = 24


def read_synonyms(folder: Path) -> dict[str, list[str]]:
    """Read for each noun and adjective the other words of its most frequent sense.

    Raises:
        DataError: WordNet's files are not in ``folder``.
    """
    synonyms: dict[str, list[str]] = {}
    for part in _PARTS:
        sets = dict(_synsets(_lines(folder / f"data.{part}")))
        for line in _lines(folder / f"index.{part}"):
            fields = line.split()
            word, pointers = _phrase(fields[0]), int(fields[3])
            others = [w for w in sets[fields[6 + pointers]] if w != word]
            if others:
                synonyms.setdefault(word, []).extend(w for w in others if len(w) <= _MOST_LETTERS)
    return {word: list(dict.fromkeys(others)) for word, others in synonyms.items() if others}


def _lines(path: Path) -> list[str]:
    """The lines of a file, without the license at its top."""
    if not path.is_file():
        raise DataError(f"There is no {str(path)!r}; install WordNet (Debian: wordnet-base).")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("  ")]


def _synsets(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The offset and the words of each set of synonyms."""
    for line in lines:
        fields = line.split()
        count = int(fields[3], 16)
        yield fields[0], [_phrase(fields[4 + 2 * i]) for i in range(count)]


def _phrase(lemma: str) -> str:
    """Write ``give_up`` or ``handsome(a)`` as in a sentence."""
    return lemma.partition("(")[0].replace("_", " ").lower()
