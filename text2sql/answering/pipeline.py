"""The pipeline from a question to an answer: generate candidates, run them, choose one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from text2sql.answering.agreement import Agreement, find_agreement
from text2sql.answering.answer import Answer, RankedCandidate, ranked
from text2sql.answering.chart_request import without_chart
from text2sql.answering.choosing import preference, preferred
from text2sql.answering.conversation.following import Previous, follow_up
from text2sql.answering.evidence import evidence
from text2sql.answering.examples import nearest, with_example
from text2sql.answering.follow_up import answer_turn
from text2sql.answering.missing import lower_confidence, missing
from text2sql.answering.question import check_question
from text2sql.answering.question_language import NOT_ENGLISH, is_english
from text2sql.answering.second_reading import SecondReading
from text2sql.answering.service import Service
from text2sql.answering.unused_words import unused_words
from text2sql.answering.written import Written, write
from text2sql.databases import Database
from text2sql.errors import DatabaseError
from text2sql.generators.base import Batching, Candidate, Generator, Options
from text2sql.generators.choice import ModelChoice
from text2sql.generators.registry import family_of, is_loaded, load_generator
from text2sql.linking.cell_index import cell_index
from text2sql.linking.keys import with_keys
from text2sql.linking.synonyms import reworded
from text2sql.query.explanation import explanation
from text2sql.sandbox import Failure, Limits, QueryResult, run_query

__all__ = ["Answer", "RankedCandidate", "Service", "Text2SQL"]

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
_ALONE = Service()


class Text2SQL:
    """Answers questions with one model, which is loaded when it is needed. Thread-safe.

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
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return not isinstance(self._model, str | ModelChoice) or is_loaded(self._model)

    @property
    def batches(self) -> bool:
        """Whether ``ask_all`` answers a batch faster than one by one; does not load the model.

        Raises:
            ModelError: there is no such model.
        """
        if isinstance(self._model, str | ModelChoice):
            return family_of(self._model).batches
        return isinstance(self._model, Batching)

    def ask(
        self,
        question: str,
        database: Database,
        service: Service = _ALONE,
        after: Answer | Previous | None = None,
    ) -> Answer:
        """Write SQL for ``question`` and run it on ``database``.

        ``after`` is what the question may go on from, as ``and only those from France`` does. A
        question that does not go on from it is answered as a new one, with no ``earlier``.

        All candidates are run. The answer is the best candidate of the group of equal rows with
        the most probability. If none runs, it is the best candidate with its error; SQL that fails
        raises no exception.

        Raises:
            QuestionError: the question is empty, too long, or SQL.
            DatabaseError: the database file no longer exists.
            ModelError: the model's files are missing or do not match.
        """
        if after is None:
            return self.ask_all([question], database, service)[0]
        return self._follow(question, database, service, _previous(after))

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
        database = _prepared(database)
        read = [reworded(question, database.schema) for question in questions]
        for_rows = [without_chart(question) for question in read]
        written = service.turn(lambda: self._write(for_rows, database, service))
        answers = [
            self._answer(question, database, candidates, written, service)
            for question, candidates in zip(read, written.candidates, strict=True)
        ]
        return [_as_asked(question, a) for question, a in zip(questions, answers, strict=True)]

    def _follow(
        self, question: str, database: Database, service: Service, previous: Previous
    ) -> Answer:
        """Answer a question that may go on from the query before it."""
        question = check_question(question, database.schema)
        database = _prepared(database)
        started = time.perf_counter()
        read = reworded(question, database.schema)
        turn = follow_up(without_chart(read), previous, database)
        if turn is None:
            return self.ask(question, database, service)
        written = service.turn(lambda: self._write(turn.texts, database, service))
        answer = answer_turn(
            turn, written, previous, database, lambda c: self._results(c, database, service)
        )
        unread = written.confidence is not None and not is_english(read)
        if answer is None or unread:
            alone = written.candidates[0]
            answer = self._answer(read, database, alone, written, service)
        else:
            seconds = time.perf_counter() - started
            answer = replace(answer, question=read, seconds=seconds)
        return _as_asked(question, answer)

    def _write(self, questions: Sequence[str], database: Database, service: Service) -> Written:
        """Write the candidates of each question; the model is loaded if necessary."""
        return write(self.generator, questions, database, self.options, service)

    def _answer(
        self,
        question: str,
        database: Database,
        candidates: Sequence[Candidate],
        written: Written,
        service: Service,
    ) -> Answer:
        """Run the candidates and build the answer from the chosen one."""
        started = time.perf_counter()
        candidates = preferred(candidates, question, database)
        near = nearest(question, service.examples, database)
        if near is not None:
            candidates = with_example(candidates, near)
        results = self._results(candidates, database, service)
        agreement = find_agreement([preference(c) for c in candidates], results)
        place = agreement.place if agreement else 0
        sql = candidates[place].sql if candidates else ""
        result = results[place] if candidates else _NOTHING_WRITTEN
        same = agreement.same if agreement else (False,) * len(candidates)
        known, found = written.confidence, evidence(candidates, agreement)
        share = agreement.share if agreement else None
        confidence = known.of(found) if known and found else share
        lacking = _missing(question, sql, result, database)
        if known is not None and not is_english(question):  # a model fitted on English questions
            lacking = (NOT_ENGLISH,)
        return Answer(
            question=question,
            db_id=database.db_id,
            model=written.model,
            sql=sql,
            candidates=ranked(candidates, results, same),
            result=result,
            seconds=written.seconds + time.perf_counter() - started,
            confidence=lower_confidence(confidence, lacking, result),
            answerable=known.answerable.probability(found) if known and found else None,
            evidence=found,
            missing=lacking,
            unused=_unused(question, sql, database),
            second=_second(candidates, results, agreement),
            example=near.example.question if near is not None and near.sql == sql else "",
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


def _prepared(database: Database) -> Database:
    """Return ``database`` with its keys, after its cells are indexed, which takes up to 20 s."""
    if database.path is not None and not database.path.is_file():
        raise DatabaseError(
            f"The file of {database.db_id!r} no longer exists; "
            "restore it, or choose another database."
        )
    database = with_keys(database)
    cell_index(database)
    return database


def _as_asked(question: str, answer: Answer) -> Answer:
    """Return the answer to a question that may have been reworded."""
    if answer.question == question:
        return answer
    return replace(answer, question=question, read_as=answer.question)


def _unused(question: str, sql: str, database: Database) -> tuple[str, ...]:
    if not sql:
        return ()
    schema, index = database.schema, cell_index(database)
    return unused_words(question, sql, explanation(sql, schema), schema, index)


def _missing(
    question: str, sql: str, result: QueryResult | None, database: Database
) -> tuple[str, ...]:
    if not sql:
        return ()
    schema = database.schema
    times = any(column.type == "time" for table in schema.tables for column in table.columns)
    dated = times or bool(cell_index(database).dates)
    return missing(question, sql, schema, result, dated)


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


def _previous(after: Answer | Previous) -> Previous:
    if isinstance(after, Previous):
        return after
    return Previous(after.sql, (*after.earlier, after.question), after.confidence)
