"""What a system answers to a question of an evaluation."""

from __future__ import annotations

from typing import Protocol

from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QuestionError, SchemaError
from text2sql.evaluation.run import Prediction
from text2sql.pipeline import Answer
from text2sql.spider import Example

__all__ = ["Asker", "predict_example"]


class Asker(Protocol):
    """What answers questions: ``Text2SQL`` itself, or something that stands in line for one."""

    def ask(self, question: str, database: Database) -> Answer: ...


def predict_example(asker: Asker, example: Example, catalog: Catalog) -> Prediction:
    """The model's answer; a question or database that it cannot take is an empty one."""
    try:
        answer = asker.ask(example.question, catalog.get(example.db_id))
    except (QuestionError, DatabaseError, SchemaError) as error:
        return Prediction("", error=str(error))
    candidates = tuple(candidate.sql for candidate in answer.candidates)
    return Prediction(answer.sql, answer.seconds, candidates)
