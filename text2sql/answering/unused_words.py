"""The words of a question that its answer does not use, as a reason for a doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import STOP_WORDS, split_words, stem, words_of
from text2sql.schema import Schema

__all__ = ["unused_words"]

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_MOST = 2
_SHORTEST = 4  # letters; shorter words are seldom what a question is about
_PREFIX = 4  # stems that start alike mean the same: "teach" and "teacher"


def unused_words(
    question: str, sql: str, reading: str, schema: Schema, index: CellIndex
) -> tuple[str, ...]:
    """Return up to two words of ``question`` that the database has and the query does not use.

    They are names of tables or columns, or whole cells, without common verbs and adjectives.

    Args:
        reading: the query in English, which spells names out; may be empty.
    """
    used = {stem(part) for part in (*_PART.findall(sql), *_PART.findall(reading))}
    names = set(_names(schema, index))
    found = [
        str(word)
        for word in split_words(question)
        if len(word) >= _SHORTEST and word.isalpha() and word.lower() not in STOP_WORDS
    ]
    known = [word for word in found if stem(word) in names or stem(word) in index.stems]
    return tuple(dict.fromkeys(word for word in known if not _among(stem(word), used)))[:_MOST]


def _names(schema: Schema, index: CellIndex) -> Iterator[str]:
    for table in schema.tables:
        yield from map(stem, words_of(table.name.replace("_", " ")))
    for stems in index.names.values():
        yield from stems


def _among(stemmed: str, used: set[str]) -> bool:
    """Whether ``used`` has a stem that starts like ``stemmed``."""
    start = stemmed[:_PREFIX]
    return any(word.startswith(start) for word in used)
