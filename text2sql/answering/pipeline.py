"""The pipeline from a question to an answer: generate candidates, run them, choose one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from text2sql.answering.agreement import Agreement, find_agreement
from text2sql.answering.chart_request import without_chart
from text2sql.answering.choosing import preference
from text2sql.answering.corrections import corrected
from text2sql.answering.doubt import UNSURE, chance, doubt, reasons
from text2sql.answering.evidence import evidence
from text2sql.answering.missing import lower_confidence, missing
from text2sql.answering.question import check_question
from text2sql.answering.second_reading import SecondReading
from text2sql.answering.unused_words import unused_words
from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.generators.base import (
    Batching,
    Calibrated,
    Candidate,
    Generator,
    Options,
    Preparing,
    Weighted,
)
from text2sql.generators.choice import ModelChoice
from text2sql.generators.confidence import Evidence
from text2sql.generators.registry import family_of, load_generator
from text2sql.linking.cell_index import CellIndex, cell_index
from text2sql.linking.keys import with_keys
from text2sql.linking.synonyms import reworded
from text2sql.query.explanation import explanation
from text2sql.sandbox import Failure, Limits, QueryResult, run_query
from text2sql.schema import Schema

__all__ = [
    "Answer",
    "RankedCandidate",
    "Service",
    "Text2SQL",
    "predict",
]

_OPTIONS = Options()
_LIMITS = Limits()
_NOTHING_WRITTEN = QueryResult(
    columns=(),
    rows=(),
    truncated=False,
    elapsed_s=0.0,
    failure=Failure(
        "empty", "The model wrote no SQL for this question; try to word it differently."
    ),
)


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate and its outcome; ``ran`` is None if it was not run.

    ``agrees`` means that it returned the same rows as the answer, in any order.
    """

    sql: str
    score: float
    ran: bool | None = None
    error: str | None = None
    agrees: bool = False


