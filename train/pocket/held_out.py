"""Exact set match on the databases held out from training, by which the best weights are kept."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch

from text2sql.errors import QueryError
from text2sql.generators.pocket.decoding import Hypothesis, beam_search
from text2sql.generators.pocket.features import (
    Features,
    Pieces,
    SchemaFeatures,
    collate,
    encode_question,
    encode_schema,
)
from text2sql.generators.pocket.ir import from_tokens
from text2sql.generators.pocket.model import PocketModel
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words
from text2sql.metrics.exact_set import exact_set
from text2sql.query import render
from train.pocket.data import Corpus, Record
from train.samples import DebugSample

__all__ = ["Judge"]

_TOGETHER = 64


class Judge:
    """Asks a model the same held-out questions each time."""

    def __init__(self, corpus: Corpus, pieces: Pieces, questions: int) -> None:
        self.corpus = corpus
        self.pieces = pieces
        held_out = corpus.held_out
        self.records = random.Random(0).sample(held_out, min(questions, len(held_out)))
        # questions of like size are padded together
        self.records.sort(key=lambda r: (r.db_id, len(r.question)))
        self.sample: DebugSample | None = None  # the first question, as it was answered last
        self._schemas: dict[str, SchemaFeatures] = {}

    def exact_set_match(self, model: PocketModel, beams: int = 1) -> float:
        """The share of held-out questions that ``model`` gets right, in percent."""
        right = 0
        for start in range(0, len(self.records), _TOGETHER):
            part = self.records[start : start + _TOGETHER]
            for record, sql in zip(part, self._predict(model, part, beams), strict=True):
                schema = self.corpus.databases[record.db_id].schema
                right += bool(sql and exact_set(record.query, sql, schema).match)
                if record is self.records[0]:
                    self.sample = DebugSample(record.question, record.query, sql)
        return 100 * right / max(1, len(self.records))

    def _predict(self, model: PocketModel, records: Sequence[Record], beams: int) -> list[str]:
        batch = [self._features(record) for record in records]
        with torch.inference_mode():
            encoded = model.encode(collate(batch).to(model.device))
        found = beam_search(model, encoded, batch, beams)
        return [_first_sql(h, f) for h, f in zip(found, batch, strict=True)]

    def _features(self, record: Record) -> Features:
        schema = self.corpus.databases[record.db_id].schema
        if record.db_id not in self._schemas:
            self._schemas[record.db_id] = encode_schema(schema, self.pieces)
        words = split_words(record.question)
        values = find_candidates(record.question, words, self.corpus.indexes[record.db_id])
        return encode_question(words, values, self._schemas[record.db_id], self.pieces)


def _first_sql(hypotheses: Sequence[Hypothesis], features: Features) -> str:
    schema = features.schema.schema
    for hypothesis in hypotheses:
        try:
            return render(from_tokens(hypothesis.tokens(features), schema), schema)
        except QueryError:
            continue
    return ""
