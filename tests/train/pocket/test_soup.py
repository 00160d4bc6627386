"""The average of several models."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.model import PocketConfig, PocketModel
from train.pocket.soup import main


def _other(start: Path, folder: Path) -> Path:
    """The model in ``start`` with other norms, which are kept to 16 bits and not to 8."""
    model = PocketModel.from_pretrained(start)
    with torch.no_grad():
        model.norm_encoder.weight.add_(1)
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((start / "tokenizer.json").read_bytes())
    return folder


def test_the_mean_of_two_models_lies_between_them_and_answers(start: Path, tmp_path: Path) -> None:
    other, out = _other(start, tmp_path / "other"), tmp_path / "soup"
    assert main([str(start), str(other), "--out", str(out)]) == 0
    first, mean = (PocketGenerator.load(folder).model for folder in (start, out))
    torch.testing.assert_close(mean.norm_encoder.weight, first.norm_encoder.weight + 0.5)
    torch.testing.assert_close(mean.keywords.weight, first.keywords.weight, atol=0.02, rtol=0)


def test_models_of_different_sizes_are_not_mixed(
    start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = PocketModel.from_pretrained(start).config.to_dict()
    other = PocketModel(PocketConfig(**{**sizes, "decoder_layers": sizes["decoder_layers"] + 1}))
    other.save_pretrained(tmp_path / "other")
    assert main([str(start), str(tmp_path / "other"), "--out", str(tmp_path / "soup")]) == 2
    assert f"The model in '{tmp_path / 'other'}' has other sizes" in capsys.readouterr().err
    assert not (tmp_path / "soup").exists()


def test_runs_that_differ_in_dropout_are_mixed(start: Path, tmp_path: Path) -> None:
    other = PocketModel.from_pretrained(start, dropout=0.4)
    other.save_pretrained(tmp_path / "other")
    assert main([str(start), str(tmp_path / "other"), "--out", str(tmp_path / "soup")]) == 0


@pytest.mark.parametrize("config", [None, "{"])
def test_a_folder_without_a_model_is_named(
    config: str | None, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    assert main([str(start), str(tmp_path), "--out", str(tmp_path / "soup")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert f"'{tmp_path}'" in error


def test_the_average_does_not_overwrite_a_model(
    start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = _other(start, tmp_path / "other")
    before = (other / "model.safetensors").read_bytes()
    assert main([str(start), str(other), "--out", str(other)]) == 2
    assert f"'{other}' is one of the models" in capsys.readouterr().err
    assert (other / "model.safetensors").read_bytes() == before
