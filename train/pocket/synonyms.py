"""Synonyms for the augmentation of training questions: WordNet's, and those of reworded questions.

Debian's package ``wordnet-base`` puts the files of WordNet (Fellbaum, 1998) into
``/usr/share/wordnet``.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from text2sql.errors import DataError
from text2sql.linking.words import split_words

__all__ = ["Synonyms", "mine_synonyms", "read_synonyms", "wordnet_synonyms"]

Synonyms = Mapping[str, Sequence[str]]

_PARTS = ("noun", "adj")  # for verbs, the most frequent sense is too often the wrong one
_MOST_LETTERS = 24


def read_synonyms(rewordings: Path | None, wordnet: Path | None) -> Synonyms:
    """WordNet's synonyms; those mined from the file ``rewordings`` take precedence.

    Raises:
        DataError: WordNet's files are not in the folder ``wordnet``.
    """
    pairs = json.loads(rewordings.read_text()) if rewordings else []
    mined = mine_synonyms((p["original_question"], p["question"]) for p in pairs)
    return {**(wordnet_synonyms(wordnet) if wordnet else {}), **mined}


def mine_synonyms(pairs: Iterable[tuple[str, str]], at_least: int = 2) -> dict[str, list[str]]:
    """Learn synonyms from pairs of questions: phrases that one has in place of the other's.

    Spider-Syn (Gan et al., ACL 2021) has such pairs for Spider's training questions.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for original, reworded in pairs:
        a, b = ([w.lower() for w in split_words(text)] for text in (original, reworded))
        for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if kind == "replace" and j - i <= 3 and m - k <= 4:
                counts[" ".join(a[i:j]), " ".join(b[k:m])] += 1
    synonyms: dict[str, list[str]] = defaultdict(list)
    for (phrase, other), count in counts.items():
        if count >= at_least:
            synonyms[phrase].append(other)
            synonyms[other].append(phrase)
    return dict(synonyms)


def wordnet_synonyms(folder: Path) -> dict[str, list[str]]:
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
