"""What the pocket model trains on: Spider's training questions as arrays and target tokens."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from text2sql.databases import Database
from text2sql.errors import DataError, QueryError
from text2sql.generators.pocket.features import (
    Batch,
    Features,
    Pieces,
    collate,
    encode_question,
    encode_schema,
)
from text2sql.generators.pocket.grammar import Grammar
from text2sql.generators.pocket.ir import KEYWORDS, ColumnToken, Token, ValueToken, to_tokens
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.values import find_candidates
from text2sql.linking.words import number_of, split_words
from text2sql.query import parse
from text2sql.schema import Schema
from train.pocket.augmentation import (
    Chances,
    Synonyms,
    rename_schema,
    select_tables,
    vary_question,
)
from train.pocket.synthesis import compose

__all__ = [
    "Corpus",
    "PocketBatches",
    "PocketDataset",
    "Record",
    "collate_targets",
    "held_out_databases",
    "read_corpus",
]

IGNORED = -100
_TOGETHER = 8  # questions of one database
_START = KEYWORDS.index("<start>")


#: Where a question comes from: a person, a person's other wording of it, or ``synthesis``.
Source = Literal["spider", "reworded", "made_up"]


@dataclass(frozen=True)
class Record:
    """One training question; ``tokens`` is its gold query in the model's language."""

    question: str
    query: str
    db_id: str
    tokens: tuple[Token, ...]
    source: Source = "spider"


@dataclass
class Corpus:
    """Training and held-out records, and what is known of their databases."""

    training: list[Record]
    held_out: list[Record]
    databases: dict[str, Database]
    indexes: dict[str, CellIndex] = field(default_factory=dict)
    cells: dict[str, Mapping[int, Sequence[str]]] = field(default_factory=dict)
    left_out: int = 0  # gold queries that the model's language does not hold


def read_corpus(
    spider_dir: Path,
    rewordings: Path | None,
    held_out_share: float,
    limit: int | None = None,
    made_up: int = 0,
) -> Corpus:
    """Spider's two training files, optionally Spider-Syn's rewordings, and questions made up.

    Whole databases are held out, chosen by a digest of their names, so that the choice stays the
    same whatever else changes.

    Args:
        made_up: how many questions to make up over each training database.

    Raises:
        DataError: a file is missing or not in Spider's form.
    """
    databases = {
        entry["db_id"]: Database(
            entry["db_id"],
            Schema.from_tables_json(entry),
            spider_dir / "database" / entry["db_id"] / f"{entry['db_id']}.sqlite",
        )
        for entry in _read(spider_dir / "tables.json")
    }
    corpus = Corpus([], [], databases)
    spider = _read(spider_dir / "train_spider.json")[:limit]
    others = _read(spider_dir / "train_others.json")[:limit]
    held_out = held_out_databases([e["db_id"] for e in spider], held_out_share)
    for entry in [*spider, *others]:
        _add(corpus, entry, corpus.held_out if entry["db_id"] in held_out else corpus.training)
    for entry in _read(rewordings)[:limit] if rewordings else ():
        if entry["question"] != entry["original_question"] and entry["db_id"] not in held_out:
            _add(corpus, entry, corpus.training, "reworded")
    for db_id in sorted({r.db_id for r in (*corpus.training, *corpus.held_out)}):
        corpus.indexes[db_id] = CellIndex.read(databases[db_id])
    _fill_empty_columns(corpus)
    for db_id in corpus.indexes:
        corpus.cells[db_id] = _cells_by_column(corpus.indexes[db_id])
    for db_id in sorted({r.db_id for r in corpus.training}):
        _make_up(corpus, db_id, made_up)
    return corpus


def _make_up(corpus: Corpus, db_id: str, count: int) -> None:
    schema, rng = corpus.databases[db_id].schema, random.Random(db_id)
    for question, query in compose(schema, corpus.indexes[db_id], count, rng):
        entry = {"db_id": db_id, "question": question, "query": query}
        _add(corpus, entry, corpus.training, "made_up")


def _fill_empty_columns(corpus: Corpus) -> None:
    """Give columns without a cell those that their questions name.

    Some databases of the training set come without rows, and a value that no cell holds cannot
    be pointed at.
    """
    filled = {
        d: {c for cells in i.exact.values() for c in cells} for d, i in corpus.indexes.items()
    }
    for record in (*corpus.training, *corpus.held_out):
        schema, index = corpus.databases[record.db_id].schema, corpus.indexes[record.db_id]
        starts = list(accumulate((len(t.columns) for t in schema.tables), initial=0))
        tokens = record.tokens
        for left, operator, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
            compares = operator in ("=", "!=", "like_contains")
            if compares and isinstance(left, ColumnToken) and isinstance(right, ValueToken):
                column = starts[left.table] + left.column
                if column not in filled[record.db_id] and isinstance(right.value, str):
                    index.add_text(column, right.value)


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise DataError(
            f"There is no {path.name} in {str(path.parent)!r}; "
            "`text2sql download spider` fetches Spider."
        )
    entries: list[dict[str, str]] = json.loads(path.read_text())
    return entries


