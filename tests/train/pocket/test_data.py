"""The pocket model's training data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.errors import DataError
from text2sql.generators.pocket.ir import KEYWORDS
from text2sql.generators.pocket.pieces import Pieces
from train.pocket.augmentation import Chances
from train.pocket.collection import read_spider
from train.pocket.corpus import Corpus, read_corpus
from train.pocket.data import PocketBatches, PocketDataset, collate_targets


def test_a_database_is_trained_on_or_held_out_and_never_both(corpus: Corpus) -> None:
    training = {record.db_id for record in corpus.training}
    held_out = {record.db_id for record in corpus.held_out}
    assert (len(training), len(held_out)) == (2, 1)
    assert not training & held_out


def test_held_out_databases_do_not_depend_on_the_other_files(spider: Path) -> None:
    first, again = (read_corpus([read_spider(spider, None, 0.2, limit)]) for limit in (None, 15))
    assert {r.db_id for r in first.held_out} == {r.db_id for r in again.held_out}


def test_golds_outside_the_language_are_evaluated_but_not_trained_on(corpus: Corpus) -> None:
    assert corpus.left_out == 2
    assert [bool(record.tokens) for record in corpus.training] == [True] * 8
    assert [bool(record.tokens) for record in corpus.held_out] == [True] * 4 + [False]


def test_rewordings_join_the_training_unless_they_change_nothing(
    spider: Path, tmp_path: Path
) -> None:
    entries = json.loads((spider / "train_spider.json").read_text())
    for entry in entries:
        entry["original_question"] = entry["question"]
        entry["question"] = entry["question"].replace("How many", "Count the")
    (tmp_path / "syn.json").write_text(json.dumps(entries))
    corpus = read_corpus([read_spider(spider, tmp_path / "syn.json", 0.2)])
    reworded = [r.question for r in corpus.training if r.source == "reworded"]
    assert reworded == [
        r.question.replace("How many", "Count the")
        for r in corpus.training
        if r.source == "spider" and r.question.startswith("How many")
    ]


def test_a_folder_without_spider_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no train_spider\.json in .* download spider"):
        read_spider(tmp_path)


def test_the_grammar_accepts_every_target(corpus: Corpus, pieces: Pieces) -> None:
    data = PocketDataset(corpus, pieces, Chances(), {"singers": ["vocalists"]}, 50, 0)
    for epoch in range(5):
        for number in range(len(data)):
            sample = data[epoch, number]
            assert sample is not None
            for output, mask in zip(sample.outputs, sample.masks, strict=True):
                assert mask[output]
            spelled = [sample.features.token(output) for output in sample.outputs]
            assert spelled[0] == "from"
            assert spelled[-1] == "end"


def test_an_example_is_the_same_each_time_for_the_same_epoch(
    corpus: Corpus, pieces: Pieces
) -> None:
    first, again = (PocketDataset(corpus, pieces, Chances(), {}, 50, 7) for _ in range(2))
    for number in range(len(first)):
        one, other = first[3, number], again[3, number]
        assert one is not None
        assert other is not None
        assert one.outputs == other.outputs
        assert one.features.names == other.features.names


def test_a_batch_is_padded_where_nothing_is_asked(corpus: Corpus, pieces: Pieces) -> None:
    data = PocketDataset(corpus, pieces, Chances(0, 0, 0, 0, 0, 0), {}, 50, 0)
    samples = [data[0, number] for number in range(4)]
    goal = collate_targets([*samples, None])
    assert len(goal.inputs) == 4
    for row, sample in enumerate(samples):
        assert sample is not None
        count = len(sample.outputs)
        assert goal.inputs[row].tolist()[1:count] == sample.outputs[:-1]
        assert set(goal.inputs[row, count:].tolist()) <= {0}
        assert set(goal.targets[row, count:].tolist()) <= {-100}
        pointers = {o - len(KEYWORDS) for o in sample.outputs if o >= len(KEYWORDS)}
        assert set(goal.used[row].nonzero().flatten().tolist()) == pointers


def test_processes_divide_an_epoch_without_common_questions(corpus: Corpus) -> None:
    shares = []
    for rank in range(2):
        batches = PocketBatches(corpus, 2, 0, 50)
        batches.share = (rank, 2)
        shares.append([number for batch in batches for _, number in batch])
    assert len(shares[0]) == len(shares[1]) == 4
    assert sorted(shares[0] + shares[1]) == list(range(8))


def test_the_seed_gives_each_epoch_its_own_order(corpus: Corpus) -> None:
    orders = []
    for epoch in (0, 1, 0):
        batches = PocketBatches(corpus, 2, 0, 50)
        batches.epoch = epoch
        orders.append([[number for _, number in batch] for batch in batches])
    assert orders[0] == orders[2]
    assert orders[0] != orders[1]


def test_a_resumed_epoch_takes_its_remaining_batches(corpus: Corpus) -> None:
    batches = PocketBatches(corpus, 2, 0, 50)
    every = list(batches)
    batches.done = 3
    assert list(batches) == every[3:]
