"""A GPU that is lent for single calls, as ZeroGPU does it; and nothing new anywhere else."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.tiny_t5 import save_base
from text2sql.databases import Catalog
from text2sql.generators import accelerator
from text2sql.generators.base import Options
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.seq2seq import Seq2SeqGenerator


class Space(ModuleType):
    """The package ``spaces`` on ZeroGPU: calls go to another process, so all must be picklable."""

    def __init__(self) -> None:
        super().__init__("spaces")
        self.calls = 0

    def GPU(self, duration: Callable[..., int]) -> Callable[..., Any]:  # its name there
        return lambda function: self._lent(function, duration)

    def _lent(self, function: Callable[..., Any], duration: Callable[..., int]) -> Any:
        def on_borrowed(*arguments: Any) -> Any:
            self.calls += 1
            assert duration(*arguments) == 11
            return pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments)))))

        return on_borrowed


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Space:
    space = Space()
    monkeypatch.setenv("SPACE_ID", "me/sql")
    monkeypatch.setitem(sys.modules, "spaces", space)
    return space


def test_away_from_a_space_a_function_stays_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    monkeypatch.setitem(sys.modules, "spaces", None)  # importing it would fail
    assert accelerator.on_gpu(len) is len
    assert not accelerator.borrows()


def test_where_spaces_is_only_a_folder_a_function_stays_itself(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spaces", ModuleType("spaces"))
    assert accelerator.on_gpu(len) is len


def test_a_model_waits_on_cuda_where_gpus_are_only_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert accelerator.device() == "cuda"
    monkeypatch.setattr(accelerator, "local_device", lambda: "cpu")
    monkeypatch.setattr(accelerator, "borrows", lambda: True)
    assert accelerator.device() == "cuda"


def test_the_model_writes_on_a_lent_gpu_what_it_writes_on_its_own(
    space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = Checkpoint.find(str(save_base(tmp_path)))
    clinic, options = Catalog.open().get("clinic"), Options(beams=2, max_length=60)
    lent = Seq2SeqGenerator.load(checkpoint, dtype=torch.float32)
    monkeypatch.delenv("SPACE_ID")
    own = Seq2SeqGenerator.load(checkpoint, dtype=torch.float32)
    question = "How many doctors are there?"
    assert lent.generate(question, clinic, options) == own.generate(question, clinic, options)
    assert space.calls == 1