def held_out_databases(db_ids: Sequence[str], share: float) -> set[str]:
    """Databases with about ``share`` of the questions, which are given by their databases."""
    chosen: set[str] = set()
    questions = 0
    for db_id in sorted(set(db_ids), key=lambda d: hashlib.sha256(d.encode()).hexdigest()):
        if questions >= share * len(db_ids):
            break
        chosen.add(db_id)
        questions += db_ids.count(db_id)
    return chosen


def _add(
    corpus: Corpus, entry: Mapping[str, str], records: list[Record], source: Source = "spider"
) -> None:
    schema = corpus.databases[entry["db_id"]].schema
    try:
        tokens = to_tokens(parse(entry["query"], schema), schema)
        _masks_exist(tokens)
    except QueryError:
        corpus.left_out += 1
        # held-out questions stay: what the model cannot say counts against it
        tokens = []
    if tokens or records is corpus.held_out:
        records.append(
            Record(entry["question"], entry["query"], entry["db_id"], tuple(tokens), source)
        )


def _masks_exist(tokens: Sequence[Token]) -> None:
    """Raise QueryError unless the grammar lets ``tokens`` through."""
    grammar = Grammar()
    for token in tokens:
        if not grammar.lets(token):
            raise QueryError(f"The grammar has no place for {token!r}.")
        grammar = grammar.push(token)


def _cells_by_column(index: CellIndex, most: int = 200) -> dict[int, list[str]]:
    cells: dict[int, list[str]] = defaultdict(list)
    for columns in index.exact.values():
        for column, text in columns.items():
            if len(cells[column]) < most and number_of(text) is None:
                cells[column].append(text)
    return dict(cells)


@dataclass
class Sample:
    """Arrays and targets of one record."""

    features: Features
    outputs: list[int]
    masks: list[np.ndarray]


class PocketDataset(Dataset["Sample | None"]):
    """Records by (epoch, number); the epoch seeds the variation, so that a run can be repeated."""

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

    def __getitem__(self, key: tuple[int, int]) -> Sample | None:
        """The sample, or None where a value of the query is not among the candidates."""
        epoch, number = key
        record = self.corpus.training[number]
        rng = random.Random(f"{self.seed}-{epoch}-{number}")
        # the questions of a database share its names for an epoch, and so its encoded tables
        names = f"{self.seed}-{epoch}-{record.db_id}"
        sample = self._sample(record, rng, names, varied=True)
        return sample or self._sample(record, rng, names, varied=False)

    def _sample(
        self, record: Record, rng: random.Random, names: str, varied: bool
    ) -> Sample | None:
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
        return _targets(features, variation.tokens)


def _targets(features: Features, tokens: Sequence[Token]) -> Sample | None:
    outputs, masks, grammar = [], [], Grammar()
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
    return Sample(features, outputs, masks)


@dataclass
class TargetBatch:
    """A ``Batch`` and what the model shall write: ``inputs``, ``targets`` [batch, length],
    ``allowed`` [batch, length, outputs] and ``used`` [batch, nodes]."""

    batch: Batch
    inputs: Tensor
    targets: Tensor
    allowed: Tensor
    used: Tensor


def collate_targets(samples: Sequence[Sample | None]) -> TargetBatch:
    """Samples as one batch; those without targets are left out."""
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
    """Batches of one epoch; a few questions of one database stay together, so that they share
    what the text encoder makes of its tables, and groups of like size make a batch.

    ``shares`` says how much of each source an epoch takes, all of it where nothing is said.
    """

    def __init__(
        self,
        corpus: Corpus,
        batch_size: int,
        seed: int,
        most_nodes: int,
        shares: Mapping[Source, float] | None = None,
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
        chances = {"spider": 1.0, "reworded": 1.0, "made_up": 1.0} | dict(shares or {})
        self.chances = [chances[record.source] for record in corpus.training]
        self.epoch = 0
        self.share = (0, 1)  # which of how many equal shares of the batches to give

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
        # neighbours are of like size, so the processes of a step wait little for each other
        rank, count = self.share
        steps = [starts[i : i + count] for i in range(0, len(starts) - count + 1, count)]
        for start in (step[rank] for step in rng.sample(steps, len(steps))):
            yield [(self.epoch, number) for number in order[start : start + self.batch_size]]
