"""What a text generator reads: the reference's input format, for training and serving alike."""

from __future__ import annotations

__all__ = ["build_prompt"]


def build_prompt(question: str, schema_text: str) -> str:
    """``Translate English to SQL: <question> | Schemas: table1(col1, col2) | table2(col3)``.

    ``schema_text`` is what ``Schema.serialize`` gives.
    """
    return f"Translate English to SQL: {question} | Schemas: {schema_text}"