@dataclass(frozen=True)
class Answer:
    """SQL for a question, with its rows; ``result`` is None if there is no database file.

    ``model`` is the model's name, followed by the first digits of the SHA-256 of its weights if it
    has any, as in ``pocket@1f0c3a9e``.

    ``confidence`` is the probability that the rows are right, and ``answerable`` the probability
    that the database can answer the question. For a model without fitted confidence, ``answerable``
    is None and ``confidence`` is the share of probability on candidates with these rows. Both are
    None if no candidate ran. They are computed from ``evidence``.

    ``missing`` holds sentences about what the question asks for but the answer lacks. ``read_as``
    is the question as the model read it, if synonyms were replaced by what they stand for.
    ``unused`` holds words of the question that the query does not use. ``second`` is the best
    candidate with other rows, None if there is none.
    """

    question: str
    db_id: str
    model: str
    sql: str
    candidates: tuple[RankedCandidate, ...]
    result: QueryResult | None
    seconds: float
    confidence: float | None = None
    answerable: float | None = None
    evidence: Evidence | None = None
    missing: tuple[str, ...] = ()
    read_as: str = ""
    unused: tuple[str, ...] = ()
    second: SecondReading | None = None

    @property
    def foreign(self) -> bool:
        """Whether the database does not seem to hold what the question asks for."""
        return self.answerable is not None and self.answerable < UNSURE

    @property
    def chance(self) -> str:
        """``confidence`` in words, if it is known: ``82% likely right``."""
        return chance(self.confidence, self.answerable)

    @property
    def doubt(self) -> str:
        """Warnings about the answer as one text; empty for a likely and complete answer."""
        closeness = self.second.closeness if self.second else 0.0
        empty = self.result is not None and self.result.error is None and not self.result.rows
        why = reasons(self.unused, closeness, empty)
        return " ".join([*self.missing, doubt(self.confidence, self.answerable, why)]).strip()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON; ``columns`` and ``rows`` are empty if nothing ran."""
        rows = (self.result or QueryResult((), (), False, 0.0)).to_dict()
        return {
            "question": self.question,
            "db_id": self.db_id,
            "model": self.model,
            "sql": self.sql,
            "candidates": [
                {"sql": c.sql, "score": round(c.score, 4), "ran": c.ran, "agrees": c.agrees}
                for c in self.candidates
            ],
            **rows,
            "seconds": round(self.seconds, 6),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "answerable": None if self.answerable is None else round(self.answerable, 4),
            "missing": list(self.missing),
            **({"read_as": self.read_as} if self.read_as else {}),
        }


def _at_once(work: Callable[[], Any]) -> Any:
    return work()


@dataclass(frozen=True)
class Service:
    """The context in which a server answers a question for one of many visitors.

    ``turn`` runs the work that needs the model when its turn has come. Queries count towards the
    sandbox share of ``owner``, and setting ``cancel`` interrupts them.
    """

    turn: Callable[[Callable[[], Any]], Any] = _at_once
    owner: str | None = None
    cancel: threading.Event | None = None


_ALONE = Service()


class Text2SQL:
    """Answers questions with one model, which is loaded for the first question. Thread-safe.

    ``model`` is ``pocket``, ``flan-t5-large``, a hub id, the folder of a trained model, a
    ``ModelChoice`` with further settings, or a ``Generator``.
    """

    def __init__(
        self,
        model: str | ModelChoice | Generator = "pocket",
        options: Options = _OPTIONS,
        limits: Limits = _LIMITS,
    ) -> None:
        self._model = model
        self.options = options
        self.limits = limits

    @property
    def name(self) -> str:
        """The name of the model; reading it does not load the model."""
        return self._model if isinstance(self._model, str) else self._model.name

    @property
    def generator(self) -> Generator:
        """The model, loaded if necessary.

        Raises:
            ModelError: its files are missing or do not match.
        """
        if isinstance(self._model, str | ModelChoice):
            return load_generator(self._model)
        return self._model

    @property
    def batches(self) -> bool:
        """Whether ``ask_all`` answers a batch faster than one by one; does not load the model.

        Raises:
            ModelError: there is no such model.
        """
        if isinstance(self._model, str | ModelChoice):
            return family_of(self._model).batches
        return isinstance(self._model, Batching)

    def ask(self, question: str, database: Database, service: Service = _ALONE) -> Answer:
        """Write SQL for ``question`` and run it on ``database``.

        All candidates are run. The answer is the best candidate of the group of equal rows with
        the most probability. If none runs, it is the best candidate with its error; SQL that fails
        raises no exception.

        Raises:
            QuestionError: the question is empty, too long, or SQL.
            DatabaseError: the database file no longer exists.
            ModelError: the model's files are missing or do not match.
        """
        return self.ask_all([question], database, service)[0]

    def ask_all(
        self, questions: Sequence[str], database: Database, service: Service = _ALONE
    ) -> list[Answer]:
        """Answer several questions at once, which some models do faster than one by one.

        The time for generating SQL is divided equally among the answers' ``seconds``.

        Raises:
            QuestionError: a question is empty, too long, or SQL.
            DatabaseError: the database file no longer exists.
            ModelError: the model's files are missing or do not match.
        """
        questions = [check_question(question, database.schema) for question in questions]
        if database.path is not None and not database.path.is_file():
            raise DatabaseError(
                f"The file of {database.db_id!r} no longer exists; "
                "restore it, or choose another database."
            )
        database = with_keys(database)
        generator = self.generator
        if isinstance(generator, Preparing):
            generator.prepare(database)
        read = [reworded(question, database.schema) for question in questions]
        for_rows = [without_chart(question) for question in read]
        written, each_s = service.turn(lambda: self._write(generator, for_rows, database))
        answers = [
            self._answer(question, database, generator, candidates, each_s, service)
            for question, candidates in zip(read, written, strict=True)
        ]
        return [_as_asked(question, a) for question, a in zip(questions, answers, strict=True)]

    def _write(
        self, generator: Generator, questions: Sequence[str], database: Database
    ) -> tuple[list[list[Candidate]], float]:
        """Return the candidates of each question, and the seconds per question."""
        started = time.perf_counter()
        if len(questions) > 1 and isinstance(generator, Batching):
            written = generator.generate_all(questions, database, self.options)
        else:
            written = [generator.generate(q, database, self.options) for q in questions]
        return written, (time.perf_counter() - started) / max(1, len(questions))

    def _answer(
        self,
        question: str,
        database: Database,
        generator: Generator,
        candidates: Sequence[Candidate],
        written_s: float,
        service: Service,
    ) -> Answer:
        """Run the candidates and build the answer from the chosen one."""
        started = time.perf_counter()
        index = cell_index(database)
        candidates = _corrected(candidates, question, database, index)
        results = self._results(candidates, database, service)
        agreement = find_agreement([preference(c) for c in candidates], results)
        place = agreement.place if agreement else 0
        found = evidence(candidates, agreement)
        known = generator.confidence if isinstance(generator, Calibrated) else None
        share = agreement.share if agreement else None
        sql = candidates[place].sql if candidates else ""
        result = results[place] if candidates else _NOTHING_WRITTEN
        dated = bool(index.dates) or _has_times(database.schema)
        lacking = missing(question, sql, database.schema, result, dated) if sql else ()
        confidence = known.of(found) if known and found else share
        return Answer(
            question=question,
            db_id=database.db_id,
            model=_model(generator),
            sql=sql,
            candidates=_ranked(candidates, results, agreement),
            result=result,
            seconds=written_s + time.perf_counter() - started,
            confidence=lower_confidence(confidence, lacking, result),
            answerable=known.answerable.probability(found) if known and found else None,
            evidence=found,
            missing=lacking,
            unused=_unused(question, sql, database, index),
            second=_second(candidates, results, agreement),
        )

    def _results(
        self, candidates: Sequence[Candidate], database: Database, service: Service
    ) -> list[QueryResult | None]:
        """Run the candidates within the time limit of one query; the rest get None.

        They share that time because on tables with millions of rows all of them are slow.
        """
        results: list[QueryResult | None] = [None] * len(candidates)
        ends = time.perf_counter() + self.limits.timeout_s
        limits = self.limits
        for place, candidate in enumerate(candidates if database.path is not None else ()):
            if limits.timeout_s <= 0:
                break
            results[place] = run_query(
                database, candidate.sql, limits, service.cancel, owner=service.owner
            )
            limits = replace(self.limits, timeout_s=round(ends - time.perf_counter(), 2))
        return results


def _as_asked(question: str, answer: Answer) -> Answer:
    """Return the answer to a question that may have been reworded."""
    if answer.question == question:
        return answer
    return replace(answer, question=question, read_as=answer.question)


def _corrected(
    candidates: Sequence[Candidate], question: str, database: Database, index: CellIndex
) -> list[Candidate]:
    """Return the corrected candidates without duplicates, the preferred one first."""
    meant = (corrected(c, question, database.schema, index) for c in candidates)
    ordered = sorted(meant, key=preference, reverse=True)
    return list({candidate.sql: candidate for candidate in reversed(ordered)}.values())[::-1]


def _unused(question: str, sql: str, database: Database, index: CellIndex) -> tuple[str, ...]:
    schema = database.schema
    return unused_words(question, sql, explanation(sql, schema), schema, index) if sql else ()


def _second(
    candidates: Sequence[Candidate],
    results: Sequence[QueryResult | None],
    agreement: Agreement | None,
) -> SecondReading | None:
    if agreement is None or agreement.second is None:
        return None
    result = results[agreement.second]
    assert result is not None, "an agreement is of candidates that ran"
    return SecondReading(candidates[agreement.second].sql, result, agreement.closeness)


def _has_times(schema: Schema) -> bool:
    return any(column.type == "time" for table in schema.tables for column in table.columns)


def _model(generator: Generator) -> str:
    """Return the generator's name, with the digest of its weights if it has any."""
    if isinstance(generator, Weighted):
        return f"{generator.name}@{generator.weights}"
    return generator.name


