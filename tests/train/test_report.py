"""The files of a run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from text2sql.generators.chat import INSTRUCTION
from train.card import model_card
from train.report import (
    EpochRow,
    epoch_rows,
    make_manifest,
    save_curves,
    save_json,
    save_metrics,
)

HISTORY: list[dict[str, Any]] = [
    {"epoch": 1.0, "loss": 2.5, "learning_rate": 1e-4, "step": 3},
    {
        "epoch": 1.0,
        "step": 3,
        "eval_loss": 2.25,
        "eval_exact_match": 12.5,
        "eval_rouge1": 50.0,
        "eval_exact_set": 25.0,
        "eval_execution": 37.5,
    },
    {"epoch": 1.0, "train_runtime": 3.0},
]
ROWS = [EpochRow(1.0, 2.5, 2.25, 12.5, 50.0, 25.0, 37.5)]


def test_the_table_is_read_from_the_log() -> None:
    assert epoch_rows(HISTORY) == ROWS


def test_metrics_are_written_whole_each_time(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    save_metrics([*ROWS, *ROWS], path)
    save_metrics(ROWS, path)
    assert path.read_text().splitlines() == [
        "epoch,train_loss,validation_loss,exact_match,rouge1,exact_set,execution",
        "1.0,2.5,2.25,12.5,50.0,25.0,37.5",
    ]


def test_curves_are_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "curves.svg"
    save_curves([*ROWS, EpochRow(2.0, None, 2.0, 20.0, 60.0, 30.0, None)], path)
    titles = [e.text for e in ElementTree.parse(path).iter() if e.tag.endswith("title")]
    assert "train loss, epoch 1: 2.5" in titles
    assert "execution, epoch 1: 37.5" in titles


def test_a_manifest_has_everything_that_the_numbers_depend_on(tmp_path: Path) -> None:
    file = tmp_path / "train.json"
    file.write_text("[]")
    found = make_manifest("tiny", "seq2seq", {"epochs": 3}, [file])
    assert found["recipe"] == "tiny"
    assert found["settings"] == {"epochs": 3}
    assert set(found["versions"]) >= {"python", "torch", "transformers", "peft"}
    digest = found["data"]["train.json"]
    assert len(digest) == 64
    file.write_text("[1]")
    assert make_manifest("tiny", "seq2seq", {}, [file])["data"]["train.json"] != digest


def test_json_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    save_json({"a": 1}, path)
    with pytest.raises(TypeError):
        save_json({"a": object()}, path)
    assert json.loads(path.read_text()) == {"a": 1}


def test_a_model_card_holds_measured_numbers_only() -> None:
    manifest = {
        "recipe": "flan-t5-large-lora",
        "trainer": "seq2seq",
        "settings": {
            "lora": {"r": 16},
            "tiny": None,
            "schema": "full",
            "data": "spider",
            "mix": None,
            "license": "apache-2.0",
        },
        "usage": {
            "machine": "NVIDIA L4",
            "processes": 1,
            "seconds": 11160.0,
            "training_seconds": 8000.0,
            "examples": 64000,
            "peak_memory_mb": 14541.0,
            "examples_per_s": 8.0,
        },
        "parameters": {"trained": 183, "all": 10_000},
        "result": {
            "validation": {"exact_match": 12.5, "rouge1": 50.0},
            "questions": {"validation": 517, "test": 0},
        },
    }
    card = model_card(manifest, ROWS, "some/base", "me/mine")
    assert "Training took 3.1 h on NVIDIA L4, 8.0 examples a second, 14.2 GB at most." in card
    assert "Trained are 183 of 10,000 parameters (1.8%)." in card
    assert "- validation (517 questions): exact match 12.5, ROUGE-1 50.0" in card
    assert "| 1 | 2.5000 | 2.2500 | 12.5 | 50.0 | 25.0 | 37.5 |" in card
    assert "- test" not in card


def test_the_hub_can_read_the_head_of_a_card(tmp_path: Path) -> None:
    manifest = {
        "recipe": "flan-t5-large-lora",
        "trainer": "seq2seq",
        "settings": {
            "lora": {"r": 16},
            "tiny": None,
            "schema": "full",
            "data": "spider",
            "mix": "b-mc2/sql-create-context",
            "license": "apache-2.0",
        },
        "parameters": {"trained": 183, "all": 10_000},
        "result": {"test": {"exact_match": 22.44}, "questions": {"validation": 517, "test": 517}},
    }
    (tmp_path / "README.md").write_text(model_card(manifest, ROWS, "some/base", "me/mine"))
    card = ModelCard.load(tmp_path / "README.md")
    head = card.data.to_dict()
    results = head.pop("model-index")
    assert head == {
        "base_model": "some/base",
        "base_model_relation": "adapter",
        "datasets": ["xlangai/spider", "b-mc2/sql-create-context"],
        "language": "en",
        "library_name": "peft",
        "license": "apache-2.0",
        "metrics": ["exact_match"],
        "pipeline_tag": "text-generation",
        "tags": ["text-to-sql", "text2sql", "spider", "sqlite", "lora"],
    }
    assert results[0]["name"] == "mine"
    assert results[0]["results"][0]["dataset"]["type"] == "xlangai/spider"
    assert results[0]["results"][0]["metrics"][0]["value"] == 22.44
    assert 'PeftModel.from_pretrained(model, "me/mine")' in card.content
    assert 'AutoModelForSeq2SeqLM.from_pretrained("some/base")' in card.content


@pytest.mark.parametrize("trainer", ["seq2seq", "causal"])
def test_the_code_of_a_card_is_python_and_asks_as_training_did(trainer: str) -> None:
    manifest = {
        "recipe": "mine",
        "trainer": trainer,
        "settings": {
            "lora": {"r": 16},
            "tiny": None,
            "schema": "full",
            "data": "spider",
            "mix": None,
            "license": "apache-2.0",
        },
        "parameters": {"trained": 183, "all": 10_000},
    }
    code = model_card(manifest, ROWS, "some/base", "me/mine").split("```python")[1].split("```")[0]
    compile(code, "card", "exec")
    assert "Translate English to SQL: How many singers are there? | Schemas: singer(" in code
    assert (INSTRUCTION in code) == (trainer == "causal")
