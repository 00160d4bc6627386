"""Finds mentions in a follow-up: columns, tables, cells, numbers, dates and cues."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from text2sql.answering.conversation.lexicon import (
    ADJECTIVES,
    AGGREGATE_WORDS,
    CUES,
    QUESTION_WORDS,
    SUPERLATIVES,
    base_of,
)
from text2sql.answering.conversation.linker import Linked, Linker, alike
from text2sql.answering.conversation.pronouns import kinds_in
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.quantities import find_quantities
from text2sql.linking.values import ValueCandidate, find_candidates
from text2sql.linking.words import NUMBER_WORDS, STOP_WORDS, Word, number_of, split_words, stem

__all__ = ["Mention", "Question", "cues_in", "find_mentions"]

_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november "
        "december".split(),
        1,
    )
    for length in (3, 4, len(name))
}
_ALSO_WORDS = frozenset(("may", "march", "mar", "dec", "sept"))  # other words, too
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_LONGEST_NAME = 4  # words
_LEAST, _LEAST_OF_SEVERAL = 0.35, 0.8  # score of a column for one word, for several
_MOST_COLUMNS = 6


@dataclass(frozen=True)
class Mention:
    """Words of a question with their meaning; ``span`` is the first and one past the last.

    ``kind`` is ``columns``, ``table``, ``cell``, ``number``, ``year``, ``month``, ``adjective``
    or ``cue``; ``how`` is the variant.
    """

    kind: str
    span: tuple[int, int]
    columns: tuple[Linked, ...] = ()
    value: str | int | float | None = None
    table: int | None = None
    how: str = ""


@dataclass(frozen=True)
class Question:
    """A question as ``words``, in lower case, and the values that it may mean."""

    words: Sequence[Word]
    lower: Sequence[str]
    values: Sequence[ValueCandidate]

    @classmethod
    def read(cls, text: str, index: CellIndex) -> Question:
        words = split_words(text)
        return cls(words, [word.lower() for word in words], find_candidates(text, words, index))

    @cached_property
    def kinds(self) -> list[tuple[str, ...]]:
        """The kinds of each word."""
        return kinds_in(self.lower)


def find_mentions(question: Question, linker: Linker, near: Collection[int]) -> list[Mention]:
    """Return all mentions from left to right; they may overlap.

    Args:
        near: tables of the query before it, whose columns are preferred.
    """
    found = [
        *_cells(question, linker),
        *_numbers(question),
        *_dates(question),
        *_columns(question, linker, near),
        *_tables(question, linker),
        *_meanings(question, linker, near),
        *_cues(question),
    ]
    return sorted(found, key=lambda mention: (mention.span[0], -mention.span[1]))


def _cells(question: Question, linker: Linker) -> Iterator[Mention]:
    for value in question.values:
        if value.span is None or not value.columns or value.number is not None:
            continue
        if value.kind in ("letter", "unknown") or re.fullmatch(r"-?[\d\-:.]+-?", value.text):
            continue
        columns = [Linked(linker.places[c], 1.0, value.kind) for c in sorted(value.columns)]
        kept = tuple(columns[:_MOST_COLUMNS])
        yield Mention("cell", value.span, kept, value.text, how=value.kind)


def _numbers(question: Question) -> Iterator[Mention]:
    for i, word in enumerate(question.lower):
        number = number_of(word) if word[0].isdigit() else NUMBER_WORDS.get(word)
        if number is not None and word not in ("once", "single", "first", "second"):
            yield Mention("number", (i, i + 1), (), number, how="plain")
    for quantity in find_quantities(question.words):
        unit = quantity.unit or "scaled"
        yield Mention("number", quantity.span, (), quantity.number, how=unit)


def _dates(question: Question) -> Iterator[Mention]:
    for i, word in enumerate(question.lower):
        if _YEAR.fullmatch(word):
            yield Mention("year", (i, i + 1), (), int(word))
        if word in _MONTHS and (word not in _ALSO_WORDS or len(question.lower) < 4):
            yield Mention("month", (i, i + 1), (), _MONTHS[word])


def _columns(question: Question, linker: Linker, near: Collection[int]) -> Iterator[Mention]:
    stems = [stem(word) for word in question.lower]
    told = [w.isalpha() and w not in STOP_WORDS and len(w) > 1 for w in question.lower]
    for length in range(_LONGEST_NAME, 0, -1):
        least = _LEAST if length == 1 else _LEAST_OF_SEVERAL
        for start in range(len(stems) - length + 1):
            end = start + length
            if not (told[start] and told[end - 1]):
                continue
            digits = question.lower[start:end]
            words = [stems[i] for i in range(start, end) if told[i] or digits[i - start].isdigit()]
            found = linker.columns_at(words, near)
            kept = tuple(linked for linked in found if linked.score >= least)
            if kept:
                yield Mention("columns", (start, end), kept)
    for i, word in enumerate(question.lower):
        if word.startswith("un") and len(word) > 5:  # unpaid
            found = linker.columns_at([stem(word[2:])], near)
            kept = tuple(linked for linked in found if linked.score >= _LEAST)
            if kept:
                yield Mention("columns", (i, i + 1), kept, how="un")


def _tables(question: Question, linker: Linker) -> Iterator[Mention]:
    stems = [stem(word) for word in question.lower]
    for table, names in enumerate(linker.table_names):
        for start in range(len(stems)):
            spans = (stems[start : start + length] for length in (2, 1))
            words = next((s for s in spans if s and _all_alike(s, names)), None)
            if words is None or question.lower[start] in STOP_WORDS:
                continue
            share = sum(any(alike(w, name) for w in words) for name in names) / len(names)
            places = linker.name_columns(table)
            if share >= 0.5 and places:
                linked = Linked(places[0], 0.6 + 0.4 * share, "table")
                yield Mention("table", (start, start + len(words)), (linked,), table=table)


def _all_alike(words: Sequence[str], names: Collection[str]) -> bool:
    return all(any(alike(word, name) for name in names) for word in words)


def _meanings(question: Question, linker: Linker, near: Collection[int]) -> Iterator[Mention]:
    for i, word in enumerate(question.lower):
        span = (i, i + 1)
        base, kind = base_of(word)
        if base:
            columns = tuple(linker.columns_like(ADJECTIVES[base][0], near))
            yield Mention("adjective", span, columns, base, how=kind or "plain")
        asked = QUESTION_WORDS.get(word) or QUESTION_WORDS.get(stem(word))
        columns = tuple(linker.columns_like(asked.split(), near)) if asked else ()
        if columns:
            yield Mention("columns", span, columns, how=f"asked_{word}")
        if word in ("who", "whose", "whom", "by"):
            yield Mention("columns", span, tuple(linker.who(near)), how="names of people")
        if word in ("where", "places"):
            yield Mention("columns", span, tuple(linker.where(near)), how="names of places")


def cues_in(question: Question) -> set[str]:
    """Return the kinds of the words that ask for a change without naming a column."""
    return {mention.how for mention in _cues(question)}


def _cues(question: Question) -> Iterator[Mention]:
    for i, word in enumerate(question.lower):
        two = " ".join(question.lower[i : i + 2])
        if two in CUES:
            yield Mention("cue", (i, i + 2), how=CUES[two])
        elif word in CUES:
            yield Mention("cue", (i, i + 1), how=CUES[word])
        if word in AGGREGATE_WORDS:
            yield Mention("cue", (i, i + 1), how="aggregate")
        if word in SUPERLATIVES:
            yield Mention("cue", (i, i + 1), how="extreme")