def _ranked(
    candidates: Sequence[Candidate],
    results: Sequence[QueryResult | None],
    agreement: Agreement | None,
) -> tuple[RankedCandidate, ...]:
    same = agreement.same if agreement else (False,) * len(candidates)
    return tuple(
        RankedCandidate(c.sql, c.score)
        if result is None
        else RankedCandidate(c.sql, c.score, result.error is None, result.error, agrees)
        for c, result, agrees in zip(candidates, results, same, strict=True)
    )


def predict(
    question: str,
    schema: str | Schema | Database | Path,
    model: str | ModelChoice | Generator = "pocket",
) -> str:
    """Return the SQL for one question about a schema or a database.

    ``schema`` is a text like ``table1(col1, col2) | table2(col3)``, a ``Schema``, a ``Database``,
    or the path of a SQLite file. With a file, candidates that fail are avoided.

    Raises:
        QuestionError: the question is empty, too long, or SQL.
        SchemaError: the text contains no table.
        DatabaseError: the file is not a usable database.
        ModelError: the model's files are missing or do not match.
    """
    return Text2SQL(model).ask(question, _database(schema)).sql


def _database(schema: str | Schema | Database | Path) -> Database:
    if isinstance(schema, Database):
        return schema
    if isinstance(schema, Schema):
        return Database("schema", schema)
    if isinstance(schema, Path):
        return Database.from_sqlite(schema)
    return Database.from_schema_text(schema)
