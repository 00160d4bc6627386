"""Questions whose SQL a person gave, as examples for a new question over the same database.

The nearest one becomes a candidate: its query, with the values of the new question in the place of
its own. A text model that reads a chat gets the nearest ones before its question as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from text2sql.answering.choosing import preference
from text2sql.answering.value_swap import Swap, swapped_sql
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import CellIndex, cell_index
from text2sql.linking.values import ValueCandidate, find_candidates
from text2sql.linking.words import COMMON_WORDS, STOP_WORDS, Word, split_words, stem, words_of
from text2sql.schema import Schema
from text2sql.spider import Example

__all__ = ["NearExample", "nearest", "shown_examples", "with_example"]

_MOST = 200  # examples that are looked at, the latest ones
_COMPARED = 20  # of which the values are looked for
_SHOWN = 3  # in the prompt of a text model
_LEAST_SHOWN = 0.3
_LEAST = 0.7  # likeness of a question that an example may answer
_MOST_LIKELY = 0.95  # the chance that the query of the same question is meant

#: Words whose presence hardly changes what is asked.
_FILLERS = frozenset(
    "a an the of in on at to for from with is are was were be do does did has have please me us "
    "you can could would there exist exists currently ? . , ! : ;".split()
)


@dataclass(frozen=True)
class NearExample:
    """An example with ``sql``, its query with the values of the new question.

    ``likeness``, from 0 to 1, is the share of words that the questions have in common, apart from
    values and fillers.
    """

    example: Example
    sql: str
    likeness: float

    @property
    def chance(self) -> float:
        """The probability that the query is meant: none at half of the words, nearly 1 at all."""
        return _MOST_LIKELY * (self.likeness - 0.5) / 0.5


def shown_examples(question: str, examples: Sequence[Example]) -> list[Example]:
    """Return the examples for the prompt of a text model, the nearest one last; at most three."""
    ranked = sorted(_by_words(question, examples), key=lambda found: found[0])
    return [example for likeness, example in ranked if likeness >= _LEAST_SHOWN][-_SHOWN:]


def nearest(question: str, examples: Sequence[Example], database: Database) -> NearExample | None:
    """Return the example whose query answers ``question`` too, up to its values; None if none does.

    Two questions that differ in a word that the database knows, or in one that changes the meaning
    (``not``, ``most``, ``before``), are different.
    """
    near = sorted(_by_words(question, examples), key=lambda found: -found[0])[:_COMPARED]
    if not near:
        return None
    index = cell_index(database)
    asked = _StemmedQuestion.read(question, index)
    known = _known_stems(database.schema, index)
    found = (_compared(example, asked, index, known) for _, example in near)
    return max((one for one in found if one), key=lambda one: one.likeness, default=None)


def with_example(candidates: Sequence[Candidate], near: NearExample) -> list[Candidate]:
    """Add the query of ``near`` to ``candidates``, best first.

    Its odds against the best of them are those of ``near.chance``.
    """
    best = max(map(preference, candidates), default=0.0)
    odds = math.log(near.chance / (1 - near.chance))
    others = [candidate for candidate in candidates if candidate.sql != near.sql]
    return sorted([Candidate(near.sql, best + odds), *others], key=preference, reverse=True)


def _by_words(question: str, examples: Sequence[Example]) -> Iterator[tuple[float, Example]]:
    """Return the latest examples, each with the share of its words that ``question`` has too."""
    asked = Counter(map(stem, words_of(question)))
    for example in list(dict.fromkeys(reversed(examples)))[:_MOST]:
        words = Counter(map(stem, words_of(example.question)))
        yield 2 * (asked & words).total() / max(1, asked.total() + words.total()), example


@dataclass(frozen=True)
class _StemmedQuestion:
    """A question as stems, with the values that it may mean."""

    words: Sequence[Word]
    stems: Sequence[str]
    values: Sequence[ValueCandidate]

    @classmethod
    def read(cls, question: str, index: CellIndex) -> _StemmedQuestion:
        words = split_words(question)
        values = [value for value in find_candidates(question, words, index) if value.span]
        return cls(words, [stem(word) for word in words], values)


def _known_stems(schema: Schema, index: CellIndex) -> set[str]:
    tables = {stem(w) for t in schema.tables for w in words_of(t.name.replace("_", " "))}
    return tables.union(*index.names.values())


def _compared(
    example: Example, asked: _StemmedQuestion, index: CellIndex, known: set[str]
) -> NearExample | None:
    """Align the two questions, and exchange the values that differ."""
    before = _StemmedQuestion.read(example.question, index)
    swap = Swap.read(example.query, before.values)
    if swap is None:
        return None
    tokens = swap.masked(before.stems)
    matcher = SequenceMatcher(None, [token.text for token in tokens], asked.stems, False)
    replaced: dict[int, ValueCandidate] = {}
    left: list[str] = []  # stems that only one of the questions has
    shared = 0
    for kind, i, j, start, end in matcher.get_opcodes():
        if kind == "equal":
            shared += sum(text not in _FILLERS for text in asked.stems[start:end])
            continue
        slots = [token.slot for token in tokens[i:j] if token.slot is not None]
        new = swap.counterparts(slots, (start, end), asked.values)
        if new is None:
            return None
        replaced |= dict(zip(slots, new, strict=True))
        taken = {n for value in new if value.span for n in range(*value.span)}
        shared += len(slots)
        left += [token.text for token in tokens[i:j] if token.slot is None]
        left += [asked.stems[n] for n in range(start, end) if n not in taken]
    different = [word for word in left if word not in _FILLERS]
    if any(_tells_apart(word, known, index) for word in different):
        return None
    likeness = 2 * shared / max(1, 2 * shared + len(different))
    sql = swapped_sql(example.query, swap, replaced)
    return NearExample(example, sql, likeness) if likeness >= _LEAST else None


_MEANING = frozenset(map(stem, (COMMON_WORDS | STOP_WORDS) - _FILLERS))


def _tells_apart(word: str, known: set[str], index: CellIndex) -> bool:
    return word in _MEANING or word in known or word in index.stems or not word.isalpha()
