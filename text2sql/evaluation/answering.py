"""A system's answers to the questions of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from text2sql.answering.pipeline import Answer, Service, Text2SQL
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QuestionError, SchemaError
from text2sql.evaluation.run import Prediction
from text2sql.spider import Example

__all__ = ["Asker", "predict_example", "predict_together"]


class Asker(Protocol):
    """An object that answers questions: ``Text2SQL`` itself, or a wrapper around it."""

    def ask(self, question: str, database: Database, service: Service = ...) -> Answer: ...


def predict_example(asker: Asker, example: Example, catalog: Catalog) -> Prediction:
    """Ask one question; a question or database that is rejected gives an empty prediction."""
    try:
        database = catalog.get(example.db_id)
        if example.evidence:
            answer = asker.ask(example.question, database, Service(evidence=example.evidence))
        else:
            answer = asker.ask(example.question, database)
    except (QuestionError, DatabaseError, SchemaError) as error:
        return Prediction("", error=str(error))
    return _prediction(answer)


def predict_together(
    asker: Text2SQL, examples: Sequence[Example], catalog: Catalog
) -> list[Prediction]:
    """Ask several questions about one database, as ``predict_example`` does.

    Models that answer several at once do not read their evidence.
    """
    if len(examples) == 1:
        return [predict_example(asker, examples[0], catalog)]
    try:
        answers = asker.ask_all([e.question for e in examples], catalog.get(examples[0].db_id))
    except (QuestionError, DatabaseError, SchemaError):  # ask one by one to find which fails
        return [predict_example(asker, example, catalog) for example in examples]
    return [_prediction(answer) for answer in answers]


def _prediction(answer: Answer) -> Prediction:
    candidates = tuple(candidate.sql for candidate in answer.candidates)
    return Prediction(answer.sql, answer.seconds, candidates, confidence=answer.confidence)
