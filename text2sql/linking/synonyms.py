"""Replacement of synonyms in questions by the names of tables and columns.

Models know only the names, so questions are reworded before a model reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from text2sql.query.nouns import plural
from text2sql.schema import Column, Schema, Table

__all__ = ["reworded"]

_MOST = 2_000  # the most synonyms of a database


def reworded(question: str, schema: Schema) -> str:
    """Return ``question`` with names or meanings in place of synonyms.

    With ``takings = sum of fee`` on a column, "takings by month" gives "sum of fee by month".
    Text in quotation marks stays as it is.
    """
    meanings = dict(_meanings(schema))
    if not meanings:
        return question
    words = sorted(meanings, key=len, reverse=True)[:_MOST]
    known = "|".join(map(re.escape, words))
    pattern = re.compile(rf"\"[^\"]*\"|(?<!\w)(?P<word>{known})(?!\w)", re.IGNORECASE)

    def replaced(match: re.Match[str]) -> str:
        return meanings[match["word"].lower()] if match["word"] else match[0]

    return pattern.sub(replaced, question)


def _meanings(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the synonyms in lower case with their replacements."""
    for table in schema.tables:
        entries: tuple[Table | Column, ...] = (table, *table.columns)
        for entry in entries:
            for synonym in entry.synonyms:
                word, sign, meaning = (part.strip() for part in synonym.partition("="))
                if not word or word.lower() == entry.natural.lower():
                    continue
                if sign and meaning:
                    yield word.lower(), meaning
                else:
                    yield plural(word.lower()), plural(entry.natural)
                    yield word.lower(), entry.natural
