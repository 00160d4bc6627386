"""From questions and predictions to scored items; what is odd is named, and the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from text2sql.compare import row_difference
from text2sql.compare.verdict import explain
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QueryError, Text2SQLError
from text2sql.evaluation.features import features
from text2sql.evaluation.items import DEFAULT_METRICS, Item
from text2sql.evaluation.outputs import is_repetitive, output_kind
from text2sql.metrics import (
    ExactSet,
    Execution,
    TestSuite,
    exact_set,
    execution,
    fair_string_match,
    hardness,
    rouge1,
    string_match,
    test_suite,
)
from text2sql.metrics.execution import SCORING
from text2sql.metrics.official import read_gold
from text2sql.query import Query
from text2sql.sandbox import Limits
from text2sql.schema import Schema
from text2sql.spider import Example

__all__ = ["Scorer"]

_NO_SCHEMA = Schema(())


@dataclass(frozen=True)
class Scorer:
    """Scores predictions by some of ``METRICS``; safe to use from several threads.

    Nothing about an item stops the others: an unknown database, a gold that cannot be read or does
    not run, and a prediction that does anything at all are named in the item.
    """

    catalog: Catalog
    metrics: tuple[str, ...] = DEFAULT_METRICS
    limits: Limits = SCORING

    def item(
        self,
        example: Example,
        prediction: str,
        seconds: float | None = None,
        problem: str | None = None,
    ) -> Item:
        """Score one prediction, which took ``seconds`` or failed because of ``problem``."""
        measured = _Measured(example, prediction, self)
        if problem is not None and problem not in measured.problems:
            measured.problems.insert(0, problem)
        query, match, run = measured.query, measured.match, measured.run
        schema = measured.database.schema if measured.database else _NO_SCHEMA
        verdict = explain(example.query, prediction, schema, match, run)
        problem = " ".join(measured.problems) or None
        reason = problem or verdict.reason + _elsewhere(measured.suite)
        return Item(
            example=example,
            prediction=prediction,
            scores={name: measured.score(name) for name in self.metrics},
            reason=reason,
            hardness=None if query is None else hardness(query, schema),
            parsed=None if match is None else match.parsed,
            clauses=None if match is None else match.partial,
            features=() if query is None else features(query),
            output=output_kind(prediction, run.prediction if run else None),
            repetitive=is_repetitive(prediction),
            disagreement=None if problem else verdict.disagreement,
            problem=problem,
            seconds=seconds,
        )


def _elsewhere(suite: TestSuite | None) -> str:
    """What happened on another database, where only there the rows differ."""
    if suite is None or suite.failed is None or suite.tested == 1:
        return ""
    return f" On a database with other rows, {row_difference(suite.failed)}."


@dataclass
class _Measured:
    """What could be found out about one item, and what stood in the way."""

    example: Example
    prediction: str
    scorer: Scorer
    problems: list[str] = field(default_factory=list)
    database: Database | None = None
    query: Query | None = None
    match: ExactSet | None = None
    run: Execution | None = None
    suite: TestSuite | None = None

    def __post_init__(self) -> None:
        try:
            self.database = self.scorer.catalog.get(self.example.db_id)
        except Text2SQLError as error:
            self.problems.append(str(error))
            return
        self._read(self.database)
        if {"execution", "test_suite"} & set(self.scorer.metrics):
            self._run(self.database)

    def _read(self, database: Database) -> None:
        gold = self.example.query
        try:
            self.query = read_gold(gold, database.schema)
        except QueryError as error:
            self.problems.append(f"The gold query cannot be read: {error}")
            return
        if "exact_set" in self.scorer.metrics:
            self.match = exact_set(gold, self.prediction, database.schema)

    def _run(self, database: Database) -> None:
        gold, limits = self.example.query, self.scorer.limits
        try:
            self.run = execution(gold, self.prediction, database, limits=limits)
        except DatabaseError as error:
            self.problems.append(str(error))
            return
        if self.run.gold.error is not None:
            self.problems.append(f"The gold query does not run: {self.run.gold.error}")
        elif "test_suite" in self.scorer.metrics:
            self.suite = test_suite(gold, self.prediction, database)

    def score(self, metric: str) -> float:
        """From 0 to 1; what could not be measured counts as wrong."""
        gold, prediction = self.example.query, self.prediction
        match metric:
            case "string_match":
                return string_match(gold, prediction)
            case "fair_string_match":
                return fair_string_match(gold, prediction)
            case "rouge1":
                return rouge1(gold, prediction)
            case "exact_set":
                return self.match is not None and self.match.match
            case "execution":
                return self.run is not None and self.run.match
            case "test_suite":
                return self.suite is not None and self.suite.match
        raise ValueError(f"There is no metric {metric!r}.")
