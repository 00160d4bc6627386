"""English questions in, SQL that ran and its rows out.

>>> from text2sql import predict
>>> predict("How many singers are there?", "singer(id, name) | song(id, singer_id)")
'SELECT count(*) FROM singer'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer, Text2SQL, predict
    from text2sql.databases import Database

__all__ = ["Answer", "Database", "Text2SQL", "predict"]

_HOME = {
    "Answer": "text2sql.answering.pipeline",
    "Database": "text2sql.databases",
    "Text2SQL": "text2sql.answering.pipeline",
    "predict": "text2sql.answering.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``import text2sql`` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
