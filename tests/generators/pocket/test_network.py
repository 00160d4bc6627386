"""The network by itself, as answers are made with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from text2sql.errors import ModelError
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.network import Network, Sizes

ROOT = Path(__file__).parents[3]


def test_answering_imports_nothing_of_transformers() -> None:
    code = "import sys, text2sql.generators.pocket; sys.exit('transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_network_of_a_folder_is_that_of_its_model(model: PocketModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    network, again = Network.load(tmp_path), PocketModel.from_pretrained(tmp_path)
    assert network.sizes == again.sizes == model.sizes
    assert not network.training
    assert network.state_dict().keys() == again.state_dict().keys()
    for name, weight in network.state_dict().items():
        torch.testing.assert_close(weight, again.state_dict()[name], msg=name)


def test_a_config_keeps_what_the_sizes_are(model: PocketModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    assert PocketModel.from_pretrained(tmp_path, dropout=0.5).sizes.dropout == 0.5
    assert Sizes.read(tmp_path / "config.json") == model.sizes


def test_a_broken_config_is_named(model: PocketModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"cannot be read \(Expecting property name"):
        Network.load(tmp_path)
