"""The choices of the Ask tab: databases in their groups, example questions, candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from text2sql.linking.engine_tables import without_engine_tables
from text2sql.schema import natural_name

if TYPE_CHECKING:
    from text2sql.answering.pipeline import RankedCandidate
    from text2sql.databases import Catalog, Database
    from text2sql.spider import Example

__all__ = ["candidate_choices", "database_choices", "gold_for", "some_examples"]

_DESCRIPTION = 70  # characters of the names of tables
_SHORT = 60  # characters of a question that fits on a button


def database_choices(catalog: Catalog) -> list[tuple[str, str]]:
    """Return ``(label, db_id)`` for each database, by group and in each group by name.

    Labels name the group if there are several, and the tables, so that typing any of these words
    finds the database.
    """
    groups = catalog.groups()
    return [
        (f"{group} / {_described(database)}" if len(groups) > 1 else _described(database), name)
        for group, databases in groups.items()
        for name, database in sorted(
            ((database.db_id, database) for database in databases),
            key=lambda named: named[0].lower(),
        )
    ]


def _described(database: Database) -> str:
    """Return the name of a database with those of its tables, as many as fit."""
    tables = without_engine_tables(database.schema).tables
    names = ", ".join(table.natural or natural_name(table.name) for table in tables)
    return f"{database.db_id} · {shorten(names, _DESCRIPTION, placeholder=' …')}"


def some_examples(examples: Sequence[Example], count: int) -> list[str]:
    """Return up to ``count`` questions spread over ``examples``, each with a different query.

    Short questions are preferred.
    """
    distinct = {_normal(e.query): e.question for e in reversed(examples)}
    questions = list(reversed(distinct.values()))
    short = [question for question in questions if len(question) <= _SHORT]
    offered = short if len(short) >= count else questions
    step = max(1.0, len(offered) / count)
    return [offered[math.floor(i * step)] for i in range(min(count, len(offered)))]


def gold_for(question: str, examples: Sequence[Example]) -> str | None:
    """Return the gold query of ``question`` if it is one of ``examples``."""
    wanted = _normal(question)
    return next((e.query for e in examples if _normal(e.question) == wanted), None)


def candidate_choices(candidates: Sequence[RankedCandidate]) -> list[tuple[str, str]]:
    """Return ``(label, SQL)`` for each candidate, best first.

    The labels name no probability: the only one on the page is that of the answer.
    """
    return [(f"{_fate(c)} · {' '.join(c.sql.split())}", c.sql) for c in candidates]


def _fate(candidate: RankedCandidate) -> str:
    if candidate.ran:
        return "same rows as the answer" if candidate.agrees else "other rows"
    return "not run" if candidate.ran is None else "failed"


def _normal(text: str) -> str:
    return " ".join(text.lower().split())
