"""Questions asked of their own and of a foreign database, and a model's answers to both."""

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

__all__ = ["JudgedAnswer", "ask_and_judge", "pair_with_databases"]


@dataclass(frozen=True)
class JudgedAnswer:
    """An answer to a question that was asked of its ``own`` database or of a foreign one.

    ``right`` says whether its rows are right. It is None for a foreign database, and for a database
    without rows, on which almost any query would match.
    """

    db_id: str
    answer: Answer
    own: bool
    right: bool | None


def pair_with_databases(
    questions: Sequence[Example], catalog: Catalog
) -> list[tuple[Example, Database]]:
    """Pair each question with its own database, then each with a foreign one.

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


def ask_and_judge(
    asker: Asker, asked: Iterable[tuple[Example, Database]]
) -> Iterator[JudgedAnswer]:
    """Ask each question of its database; leave out questions that cannot be asked."""
    for example, database in asked:
        try:
            answer = asker.ask(example.question, database)
        except (QuestionError, DatabaseError):
            continue
        own, right = example.db_id == database.db_id, None
        if own and _has_rows(database):
            right = execution(example.query, answer.sql, database).match
        yield JudgedAnswer(database.db_id, answer, own, right)


def _has_rows(database: Database) -> bool:
    index = cell_index(database)
    return bool(index.exact or index.numbers)
