"""Ask a database in English: the top of the package, with its public names.

>>> from text2sql import predict
>>> predict("How many singers are there?", "singer(id, name) | song(id, singer_id)")
'SELECT count(*) FROM singer'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from text2sql import errors
from text2sql.errors import *  # noqa: F403 - the whole tree, which its docstring draws

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.answering.predict import predict
    from text2sql.databases import Catalog, Database
    from text2sql.evaluation import evaluate
    from text2sql.sandbox import Failure, QueryResult, run_query
    from text2sql.schema import Schema
    from text2sql.spider import Example, load_examples

__version__ = "0.2.0"

__all__ = [
    "Answer",
    "Catalog",
    "Database",
    "Example",
    "Failure",
    "QueryResult",
    "Schema",
    "Text2SQL",
    "__version__",
    "evaluate",
    "load_examples",
    "predict",
    "run_query",
]
__all__ += errors.__all__

_HOME = {
    "Answer": "text2sql.answering.pipeline",
    "Catalog": "text2sql.databases",
    "Database": "text2sql.databases",
    "Example": "text2sql.spider",
    "Failure": "text2sql.sandbox",
    "QueryResult": "text2sql.sandbox",
    "Schema": "text2sql.schema",
    "Text2SQL": "text2sql.answering.pipeline",
    "evaluate": "text2sql.evaluation",
    "load_examples": "text2sql.spider",
    "predict": "text2sql.answering.predict",
    "run_query": "text2sql.sandbox",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``import text2sql`` is fast."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
