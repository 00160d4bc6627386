"""Weights that were made before the language had all its keywords."""

from __future__ import annotations

from pathlib import Path

import torch

from text2sql.generators.pocket.ir import FIRST_KEYWORDS, KEYWORDS
from text2sql.generators.pocket.keywords import with_new_keywords
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.network import WEIGHTS, Network
from text2sql.generators.pocket.weights import save_weights

KNOWN = len(FIRST_KEYWORDS)


def _save_first(model: PocketModel, folder: Path) -> None:
    model.save_pretrained(folder)
    state = {
        name: tensor[:KNOWN] if name.startswith("keyword") else tensor
        for name, tensor in model.state_dict().items()
    }
    save_weights(state, folder / WEIGHTS)


def test_the_first_keywords_keep_their_numbers() -> None:
    assert KEYWORDS[:KNOWN] == FIRST_KEYWORDS
    assert len(set(KEYWORDS)) == len(KEYWORDS)


def test_a_new_keyword_starts_like_the_one_it_resembles() -> None:
    state = {
        "keywords.weight": torch.arange(2.0 * KNOWN).reshape(KNOWN, 2),
        "keyword_logits.bias": torch.arange(float(KNOWN)),
        "other": torch.zeros(3),
    }
    grown = with_new_keywords(state)
    row = grown["keywords.weight"][KEYWORDS.index("count_if")]
    assert row.tolist() == state["keywords.weight"][KEYWORDS.index("count")].tolist()
    bias = grown["keyword_logits.bias"]
    assert bias[KEYWORDS.index("count_if")] == bias[KEYWORDS.index("count")] - 3
    assert bias.shape == (len(KEYWORDS),)
    assert grown["other"] is state["other"]


def test_weights_of_the_first_language_speak_no_other(model: PocketModel, tmp_path: Path) -> None:
    _save_first(model, tmp_path)
    assert not Network.load(tmp_path).extended
    assert PocketModel.from_pretrained(tmp_path).extended  # whoever trains opens all of it


def test_weights_with_every_keyword_speak_all_of_it(model: PocketModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    assert Network.load(tmp_path).extended
