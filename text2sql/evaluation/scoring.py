"""The scorer: questions and predictions become scored items, each with its problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from text2sql.compare import row_difference
from text2sql.compare.verdict import explain
from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError, QueryError, Text2SQLError
from text2sql.evaluation.features import features
from text2sql.evaluation.items import BIRD_METRICS, DEFAULT_METRICS, Item
from text2sql.evaluation.outputs import is_repetitive, output_kind
from text2sql.evaluation.run import Prediction
from text2sql.metrics import (
    ExactSet,
    Execution,
    TestSuite,
    execution,
    fair_string_match,
    hardness,
    rouge1,
    string_match,
    test_suite,
)
from text2sql.metrics.bird import BirdMatch, bird_match, valid_efficiency
from text2sql.metrics.exact_set import exact_set_of
from text2sql.metrics.execution import SCORING
from text2sql.metrics.pair import QueryPair
from text2sql.query import Query
from text2sql.sandbox import Limits
from text2sql.schema import Schema
from text2sql.spider import Example

__all__ = ["Scorer"]

_NO_SCHEMA = Schema(())


@dataclass(frozen=True)
class Scorer:
    """Scores predictions by some of ``METRICS``; safe to use from several threads.

    A faulty item never stops the others: an unknown database, a gold query that is unreadable or
    does not run, and any failure of the prediction are reported in the item. ``official`` rewrites
    queries as Spider's script does. ``repeats`` is how often R-VES times each query.
    """

    catalog: Catalog
    metrics: tuple[str, ...] = DEFAULT_METRICS
    limits: Limits = SCORING
    official: bool = False
    repeats: int = 10

    def item(self, example: Example, answer: Prediction) -> Item:
        """Score one answer by the first of the accepted gold queries whose rows it returns."""
        measured = _ItemMeasurement(example.query, example, answer.sql, self)
        for gold in example.other_golds:
            if measured.right:
                break
            other = _ItemMeasurement(gold, example, answer.sql, self)
            measured = other if other.right else measured
        return measured.item(answer)


@dataclass
class _ItemMeasurement:
    """The measurements of one item, and the problems that prevented others."""

    gold: str
    example: Example
    prediction: str
    scorer: Scorer
    pair: QueryPair = field(init=False)
    problems: list[str] = field(default_factory=list)
    database: Database | None = None
    query: Query | None = None
    outside: str | None = None
    match: ExactSet | None = None
    run: Execution | None = None
    suite: TestSuite | None = None
    bird: BirdMatch | None = None

    def __post_init__(self) -> None:
        try:
            self.database = self.scorer.catalog.get(self.example.db_id)
        except Text2SQLError as error:
            self.problems.append(str(error))
        schema = self.database.schema if self.database else _NO_SCHEMA
        self.pair = QueryPair(self.gold, self.prediction, schema, self.scorer.official)
        if self.database is None:
            return
        self._read()
        try:
            self._run(self.database, set(self.scorer.metrics))
        except DatabaseError as error:
            self.problems.append(str(error))

    @property
    def right(self) -> bool:
        """Whether the prediction returns this gold's rows or matches it by exact set match."""
        if self.run is not None:
            return self.run.match
        return self.match is not None and self.match.match

    def _read(self) -> None:
        try:
            self.query = self.pair.expected
        except QueryError as error:
            self._outside(error)
            return
        if "exact_set" in self.scorer.metrics:
            self.match = exact_set_of(self.pair)

    def _outside(self, reason: QueryError) -> None:
        """Record that the gold is outside Spider's fragment, or that no parser can read it."""
        try:
            _ = self.pair.gold_tree
        except QueryError as error:
            self.problems.append(f"The gold query cannot be read: {error}")
        else:
            self.outside = str(reason)

    def _run(self, database: Database, metrics: set[str]) -> None:
        gold, prediction, limits = self.gold, self.prediction, self.scorer.limits
        if metrics & {"execution", "execution_extra", "test_suite"}:
            official = self.scorer.official
            self.run = execution(gold, prediction, database, limits=limits, official=official)
            if self.run.gold.failure is not None:
                self.outside = None
                self.problems.append(f"The gold query does not run: {self.run.gold.error}")
            elif "test_suite" in metrics:
                self.suite = test_suite(gold, prediction, database)
        if metrics & set(BIRD_METRICS):
            self.bird = bird_match(gold, prediction, database)

    def item(self, answer: Prediction) -> Item:
        query, match, run = self.query, self.match, self.run
        verdict = explain(self.pair, match, run)
        if answer.error is not None and answer.error not in self.problems:
            self.problems.insert(0, answer.error)
        problem = " ".join(self.problems) or None
        return Item(
            example=self.example,
            prediction=self.prediction,
            scores={name: self.score(name) for name in self.scorer.metrics if self.applies(name)},
            reason=problem or verdict.reason + _difference_elsewhere(self.suite),
            hardness=None if query is None else hardness(query, self.pair.schema),
            parsed=None if match is None else match.parsed,
            clauses=None if match is None else match.partial,
            features=() if query is None else features(query),
            output=output_kind(self.prediction, run.prediction if run else None),
            repetitive=is_repetitive(self.prediction),
            disagreement=None if problem else verdict.disagreement,
            problem=problem,
            seconds=answer.seconds,
            confidence=answer.confidence,
            near=verdict.rows.near if verdict.rows and run and not run.match else None,
            outside=self.outside,
        )

    def applies(self, metric: str) -> bool:
        """Whether a metric is defined for this item: exact set match only in Spider's fragment."""
        return metric != "exact_set" or self.outside is None

    def score(self, metric: str) -> float:
        """A score from 0 to 1 (R-VES: 1.12); what could not be measured counts as wrong."""
        match metric:
            case "exact_set":
                return self.match is not None and self.match.match
            case "execution":
                return self.run is not None and self.run.match
            case "execution_extra":
                return self.run is not None and (self.run.match or self._has_more_columns(self.run))
            case "test_suite":
                return self.suite is not None and self.suite.match
            case "bird_execution":
                return self.bird is not None and self.bird.match
            case "soft_f1":
                return self.bird.soft_f1 if self.bird is not None else 0.0
            case "r_ves":
                return self._valid_efficiency()
        return _TEXT_METRICS[metric](self.gold, self.prediction)

    @staticmethod
    def _has_more_columns(run: Execution) -> bool:
        difference = row_difference(run)
        return difference is not None and difference.near == "extra_columns"

    def _valid_efficiency(self) -> float:
        if self.database is None or self.database.path is None:
            return 0.0
        return valid_efficiency(self.gold, self.prediction, self.database, self.scorer.repeats)


_TEXT_METRICS: dict[str, Callable[[str, str], float]] = {
    "string_match": string_match,
    "fair_string_match": fair_string_match,
    "rouge1": rouge1,
}


def _difference_elsewhere(suite: TestSuite | None) -> str:
    """A sentence if the rows differ only on another database of the test suite."""
    if suite is None or suite.failed is None or suite.tested == 1:
        return ""
    return f" On a database with other rows, {row_difference(suite.failed)}."
