"""Question files as token ids, and the report on their lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from text2sql.databases import Database
from text2sql.errors import DataError
from text2sql.spider import Example
from train.config import Seq2SeqRecipe
from train.data import Collator, Encoder, read_splits
from train.lora import build_model, build_tokenizer

LONG = Database.from_schema_text(
    " | ".join(f"table{n}(id, first, second, third)" for n in range(8)) + " | zebras(stripes)"
)


SAMPLES: Any = {"train_files": ("questions.json",), "validation_file": "questions.json"}


@pytest.fixture
def encoder(recipe: Seq2SeqRecipe) -> Callable[..., Encoder]:
    def make(**changes: Any) -> Encoder:
        changed = replace(recipe, **{"max_output": 64, **changes})
        return Encoder(build_tokenizer(recipe, []), changed, {"schema": LONG})

    return make


ZEBRAS = Example("How many zebras have stripes?", "SELECT count(*) FROM zebras", "schema")


def test_an_input_is_the_prompt_and_a_label_is_the_query(encoder: Any) -> None:
    found = encoder()
    features = found.encode([ZEBRAS], training=True)[0]
    text = found.tokenizer.decode(features["input_ids"])
    assert text.startswith("Translate English to SQL: How many zebras have stripes? | Schemas: ")
    assert text.endswith("zebras(stripes)</s>")
    assert found.tokenizer.decode(features["labels"]) == "SELECT count(*) FROM zebras</s>"


def test_whole_tables_are_dropped_until_an_input_fits_and_are_counted(encoder: Any) -> None:
    whole = encoder().encode([ZEBRAS], training=False)[0]["input_ids"]
    found = encoder(max_input=100)
    features = found.encode([ZEBRAS], training=False)[0]
    text = found.tokenizer.decode(features["input_ids"], skip_special_tokens=True)
    assert len(features["input_ids"]) <= 100
    assert text.endswith("zebras(stripes)")  # the table that the question is about
    assert text.count("(") == text.count(")")
    assert 1 < text.count("|") < 9
    report = found.report.to_dict()
    assert report == {
        "examples": 1,
        "median": len(whole),
        "longest": len(whole),
        "over_limit": 1,
        "dropped": 10 - 1 - text.count("|"),
        "gold_lost": 0,
        "still_over": 0,
        "labels_over": 0,
        "left_out": 0,
    }
    assert "1 over 100: " in found.report.sentence("train", 100)
    assert "tables dropped by relevance" in found.report.sentence("train", 100)


def test_training_leaves_out_a_question_whose_gold_table_was_dropped(encoder: Any) -> None:
    hidden = Example("How many zebras?", "SELECT count(*) FROM table7", "schema")
    found = encoder(max_input=100)
    assert found.encode([hidden, ZEBRAS], training=True) == found.encode([ZEBRAS], training=True)
    assert len(found.encode([hidden, ZEBRAS], training=False)) == 2
    found.encode([hidden], training=True)
    assert (found.report.gold_lost, found.report.left_out) == (1, 1)


def test_training_leaves_out_golds_that_are_too_long_and_reports_them(encoder: Any) -> None:
    found = encoder(max_output=5)
    assert found.encode([ZEBRAS], training=True) == []
    assert (found.report.labels_over, found.report.left_out) == (1, 1)
    assert "longer than the output may be; 1 examples left out" in found.report.sentence("t", 512)
    assert len(found.encode([ZEBRAS], training=False)[0]["labels"]) == 5


def test_a_question_too_long_for_any_schema_is_cut_and_counted(encoder: Any) -> None:
    found = encoder(max_input=40)
    wordy = Example("zebra " * 100, "SELECT count(*) FROM zebras", "schema")
    ids = found.encode([wordy], training=False)[0]["input_ids"]
    assert len(ids) == 40
    assert ids[-1] == found.tokenizer.eos_token_id
    assert found.report.still_over == 1


def test_linked_inputs_name_the_cells(
    recipe: Seq2SeqRecipe, databases: dict[str, Database]
) -> None:
    asked = Example("How many flights were cancelled?", "SELECT status FROM flights", "airline")
    linked = replace(recipe, schema="linked", max_output=64)
    found = Encoder(build_tokenizer(recipe, []), linked, databases)
    ids = found.encode([asked], training=True)[0]["input_ids"]
    assert 'status ("cancelled")' in found.tokenizer.decode(ids)


@pytest.fixture
def collator(recipe: Seq2SeqRecipe) -> Collator:
    tokenizer = build_tokenizer(recipe, [])
    return Collator(tokenizer, build_model(recipe, tokenizer))


def test_a_batch_is_padded_to_eights_with_labels_that_the_loss_ignores(
    collator: Collator,
) -> None:
    found = collator(
        [{"input_ids": [5, 6, 1], "labels": [7, 1]}, {"input_ids": [5, 1], "labels": [1]}]
    )
    assert {k: tuple(v.shape) for k, v in found.items()} == {
        "input_ids": (2, 8),
        "attention_mask": (2, 8),
        "labels": (2, 8),
        "decoder_input_ids": (2, 8),
    }
    assert found["labels"].tolist() == [[7, 1] + [-100] * 6, [1] + [-100] * 7]
    assert found["decoder_input_ids"][0].tolist() == [0, 7, 1, 0, 0, 0, 0, 0]
    assert found["attention_mask"].sum(1).tolist() == [3, 2]
    assert torch.equal(found["input_ids"][1, 2:], torch.zeros(6, dtype=torch.long))


def test_columns_that_the_model_does_not_read_are_an_error(collator: Collator) -> None:
    item = {"input_ids": [5, 1], "labels": [1], "question": "How many?", "db_id": "airline"}
    with pytest.raises(DataError, match="still hold 'db_id', 'question', which the model does not"):
        collator([item])


# files


def test_the_samples_are_there_without_any_folder(recipe: Seq2SeqRecipe) -> None:
    splits = read_splits(replace(recipe, **SAMPLES), None)
    assert len(splits.train) == len(splits.validation) == 144
    assert splits.test == []
    assert all(splits.databases[e.db_id].path for e in splits.train)


def test_the_validation_file_is_halved_the_same_way_each_time(recipe: Seq2SeqRecipe) -> None:
    halved = replace(recipe, **SAMPLES, halve=True)
    splits, again = read_splits(halved, None), read_splits(halved, None)
    assert (len(splits.validation), len(splits.test)) == (72, 72)
    assert set(splits.validation).isdisjoint(splits.test)
    assert splits == again
    assert read_splits(replace(halved, split_seed=7), None).test != splits.test


def test_spider_is_7000_questions_and_two_halves_of_dev(
    spider_dir: Path, recipe: Seq2SeqRecipe
) -> None:
    splits = read_splits(Seq2SeqRecipe(), spider_dir)
    assert tuple(map(len, (splits.train, splits.validation, splits.test))) == (7000, 517, 517)
    training = {e.db_id for e in splits.train}
    assert training.isdisjoint({e.db_id for e in (*splits.validation, *splits.test)})


def test_a_missing_data_folder_says_how_to_get_one() -> None:
    with pytest.raises(DataError, match=r"--spider-dir, or run text2sql download spider"):
        read_splits(Seq2SeqRecipe(), None)


def test_a_missing_question_file_is_named(recipe: Seq2SeqRecipe) -> None:
    with pytest.raises(DataError, match=r"There is no file 'train_spyder\.json'"):
        read_splits(replace(recipe, train_files=("train_spyder.json",)), None)


def test_a_question_file_without_gold_is_refused(recipe: Seq2SeqRecipe, tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    path.write_text('[{"question": "How many?", "db_id": "airline"}]')
    with pytest.raises(DataError, match="has no text in its field 'query'; add the gold SQL"):
        read_splits(replace(recipe, train_files=(str(path),)), None)
