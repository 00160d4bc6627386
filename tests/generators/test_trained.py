"""The models that training runs left."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tiny_t5 import save_adapter, save_base
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.generators.base import Options
from text2sql.generators.bundled import BUNDLED
from text2sql.generators.choice import ModelChoice
from text2sql.generators.trained import trained_models

# peft asks transformers 5 by an old name
pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")


def test_each_finished_run_is_a_model_of_its_own_name(tmp_path: Path) -> None:
    for name in ("large/adapter/adapter_config.json", "whole/model/config.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("{}")
    shutil.copytree(BUNDLED, tmp_path / "small")
    (tmp_path / "unfinished" / "checkpoints").mkdir(parents=True)
    (tmp_path / "evaluation.db").touch()
    assert trained_models(tmp_path) == [
        ModelChoice(str(tmp_path / "large" / "adapter"), label="large"),
        ModelChoice(str(tmp_path / "small"), label="small"),
        ModelChoice(str(tmp_path / "whole" / "model"), label="whole"),
    ]


def test_a_name_that_is_taken_says_that_it_is_a_run(tmp_path: Path) -> None:
    shutil.copytree(BUNDLED, tmp_path / "runs" / "pocket")
    assert [m.name for m in trained_models(tmp_path / "runs", ["pocket"])] == ["runs/pocket"]


def test_where_there_are_no_runs_there_are_no_models(tmp_path: Path) -> None:
    assert trained_models(tmp_path / "none") == []


def test_an_answer_names_the_run_and_its_weights(tmp_path: Path) -> None:
    base = save_base(tmp_path / "base")
    save_adapter(tmp_path / "runs" / "mine" / "adapter", base)
    (choice,) = trained_models(tmp_path / "runs")
    clinic = Catalog.open().get("clinic")
    text2sql = Text2SQL(choice, options=Options(beams=1, max_length=40))
    answer = text2sql.ask("How many patients are there?", clinic)
    assert answer.model.startswith("mine@")
    assert len(answer.model) == len("mine@") + 8
