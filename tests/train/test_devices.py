"""The precision of frozen weights by device, and the batches that fit into its memory."""

from __future__ import annotations

import pytest
import torch

from text2sql.generators import accelerator
from train.config import CausalRecipe, Seq2SeqRecipe
from train.devices import fitting_micro_batch, frozen_dtype


@pytest.mark.parametrize(
    ("device", "native", "base_dtype", "expected"),
    [
        ("cuda", True, "auto", torch.bfloat16),  # an L4, an A100
        ("cuda", False, "auto", torch.float32),  # a T4, which only imitates bf16
        ("cuda", False, "float16", torch.float16),
        ("cuda", True, "4bit", torch.bfloat16),
        ("cuda", False, "4bit", torch.float16),
        ("mps", False, "auto", torch.float32),
        ("cpu", True, "auto", torch.bfloat16),
        ("cpu", False, "auto", torch.float32),
    ],
)
def test_frozen_weights_are_in_a_precision_that_the_device_multiplies(
    device: str,
    native: bool,
    base_dtype: str,
    expected: torch.dtype,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accelerator, "local_device", lambda: device)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: native)
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": native})
    recipe = CausalRecipe(base_dtype=base_dtype)  # type: ignore[arg-type]
    assert frozen_dtype(recipe) == expected


def test_a_recipe_that_asks_for_the_cpu_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "local_device", lambda: "cuda")
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: True)
    monkeypatch.setattr("torch.cpu.get_capabilities", dict)
    assert frozen_dtype(Seq2SeqRecipe(cpu=True)) == torch.float32


@pytest.mark.parametrize(("holds", "expected"), [(99, 16), (16, 16), (9, 8), (5, 4), (1, 1)])
def test_a_step_is_split_as_little_as_memory_allows(holds: int, expected: int) -> None:
    def attempt(size: int) -> None:
        if size > holds:
            raise torch.cuda.OutOfMemoryError

    assert fitting_micro_batch(16, attempt) == expected


def test_a_step_of_twelve_is_split_into_equal_batches() -> None:
    tried: list[int] = []

    def attempt(size: int) -> None:
        tried.append(size)
        if size > 3:
            raise torch.cuda.OutOfMemoryError

    assert fitting_micro_batch(12, attempt) == 3
    assert tried == [12, 6, 3]
