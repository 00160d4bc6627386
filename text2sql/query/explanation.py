"""The explanation of SQL as an English sentence."""

from __future__ import annotations

from text2sql.errors import QueryError
from text2sql.query.english import in_english
from text2sql.query.reading import read
from text2sql.schema import Schema

__all__ = ["explanation"]

_LONGEST = 700  # characters; a longer sentence is harder to read than the SQL


def explanation(sql: str, schema: Schema) -> str:
    """Return ``sql`` in English, or an empty text if it cannot be parsed or explained briefly."""
    try:
        sentence = in_english(read(sql, schema), schema)
    except (QueryError, RecursionError):
        return ""
    return sentence if len(sentence) <= _LONGEST else ""
