"""From a question to an answer: a model writes candidates, their rows choose among them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from text2sql.answering.agreement import Agreement, agreed
from text2sql.answering.choosing import preference
from text2sql.answering.doubt import chance, doubt
from text2sql.answering.evidence import evidence
from text2sql.answering.meanings import mended
from text2sql.answering.missing import lowered, missing
from text2sql.answering.question import check_question
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
    """A candidate and what became of it: ``ran`` is None where it was not tried.

    ``agrees`` where it returned the same rows as the answer, in any order.
    """

    sql: str
    score: float
    ran: bool | None = None
    error: str | None = None
    agrees: bool = False


@dataclass(frozen=True)
class Answer:
    """SQL for a question, with its rows; ``result`` is None where there is no file to run it on.

    ``model`` says which weights answered: the model's name and, where it has weights, the
    beginning of their SHA-256, as in ``pocket@1f0c3a9e``.

    ``confidence`` is the probability that these rows are right, and ``answerable`` that the
    database holds what is asked for. Of a model that was not fitted to know, ``answerable`` is
    None, and ``confidence`` the share of its belief that lies on candidates with these rows. Both
    are None where no candidate ran. ``evidence`` is what they were worked out from.

    ``missing`` says in sentences what the question asks for and the answer lacks.
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

    @property
    def chance(self) -> str:
        """``confidence`` in words, if it is known: ``82% likely right``."""
        return chance(self.confidence, self.answerable)

    @property
    def doubt(self) -> str:
        """What to know before believing the answer; nothing where it is likely to be right."""
        return " ".join([*self.missing, doubt(self.confidence, self.answerable)]).strip()

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON can hold it; ``columns`` and ``rows`` are empty where nothing ran."""
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
        }


def _at_once(work: Callable[[], Any]) -> Any:
    return work()


@dataclass(frozen=True)
class Service:
    """How a question is served where many ask.

    ``turn`` calls the work that needs the model, when it is its turn. ``owner`` is whose share of
    the sandbox the queries take, and ``cancel`` ends them when it is set.
    """

    turn: Callable[[Callable[[], Any]], Any] = _at_once
    owner: str | None = None
    cancel: threading.Event | None = None


_ALONE = Service()


class Text2SQL:
    """Answers questions with one model, which is loaded with the first question. Thread-safe.

    ``model`` is ``pocket``, ``flan-t5-large``, a hub id, the folder of a trained model, a
    ``ModelChoice`` that says more, or a ``Generator``.
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
        """What the model is chosen by; nothing is loaded for it."""
        return self._model if isinstance(self._model, str) else self._model.name

    @property
    def generator(self) -> Generator:
        """The model itself, loaded now if it was not yet.

        Raises:
            ModelError: its files are missing or do not fit.
        """
        if isinstance(self._model, str | ModelChoice):
            return load_generator(self._model)
        return self._model

    @property
    def batches(self) -> bool:
        """Whether ``ask_all`` makes short work of several questions; nothing is loaded for it.

        Raises:
            ModelError: there is no such model.
        """
        if isinstance(self._model, str | ModelChoice):
            return family_of(self._model).batches
        return isinstance(self._model, Batching)

    def ask(self, question: str, database: Database, service: Service = _ALONE) -> Answer:
        """Write SQL for ``question`` and run it on ``database``.

        The candidates are run, and the answer is the best of those whose rows most of the
        probability agrees on. Where none runs, it is the best with its error; SQL that fails is no
        exception.

        Raises:
            QuestionError: the question is empty, too long, or SQL already.
            DatabaseError: the database's file has gone since it was listed.
            ModelError: the model's files are missing or do not fit.
        """
        return self.ask_all([question], database, service)[0]

    def ask_all(
        self, questions: Sequence[str], database: Database, service: Service = _ALONE
    ) -> list[Answer]:
        """As ``ask``, for several questions at once, of which some models make short work.

        The time to write all their SQL is shared out equally among their ``seconds``.

        Raises:
            QuestionError: one of the questions is empty, too long, or SQL already.
            DatabaseError: the database's file has gone since it was listed.
            ModelError: the model's files are missing or do not fit.
        """
        questions = [check_question(question, database.schema) for question in questions]
        if database.path is not None and not database.path.is_file():
            raise DatabaseError(
                f"The file of {database.db_id!r} is no longer there; "
                "put it back, or choose another database."
            )
        database = with_keys(database)
        generator = self.generator
        if isinstance(generator, Preparing):
            generator.prepare(database)
        written, each_s = service.turn(lambda: self._write(generator, questions, database))
        return [
            self._answer(question, database, generator, candidates, each_s, service)
            for question, candidates in zip(questions, written, strict=True)
        ]

    def _write(
        self, generator: Generator, questions: Sequence[str], database: Database
    ) -> tuple[list[list[Candidate]], float]:
        """The candidates of each question, and the seconds that each took."""
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
        """The candidate whose rows are agreed upon, with them."""
        started = time.perf_counter()
        index = cell_index(database)
        candidates = _as_meant(candidates, question, database, index)
        results = self._results(candidates, database, service)
        agreement = agreed([preference(c) for c in candidates], results)
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
            confidence=lowered(confidence, lacking, result),
            answerable=known.answerable.probability(found) if known and found else None,
            evidence=found,
            missing=lacking,
        )

    def _results(
        self, candidates: Sequence[Candidate], database: Database, service: Service
    ) -> list[QueryResult | None]:
        """What each candidate returns; None for those left when the time for one query is up.

        They share that time: over a table of millions of rows all of them are slow.
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


def _as_meant(
    candidates: Sequence[Candidate], question: str, database: Database, index: CellIndex
) -> list[Candidate]:
    """The candidates as the question means them, the preferred first, none twice."""
    meant = (mended(c, question, database.schema, index) for c in candidates)
    ordered = sorted(meant, key=preference, reverse=True)
    return list({candidate.sql: candidate for candidate in reversed(ordered)}.values())[::-1]


def _has_times(schema: Schema) -> bool:
    return any(column.type == "time" for table in schema.tables for column in table.columns)


def _model(generator: Generator) -> str:
    """The generator's name and, where it has weights, their digest."""
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
    """The SQL for one question, about a schema or a database.

    ``schema`` is ``table1(col1, col2) | table2(col3)`` as the reference writes it, a ``Schema``,
    a ``Database``, or the path of a SQLite file. With a file, the SQL is one that ran, if any did.

    Raises:
        QuestionError: the question is empty, too long, or SQL already.
        SchemaError: no table can be read from the text.
        DatabaseError: the file is not a usable database.
        ModelError: the model's files are missing or do not fit.
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
