"""The pocket model as a ``Generator``, from a question and a database to SQL candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from text2sql.byte_cache import ByteCache
from text2sql.databases import Database
from text2sql.digests import weights_digest
from text2sql.errors import ModelError, QueryError
from text2sql.generators.base import Candidate, Options
from text2sql.generators.bundled import BUNDLED
from text2sql.generators.confidence import Confidence
from text2sql.generators.pocket.batch import collate
from text2sql.generators.pocket.decoding import Hypothesis, beam_search
from text2sql.generators.pocket.excerpt import excerpt, over_whole_schema
from text2sql.generators.pocket.features import (
    QuestionFeatures,
    SchemaFeatures,
    Segment,
    encode_question,
    encode_schema,
)
from text2sql.generators.pocket.ir import from_tokens
from text2sql.generators.pocket.network import Network
from text2sql.generators.pocket.pieces import Pieces
from text2sql.generators.pocket.signals import Expectations, read_signals
from text2sql.generators.pocket.threads import one_thread
from text2sql.linking.cell_index import cell_index
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words
from text2sql.query.nodes import Statement
from text2sql.query.writing import write
from text2sql.schema import Schema

__all__ = ["BUNDLED", "PocketGenerator"]

_KEPT_SCHEMAS_BYTES = 64_000_000
_KEPT_SEGMENTS_BYTES = 64_000_000  # the tables of all of Spider take a third of it
_READ_AT_ONCE = 32


class PocketGenerator:
    """Writes SQL with a pocket model; safe to call from several threads."""

    name = "pocket"

    def __init__(
        self,
        model: Network,
        pieces: Pieces,
        confidence: Confidence | None = None,
        weights: str = "unsaved",
    ) -> None:
        self.confidence = confidence
        self.weights = weights
        self.model = model
        self.model.train(False)
        self.pieces = pieces
        self._schemas: ByteCache[Schema, SchemaFeatures] = ByteCache(
            _KEPT_SCHEMAS_BYTES, lambda features: features.size
        )
        self._segments: ByteCache[tuple[int, ...], Tensor] = ByteCache(
            _KEPT_SEGMENTS_BYTES, lambda states: 2 * states.nbytes
        )

    @classmethod
    def load(cls, folder: Path | None = None) -> PocketGenerator:
        """Read a model folder, or the bundled one.

        Raises:
            ModelError: the folder does not hold a pocket model.
        """
        folder = folder or BUNDLED
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ModelError(
                    f"{str(folder)!r} holds no pocket model ({name} is missing); train one with "
                    "`text2sql train --recipe pocket`, or leave the folder out to use the "
                    "bundled model."
                )
        model, pieces = Network.load(folder), Pieces(folder / "tokenizer.json")
        return cls(model, pieces, Confidence.read(folder), weights_digest(folder))

    @property
    def nbytes(self) -> int:
        """The size of the weights."""
        return sum(parameter.nbytes for parameter in self.model.parameters())

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        """Different candidates for ``question``, best first."""
        return self.generate_all([question], database, options)[0]

    @one_thread()
    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]:
        """As ``generate``; in groups of eight, each question takes about half as long."""
        features = [self.encode(question, database) for question in questions]
        with torch.inference_mode():
            batch = collate(features)
            context = self._context(features, batch.node_rows.shape[1], database.path)
            encoded = self.model.encode(batch, context)
            mentioned = self.model.mentioned(encoded.memory).squeeze(-1)
            rows = zip(features, context, mentioned, strict=True)
            readings = [read_signals(*row) for row in rows]
        found = beam_search(self.model, encoded, features, options.beams, options.max_length)
        return [
            self._candidates(*each, database)
            for each in zip(found, features, readings, strict=True)
        ]

    def _candidates(
        self,
        found: list[Hypothesis],
        features: QuestionFeatures,
        reading: Expectations,
        database: Database,
    ) -> list[Candidate]:
        candidates: dict[str, Candidate] = {}
        for query, hypothesis in self._queries(found, features, database.schema):
            sql = write(query, database.schema)
            signals = reading.signals(hypothesis.outputs)
            candidate = Candidate(sql, hypothesis.score, signals, query=query)
            candidates.setdefault(sql, candidate)
        return sorted(candidates.values(), key=lambda candidate: -candidate.score)

    def encode(self, question: str, database: Database) -> QuestionFeatures:
        """The model's input arrays for ``question`` and the relevant part of the schema."""
        words = split_words(question)
        values = find_candidates(question, words, cell_index(database))
        schema, values = excerpt(question, database.schema, values)
        return encode_question(words, values, self._schema(schema, database), self.pieces)

    def _schema(self, schema: Schema, database: Database) -> SchemaFeatures:
        return self._schemas.get(
            schema, lambda: encode_schema(schema, self.pieces), owner=database.path
        )

    def _context(
        self, batch: Sequence[QuestionFeatures], nodes: int, owner: Path | None = None
    ) -> Tensor:
        """``model.context`` of a batch; tables read before come from the cache."""
        segments = [segment for features in batch for segment in features.segments]
        known = self._read(segments, owner)
        context = torch.zeros(len(batch), nodes, self.model.sizes.text_width)
        for row, features in enumerate(batch):
            for segment in features.segments:
                context[row, list(segment.nodes)] = known[segment.pieces]
        return context

    def _read(
        self, segments: Sequence[Segment], owner: Path | None
    ) -> dict[tuple[int, ...], Tensor]:
        """[nodes, text width] of each segment, by its pieces."""
        found = {segment.pieces: self._segments.peek(segment.pieces) for segment in segments}
        new = list({s.pieces: s for s in segments if found[s.pieces] is None}.values())
        read: dict[tuple[int, ...], Tensor] = {}
        for start in range(0, len(new), _READ_AT_ONCE):
            read |= self._read_new(new[start : start + _READ_AT_ONCE])
        for pieces, states in read.items():
            self._segments.put(pieces, states, owner)
        return {pieces: read[pieces] if s is None else s for pieces, s in found.items()}

    def _read_new(self, segments: Sequence[Segment]) -> dict[tuple[int, ...], Tensor]:
        rows = [torch.tensor(segment.pieces) for segment in segments]
        pieces = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        read = self.model.read(self.model.embed(pieces), pieces)
        found = {}
        for segment, states in zip(segments, read, strict=True):
            names, slots = range(len(segment.nodes)), torch.tensor(segment.slots)
            real = states[: len(slots)]
            found[segment.pieces] = torch.stack([real[slots == i].mean(0) for i in names])
        return found

    @staticmethod
    def _queries(
        found: list[Hypothesis], features: QuestionFeatures, schema: Schema
    ) -> Iterator[tuple[Statement, Hypothesis]]:
        for hypothesis in found:
            tokens = over_whole_schema(hypothesis.tokens(features), features.schema.schema, schema)
            try:
                query = from_tokens(tokens, schema)
            except QueryError:  # the grammar allows a few queries that have no SQL
                continue
            yield query, hypothesis
