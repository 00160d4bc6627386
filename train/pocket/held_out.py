"""The evaluation on held-out databases, by which the best weights of a run are chosen."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import torch

from text2sql.errors import QueryError
from text2sql.generators.pocket.batch import collate
from text2sql.generators.pocket.decoding import Hypothesis, beam_search
from text2sql.generators.pocket.features import (
    QuestionFeatures,
    SchemaFeatures,
    encode_question,
    encode_schema,
)
from text2sql.generators.pocket.ir import from_tokens, to_tokens
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words
from text2sql.metrics.exact_set import exact_set
from text2sql.metrics.execution import execution
from text2sql.query.reading import read
from text2sql.query.writing import write
from train.pocket.collection import Collection
from train.pocket.corpus import Corpus, Record
from train.samples import DebugSample

__all__ = ["HeldOutEvaluator"]

_TOGETHER = 32


class HeldOutEvaluator:
    """Asks a model the same held-out questions each time."""

    def __init__(self, corpus: Corpus, pieces: Pieces, questions: int) -> None:
        """Choose up to ``questions`` held-out records of each collection."""
        self.corpus = corpus
        self.pieces = pieces
        by_collection: dict[str, list[Record]] = defaultdict(list)
        for record in corpus.held_out:
            by_collection[self._collection(record).name].append(record)
        self.records = [
            record
            for own in by_collection.values()
            for record in random.Random(0).sample(own, min(questions, len(own)))
        ]
        # questions of similar size are padded together
        self.records.sort(key=lambda r: (r.db_id, len(r.question)))
        self.sample: DebugSample | None = None  # the first question with its latest answer
        self._schemas: dict[str, SchemaFeatures] = {}

    def _collection(self, record: Record) -> Collection:
        return self.corpus.collections[record.db_id]

    def right(self, model: PocketModel, beams: int = 1) -> dict[str, float]:
        """The percentage of right answers to the held-out questions of each collection.

        An answer is judged by its rows if the collection is ``judged_by_rows``, else by exact set
        match.
        """
        verdicts: dict[str, list[bool]] = defaultdict(list)
        for start in range(0, len(self.records), _TOGETHER):
            part = self.records[start : start + _TOGETHER]
            for record, sql in zip(part, self._predict(model, part, beams), strict=True):
                verdicts[self._collection(record).name].append(self._is_right(record, sql))
                if record is self.records[0]:
                    self.sample = DebugSample(record.question, record.query, sql)
        return {name: 100 * sum(own) / len(own) for name, own in verdicts.items()}

    def _is_right(self, record: Record, sql: str) -> bool:
        database = self.corpus.databases[record.db_id]
        if not sql:
            return False
        if self._collection(record).judged_by_rows:
            return execution(record.query, sql, database).match
        try:
            return exact_set(record.query, sql, database.schema).match
        except QueryError:  # the gold is outside Spider's fragment
            return self._has_same_tokens(record, sql)

    def _has_same_tokens(self, record: Record, sql: str) -> bool:
        schema = self.corpus.databases[record.db_id].schema
        try:
            return (
                bool(record.tokens) and tuple(to_tokens(read(sql, schema), schema)) == record.tokens
            )
        except QueryError:
            return False

    def _predict(self, model: PocketModel, records: Sequence[Record], beams: int) -> list[str]:
        batch = [self._features(record) for record in records]
        with torch.inference_mode():
            encoded = model.encode(collate(batch).to(model.device))
        found = beam_search(model, encoded, batch, beams)
        return [_first_sql(h, f) for h, f in zip(found, batch, strict=True)]

    def _features(self, record: Record) -> QuestionFeatures:
        schema = self.corpus.databases[record.db_id].schema
        if record.db_id not in self._schemas:
            self._schemas[record.db_id] = encode_schema(schema, self.pieces)
        words = split_words(record.question)
        values = find_candidates(record.question, words, self.corpus.indexes[record.db_id])
        return encode_question(words, values, self._schemas[record.db_id], self.pieces)


def _first_sql(hypotheses: Sequence[Hypothesis], features: QuestionFeatures) -> str:
    schema = features.schema.schema
    for hypothesis in hypotheses:
        try:
            return write(from_tokens(hypothesis.tokens(features), schema), schema)
        except QueryError:
            continue
    return ""
