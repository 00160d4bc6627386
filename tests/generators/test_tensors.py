"""Weights read piece by piece are those that transformers reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from text2sql.generators import tensors
from text2sql.generators.tensors import read_tensors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generator = torch.Generator().manual_seed(0)
    weights = {
        "a": torch.randn(37, 11, generator=generator),
        "b": torch.randn(5, generator=generator).to(torch.bfloat16),
        "c": torch.randn(2, 3, 4, generator=generator).to(torch.float16),
        "scalar": torch.tensor(2.5),
        "empty": torch.empty(0, 3),
    }
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    return tmp_path


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("piece", [8, 64, 2**22])
def test_each_tensor_is_as_stored_in_the_precision_asked_for(
    folder: Path, dtype: torch.dtype, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensors, "_PIECE", piece)
    found, expected = read_tensors(folder, dtype), load_file(folder / "model.safetensors")
    assert found is not None
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert torch.equal(found[name], tensor.to(dtype)), name


def test_several_files_are_one_model(tmp_path: Path) -> None:
    for n in (1, 2):
        save_file({f"t{n}": torch.ones(n)}, tmp_path / f"model-0000{n}-of-00002.safetensors")
    found = read_tensors(tmp_path, torch.float32) or {}
    assert {name: len(tensor) for name, tensor in found.items()} == {"t1": 1, "t2": 2}


def test_quantized_weights_and_other_files_are_left_to_transformers(tmp_path: Path) -> None:
    assert read_tensors(tmp_path, torch.float32) is None
    save_file({"q": torch.ones(2, dtype=torch.int8)}, tmp_path / "model.safetensors")
    assert read_tensors(tmp_path, torch.float32) is None


@pytest.mark.parametrize("kept", [0, 4, 8, 40, 200, -1])
def test_a_damaged_file_is_said_to_be_damaged(folder: Path, kept: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SafetensorError, match=r"^model\.safetensors is damaged"):
        read_tensors(folder, torch.float32)


@pytest.mark.parametrize("size", [0, 2**40])
def test_a_header_of_no_possible_size_is_refused(folder: Path, size: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(size.to_bytes(8, "little") + path.read_bytes()[8:])
    with pytest.raises(SafetensorError, match="its header cannot have"):
        read_tensors(folder, torch.float32)
