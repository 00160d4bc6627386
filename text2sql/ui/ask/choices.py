"""The choices of the Ask tab: databases in their groups, example questions, candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from text2sql.answering.pipeline import RankedCandidate
    from text2sql.databases import Catalog
    from text2sql.spider import Example

__all__ = ["candidate_choices", "database_choices", "gold_for", "some_examples"]

_SHORT = 60  # characters of a question that fits on a button


def database_choices(catalog: Catalog) -> list[tuple[str, str]]:
    """Return ``(label, db_id)`` by group; labels name the group if there are several."""
    groups = catalog.groups()
    return [
        (f"{group} / {database.db_id}" if len(groups) > 1 else database.db_id, database.db_id)
        for group, databases in groups.items()
        for database in databases
    ]


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
