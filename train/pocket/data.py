"""The pocket model's training data: augmented records as arrays and target tokens, in batches."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from text2sql.errors import QueryError
from text2sql.generators.pocket.batch import Batch, collate
from text2sql.generators.pocket.features import QuestionFeatures, encode_question, encode_schema
from text2sql.generators.pocket.grammar import Grammar
from text2sql.generators.pocket.ir import KEYWORDS, Token
from text2sql.generators.pocket.pieces import Pieces
from text2sql.linking.values import find_candidates
from text2sql.linking.words import split_words
from train.pocket.augmentation import Chances, rename_schema, select_tables, vary_question
from train.pocket.collection import QuestionSource
from train.pocket.corpus import Corpus, Record
from train.pocket.synonyms import Synonyms

__all__ = [
    "PocketBatches",
    "PocketDataset",
    "collate_targets",
]

IGNORED = -100
_TOGETHER = 8  # questions of one database that stay in one batch
_START = KEYWORDS.index("<start>")


@dataclass
class TrainingSample:
    """The arrays and target tokens of one record."""

    features: QuestionFeatures
    outputs: list[int]
    masks: list[np.ndarray]


class PocketDataset(Dataset["TrainingSample | None"]):
    """Records by (epoch, number); the epoch seeds the augmentation, so a run can be repeated."""

    def __init__(
        self,
        corpus: Corpus,
        pieces: Pieces,
        chances: Chances,
        synonyms: Synonyms,
        most_nodes: int,
        seed: int,
    ) -> None:
        self.corpus = corpus
        self.pieces = pieces
        self.chances = chances
        self.synonyms = synonyms
        self.most_nodes = most_nodes
        self.seed = seed

    def __len__(self) -> int:
        return len(self.corpus.training)

    def __getitem__(self, key: tuple[int, int]) -> TrainingSample | None:
        """The sample, or None if a value of the query is not among the candidates."""
        epoch, number = key
        record = self.corpus.training[number]
        rng = random.Random(f"{self.seed}-{epoch}-{number}")
        # the questions of a database share its names for an epoch, and so its encoded tables
        names = f"{self.seed}-{epoch}-{record.db_id}"
        sample = self._sample(record, rng, names, varied=True)
        return sample or self._sample(record, rng, names, varied=False)

    def _sample(
        self, record: Record, rng: random.Random, names: str, varied: bool
    ) -> TrainingSample | None:
        database = self.corpus.databases[record.db_id]
        index = self.corpus.indexes[record.db_id]
        question, tokens = record.question, list(record.tokens)
        chances = self.chances if varied else Chances(0, 0, 0, 0, 0, 0)
        if varied:
            cells = self.corpus.cells[record.db_id]
            question, tokens = vary_question(
                question, tokens, index, cells, rng, chances, self.synonyms
            )
        schema = rename_schema(database.schema, random.Random(names), chances, self.synonyms)
        variation = select_tables(schema, tokens, rng, chances.tables, self.most_nodes)
        words = split_words(question)
        values = [
            replace(v, columns={variation.columns[c] for c in v.columns if c in variation.columns})
            for v in find_candidates(question, words, index)
        ]
        encoded = encode_schema(variation.schema, self.pieces)
        features = encode_question(words, values, encoded, self.pieces)
        try:
            return _targets(features, variation.tokens(tokens, database.schema))
        except QueryError:
            return None


def _targets(features: QuestionFeatures, tokens: Sequence[Token]) -> TrainingSample | None:
    outputs, masks, grammar = [], [], Grammar(True, features.schema.tables)
    for token in tokens:
        output = features.token_id(token)
        if output is None:
            return None
        mask = features.mask(grammar.allowed())
        if not mask[output]:
            return None
        outputs.append(output)
        masks.append(mask)
        grammar = grammar.push(token)
    return TrainingSample(features, outputs, masks)


@dataclass
class TargetBatch:
    """A ``Batch`` with its targets.

    ``inputs`` and ``targets`` have the shape (batch, length), ``allowed`` (batch, length, outputs)
    and ``used`` (batch, nodes).
    """

    batch: Batch
    inputs: Tensor
    targets: Tensor
    allowed: Tensor
    used: Tensor

    def to(self, device: torch.device) -> TargetBatch:
        """Copy it to ``device``, without waiting if it is in pinned memory."""
        rest = (self.inputs, self.targets, self.allowed, self.used)
        moved = (tensor.to(device, non_blocking=True) for tensor in rest)
        return TargetBatch(self.batch.to(device), *moved)

    def pin_memory(self) -> TargetBatch:
        """Copy it to pinned memory, from which a GPU copies by itself; the loader calls this."""
        rest = (self.inputs, self.targets, self.allowed, self.used)
        return TargetBatch(self.batch.pin_memory(), *map(Tensor.pin_memory, rest))


def collate_targets(samples: Sequence[TrainingSample | None]) -> TargetBatch:
    """Make one batch of samples; None is left out."""
    kept = [s for s in samples if s is not None]
    batch = collate([s.features for s in kept])
    size, nodes = batch.mask.shape
    length = max(len(s.outputs) for s in kept)
    inputs = np.zeros((size, length), np.int64)
    targets = np.full((size, length), IGNORED)
    allowed = np.zeros((size, length, len(KEYWORDS) + nodes), bool)
    allowed[:, :, 0] = True
    used = np.zeros((size, nodes), np.float32)
    for row, sample in enumerate(kept):
        count = len(sample.outputs)
        inputs[row, :count] = [_START, *sample.outputs[:-1]]
        targets[row, :count] = sample.outputs
        for place, mask in enumerate(sample.masks):
            allowed[row, place, : len(mask)] = mask
            allowed[row, place, 0] = False
        pointers = [output - len(KEYWORDS) for output in sample.outputs]
        used[row, [node for node in pointers if node >= 0]] = 1
    return TargetBatch(batch, *(torch.from_numpy(a) for a in (inputs, targets, allowed, used)))


class PocketBatches(Sampler[list[tuple[int, int]]]):
    """The batches of one epoch.

    A few questions of one database stay together, so that its tables are encoded once for them;
    groups of similar size form a batch. ``shares`` gives the share of each source that an epoch
    takes; a source that is not named is taken whole.
    """

    def __init__(
        self,
        corpus: Corpus,
        batch_size: int,
        seed: int,
        most_nodes: int,
        shares: Mapping[QuestionSource, float] | None = None,
    ) -> None:
        sizes = {
            db_id: min(most_nodes, database.schema.column_count + len(database.schema.tables))
            for db_id, database in corpus.databases.items()
        }
        self.by_database: dict[str, list[int]] = defaultdict(list)
        for number, record in enumerate(corpus.training):
            self.by_database[record.db_id].append(number)
        self.sizes = [sizes[r.db_id] + len(r.question) // 5 for r in corpus.training]
        self.batch_size = batch_size
        self.seed = seed
        taken = dict(shares or {})
        self.chances = [taken.get(record.source, 1.0) for record in corpus.training]
        self.epoch = 0
        self.share = (0, 1)  # this process's number, and the number of processes
        self.done = 0  # batches of this epoch that were taken before a resume

    def __len__(self) -> int:
        return max(1, int(sum(self.chances)) // self.batch_size // self.share[1])

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        rng = random.Random(f"{self.seed}-{self.epoch}")
        groups = []
        for numbers in self.by_database.values():
            taken = [n for n in numbers if rng.random() < self.chances[n]]
            shuffled = rng.sample(taken, len(taken))
            groups += [shuffled[i : i + _TOGETHER] for i in range(0, len(shuffled), _TOGETHER)]
        # a little noise, so that batches differ between epochs
        size = {id(g): max(self.sizes[i] for i in g) * rng.uniform(1, 1.2) for g in groups}
        order = [i for g in sorted(groups, key=lambda g: size[id(g)]) for i in g]
        starts = list(range(0, len(order) - self.batch_size + 1, self.batch_size))
        # neighbors are of similar size, so the processes of a step wait little for each other
        rank, count = self.share
        steps = [starts[i : i + count] for i in range(0, len(starts) - count + 1, count)]
        for start in [step[rank] for step in rng.sample(steps, len(steps))][self.done :]:
            yield [(self.epoch, number) for number in order[start : start + self.batch_size]]
