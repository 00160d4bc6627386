"""Turns of dialogues, with the queries that each may mean and the verdicts on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from text2sql.answering.conversation.edits import conditions, places_in
from text2sql.answering.conversation.following import previous_query, whole_text
from text2sql.answering.conversation.linker import Linker
from text2sql.answering.conversation.mentions import Question
from text2sql.answering.conversation.options import Option, TurnOptions
from text2sql.answering.conversation.outcomes import Outcome, with_outcomes
from text2sql.answering.conversation.search import NEW, Change, changes
from text2sql.answering.follow_up import readings_of
from text2sql.answering.service import Service
from text2sql.answering.written import write as write_candidates
from text2sql.databases import Catalog, Database
from text2sql.evaluation.dialogues import Pair
from text2sql.generators.base import Candidate, Generator, Options
from text2sql.linking.keys import with_keys
from text2sql.metrics.execution import SCORING, row_order_counts, same_rows, without_distinct
from text2sql.query.nodes import Literal, Select, walk
from text2sql.query.writing import write
from text2sql.sandbox import QueryResult, run_query
from text2sql.schema import Schema
from train.cache import Cache
from train.log_linear import Alternatives, FeatureRow, Names

__all__ = ["LabelledTurn", "turns_of"]

FOLDS = 4
_LIMITS = replace(SCORING, timeout_s=2.0, max_rows=1000)  # of a proposed query
_MOST_CHANGES = 30


@dataclass(frozen=True)
class LabelledTurn:
    """A turn with the queries that it may mean, what each returns, and whether it is right.

    ``rows`` are the features of ``changes``, ``outcomes`` and ``right`` are by SQL. ``starts`` says
    whether the turn starts a dialogue, ``new`` whether nothing carries over to its gold query.
    """

    fold: int
    question: Question
    previous: Select
    schema: Schema
    starts: bool
    new: bool
    changes: list[Change]
    rows: list[FeatureRow]
    readings: Mapping[str, Sequence[Candidate]]
    before: Outcome | None
    outcomes: dict[str, Outcome | None]
    right: dict[str, bool]

    def of_changes(self) -> Alternatives:
        """Return the changes; if none is right, to take the turn for a new question may be."""
        queries = [write(change.query, self.schema) for change in self.changes]
        steps = [change.steps for change in self.changes]
        pairs = zip(queries, steps, strict=True)
        right = [self.right[sql] and step != (NEW,) for sql, step in pairs]
        if not any(right):
            right = [self.new and step == (NEW,) for step in steps]
        return Alternatives(tuple(self.rows), tuple(right))

    def of_options(self, weights: NDArray[np.float64], names: Names) -> Alternatives:
        """Return all options of the turn; ``weights`` are those of the changes."""
        pairs = zip(self.changes, self.rows, strict=True)
        scored = [replace(change, score=row.score(weights)) for change, row in pairs]
        scored.sort(key=lambda change: -change.score)
        found = self._options(scored)
        outcomes = [self.outcomes[option.sql] for option in found]
        features = with_outcomes(found, outcomes, self.before)
        rows = tuple(map(names.row, features))
        right = tuple(self.right[option.sql] for option in found)
        return Alternatives(rows, right, self._wanted(found, right))

    def _wanted(self, found: Sequence[Option], right: tuple[bool, ...]) -> tuple[bool, ...]:
        """Return the options to make likely.

        For a first turn, they are new questions, unless only changes of the query before are right.
        """
        if not self.starts:
            return right
        both = tuple(ok and option.new for option, ok in zip(found, right, strict=True))
        if any(both):
            return both
        return right if any(right) else tuple(option.new for option in found)

    def _options(self, found: Sequence[Change]) -> list[Option]:
        options = TurnOptions(self.previous, found, self.readings, self.question, self.schema)
        return list(options.found.values())


def turns_of(
    pairs: Sequence[Pair],
    catalog: Catalog,
    names: Names,
    weights: Mapping[str, float],
    model: Generator | None = None,
    cache: Cache | None = None,
) -> Iterator[LabelledTurn]:
    """Yield each turn of ``pairs`` after the gold query of the one before it.

    Args:
        weights: those of the search for changes.
        model: reads each turn; without one, all queries are changes of the query before.
        cache: keeps what the queries return.
    """
    from tqdm import tqdm

    ids = [pair.turn.db_id for pair in pairs]
    folds = {name: i % FOLDS for i, name in enumerate(sorted(set(ids)))}
    for name, inside in groupby(tqdm(pairs, unit="turn", disable=None), lambda p: p.turn.db_id):
        database = with_keys(catalog.get(name))
        reader = _TurnReader(database, names, weights, model, cache)
        for pair in inside:
            previous = previous_query(pair.before.query, database.schema)
            if previous is not None:
                yield reader.read(pair, previous, folds[name])


class _TurnReader:
    """Reads the turns about one database."""

    def __init__(
        self,
        database: Database,
        names: Names,
        weights: Mapping[str, float],
        model: Generator | None,
        cache: Cache | None,
    ) -> None:
        self.database = database
        self.names = names
        self.weights = weights
        self.model = model
        self.linker = Linker(database)
        self.judge = _Judge(database, cache)

    def read(self, pair: Pair, previous: Select, fold: int) -> LabelledTurn:
        schema, judge, gold = self.database.schema, self.judge, pair.turn.query
        question = Question.read(pair.turn.question, self.linker.index)
        found = _kept(changes(previous, question, self.linker, self.weights))
        readings = self._readings(pair.turn.question, previous)
        options = TurnOptions(previous, found, readings, question, schema)
        queries = [*options.found, *(write(change.query, schema) for change in found)]
        return LabelledTurn(
            fold=fold,
            question=question,
            previous=previous,
            schema=schema,
            starts=pair.starts,
            new=pair.starts or _is_new(previous, gold, schema),
            changes=[replace(change, parts=()) for change in found],
            rows=[self.names.row(change.features) for change in found],
            readings=readings,
            before=judge.outcome(pair.before.query),
            outcomes={sql: judge.outcome(sql) for sql in queries},
            right={sql: judge.right(sql, gold) for sql in queries},
        )

    def _readings(self, question: str, previous: Select) -> dict[str, list[Candidate]]:
        """Return what the model writes for each reading of the question."""
        if self.model is None:
            return {}
        texts = (question, whole_text(question, previous, self.database.schema))
        written = write_candidates(self.model, texts, self.database, Options(), Service())
        return readings_of(texts, written, self.database)


def _kept(found: Sequence[Change]) -> list[Change]:
    """Return the most likely changes, and the one for a new question."""
    return [c for place, c in enumerate(found) if place < _MOST_CHANGES or c.steps == (NEW,)]


class _Judge:
    """Runs the queries on one database, each once, without DISTINCT as execution match does."""

    def __init__(self, database: Database, cache: Cache | None) -> None:
        self.database = database
        self.cache = cache
        self.results: dict[str, QueryResult] = {}

    def _result(self, sql: str) -> QueryResult:
        sql = without_distinct(sql)
        if sql not in self.results:
            known, run = self.cache, partial(run_query, self.database, sql, _LIMITS)
            self.results[sql] = (
                run() if known is None else known.result(self.database.db_id, sql, run)
            )
        return self.results[sql]

    def outcome(self, sql: str) -> Outcome | None:
        return Outcome.of(self._result(sql))

    def right(self, sql: str, gold: str) -> bool:
        """Whether ``sql`` returns the rows of ``gold``, as far as both return few enough."""
        found, expected = self._result(sql), self._result(gold)
        whole = not (found.error or found.truncated or expected.error or expected.truncated)
        return whole and same_rows(expected.rows, found.rows, ordered=row_order_counts(gold))


def _is_new(previous: Select, gold: str, schema: Schema) -> bool:
    """Whether the gold query carries nothing over from the query before it."""
    query = previous_query(gold, schema)
    if query is None:
        return False
    kept = _conditions(previous, schema)
    tables = {e.table for e in previous.sources} & {e.table for e in query.sources}
    return not tables or (bool(kept) and not kept & _conditions(query, schema))


def _conditions(query: Select, schema: Schema) -> set[tuple[object, ...]]:
    """The conditions as the columns and values in them, whatever the tables are called."""
    return {
        (
            *places_in(query, schema, part),
            *sorted(repr(n.value) for n in walk(part) if isinstance(n, Literal)),
        )
        for part in conditions(query.where)
    }
