"""From a question to an answer: a model writes candidates, their rows choose among them."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from text2sql.agreement import agreed
from text2sql.databases import Database
from text2sql.errors import DatabaseError, ModelError
from text2sql.generators.base import Candidate, Generator, Options
from text2sql.generators.checkpoint import FLAN_T5_LARGE, is_hub_id
from text2sql.generators.choice import ModelChoice
from text2sql.question import check_question
from text2sql.sandbox import Limits, QueryResult, run_query
from text2sql.schema import Schema

__all__ = [
    "Answer",
    "RankedCandidate",
    "Text2SQL",
    "load_generator",
    "predict",
]

_OPTIONS = Options()
_LIMITS = Limits()


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate and what became of it: ``ran`` is None where it was not tried."""

    sql: str
    score: float
    ran: bool | None = None
    error: str | None = None


@dataclass(frozen=True)
class Answer:
    """SQL for a question, with its rows; ``result`` is None where there is no file to run it on."""

    question: str
    db_id: str
    model: str
    sql: str
    candidates: tuple[RankedCandidate, ...]
    result: QueryResult | None
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON can hold it; ``columns`` and ``rows`` are empty where nothing ran."""
        rows = (self.result or QueryResult((), (), False, 0.0, None)).to_dict()
        return {
            "question": self.question,
            "db_id": self.db_id,
            "model": self.model,
            "sql": self.sql,
            "candidates": [
                {"sql": c.sql, "score": round(c.score, 4), "ran": c.ran} for c in self.candidates
            ],
            **rows,
            "seconds": round(self.seconds, 6),
        }


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
    def generator(self) -> Generator:
        """The model itself, loaded now if it was not yet.

        Raises:
            ModelError: its files are missing or do not fit.
        """
        if isinstance(self._model, str | ModelChoice):
            return load_generator(self._model)
        return self._model

    def ask(self, question: str, database: Database) -> Answer:
        """Write SQL for ``question`` and run it on ``database``.

        The candidates are run, and the answer is the best of those whose rows most of the
        probability agrees on. Where none runs, it is the best with its error; SQL that fails is no
        exception.

        Raises:
            QuestionError: the question is empty, too long, or SQL already.
            DatabaseError: the database's file has gone since it was listed.
            ModelError: the model's files are missing or do not fit.
        """
        question = check_question(question, database.schema)
        if database.path is not None and not database.path.is_file():
            raise DatabaseError(
                f"The file of {database.db_id!r} is no longer at {str(database.path)!r}; "
                "put it back, or choose another database."
            )
        generator = self.generator
        started = time.perf_counter()
        candidates = generator.generate(question, database, self.options)
        ranked, sql, result = self._choose(candidates, database)
        return Answer(
            question=question,
            db_id=database.db_id,
            model=generator.name,
            sql=sql,
            candidates=ranked,
            result=result,
            seconds=time.perf_counter() - started,
        )

    def _choose(
        self, candidates: Sequence[Candidate], database: Database
    ) -> tuple[tuple[RankedCandidate, ...], str, QueryResult | None]:
        if not candidates:
            error = "The model wrote no SQL for this question; try to word it differently."
            return (), "", QueryResult((), (), False, 0.0, error)
        results = self._results(candidates, database)
        ranked = tuple(
            RankedCandidate(c.sql, c.score)
            if result is None
            else RankedCandidate(c.sql, c.score, result.error is None, result.error)
            for c, result in zip(candidates, results, strict=True)
        )
        place = agreed([c.score for c in candidates], results) or 0
        return ranked, candidates[place].sql, results[place]

    def _results(
        self, candidates: Sequence[Candidate], database: Database
    ) -> list[QueryResult | None]:
        """What each candidate returns; None for those left when the time for one query is up."""
        results: list[QueryResult | None] = [None] * len(candidates)
        ends = time.perf_counter() + self.limits.timeout_s
        for place, candidate in enumerate(candidates if database.path is not None else ()):
            late = time.perf_counter() > ends
            if late and any(r is not None and r.error is None for r in results):
                break
            results[place] = run_query(database, candidate.sql, self.limits)
        return results


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


# models

_NAMED = ("pocket", FLAN_T5_LARGE)
_GENERATORS: dict[ModelChoice, Generator] = {}
_LOADING: defaultdict[ModelChoice, threading.Lock] = defaultdict(threading.Lock)


def load_generator(model: str | ModelChoice = "pocket") -> Generator:
    """A model by its name (pocket, flan-t5-large), its folder or its hub id; loaded once.

    Raises:
        ModelError: there is no such model, or its files are missing or do not fit.
    """
    choice = model if isinstance(model, ModelChoice) else ModelChoice(model)
    folder = Path(choice.model).expanduser()
    if choice.model not in _NAMED and folder.is_dir():
        choice = replace(choice, model=str(folder.absolute()))
    with _LOADING[choice]:  # one lock a model: a large one does not hold up a small one
        if choice not in _GENERATORS:
            _GENERATORS[choice] = _read_generator(choice)
        return _GENERATORS[choice]


def _read_generator(choice: ModelChoice) -> Generator:
    """Imports come late: torch takes a second or two to load."""
    plain = choice == ModelChoice(choice.model)
    folder = Path(choice.model)
    text = choice.model == FLAN_T5_LARGE or is_hub_id(choice.model)
    if not text and choice.model != "pocket":
        if not folder.is_dir():
            raise ModelError(
                f"There is no model {choice.model!r}; write pocket, flan-t5-large, a hub id such "
                "as owner/name, or the folder of a trained model."
            )
        text = _holds_text_generator(folder)
    if text:
        from text2sql.generators.text_models import load_text_generator

        return load_text_generator(choice)
    if not plain:
        raise ModelError(
            f"{choice.model!r} is a pocket model, which has no --base, --adapter, --backend or "
            "--unconstrained; leave them out, or add --model flan-t5-large."
        )
    from text2sql.generators.pocket import PocketGenerator

    return PocketGenerator.load(None if choice.model == "pocket" else folder)


def _holds_text_generator(folder: Path) -> bool:
    """Whether a folder holds an adapter or a checkpoint of transformers."""
    if (folder / "adapter_config.json").is_file():
        return True
    try:
        return "model_type" in json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
