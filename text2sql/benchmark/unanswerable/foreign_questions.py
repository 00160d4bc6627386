"""Questions that meet their own database and another's, and what a model makes of either."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from text2sql.answering.pipeline import Answer
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QuestionError
from text2sql.evaluation.answering import Asker
from text2sql.linking.cell_index import cell_index
from text2sql.metrics.execution import execution
from text2sql.spider import Example

__all__ = ["Judged", "judged", "meetings"]


@dataclass(frozen=True)
class Judged:
    """An answer to a question that was asked of its ``own`` database or of another.

    ``right`` says whether the rows are; None for another database's question, and for a database
    without rows, where every query is right.
    """

    db_id: str
    answer: Answer
    own: bool
    right: bool | None


def meetings(questions: Sequence[Example], catalog: Catalog) -> list[tuple[Example, Database]]:
    """Each question with its own database, then each with another of their databases.

    Raises:
        Text2SQLError: a database is not in the catalog, or cannot be read.
    """
    databases = {db_id: catalog.get(db_id) for db_id in sorted({q.db_id for q in questions})}
    rng = random.Random(0)
    own = [(q, databases[q.db_id]) for q in questions]
    foreign = [
        (q, databases[rng.choice([db_id for db_id in databases if db_id != q.db_id])])
        for q in questions
        if len(databases) > 1
    ]
    return own + foreign


def judged(asker: Asker, asked: Iterable[tuple[Example, Database]]) -> Iterator[Judged]:
    """Ask each question of the database beside it; a question that cannot be asked is left out."""
    for example, database in asked:
        try:
            answer = asker.ask(example.question, database)
        except (QuestionError, DatabaseError):
            continue
        own, right = example.db_id == database.db_id, None
        if own and _has_rows(database):
            right = execution(example.query, answer.sql, database).match
        yield Judged(database.db_id, answer, own, right)


def _has_rows(database: Database) -> bool:
    index = cell_index(database)
    return bool(index.exact or index.numbers)
