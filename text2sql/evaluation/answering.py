"""What a system answers to a question of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from text2sql.answering.pipeline import Answer, Text2SQL
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QuestionError, SchemaError
from text2sql.evaluation.run import Prediction
from text2sql.spider import Example

__all__ = ["Asker", "predict_example", "predict_together"]


class Asker(Protocol):
    """What answers questions: ``Text2SQL`` itself, or something that stands in line for one."""

    def ask(self, question: str, database: Database) -> Answer: ...


def predict_example(asker: Asker, example: Example, catalog: Catalog) -> Prediction:
    """The model's answer; a question or database that it cannot take is an empty one."""
    try:
        answer = asker.ask(example.question, catalog.get(example.db_id))
    except (QuestionError, DatabaseError, SchemaError) as error:
        return Prediction("", error=str(error))
    return _prediction(answer)


def predict_together(
    asker: Text2SQL, examples: Sequence[Example], catalog: Catalog
) -> list[Prediction]:
    """As ``predict_example``, for questions on one database."""
    try:
        answers = asker.ask_all([e.question for e in examples], catalog.get(examples[0].db_id))
    except (QuestionError, DatabaseError, SchemaError):  # asked alone, each shows whose it is
        return [predict_example(asker, example, catalog) for example in examples]
    return [_prediction(answer) for answer in answers]


def _prediction(answer: Answer) -> Prediction:
    candidates = tuple(candidate.sql for candidate in answer.candidates)
    return Prediction(answer.sql, answer.seconds, candidates, confidence=answer.confidence)
