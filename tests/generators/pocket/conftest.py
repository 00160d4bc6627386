"""A small vocabulary and a random network for the pocket model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace

from text2sql.generators.pocket.model import PocketConfig, PocketModel
from text2sql.generators.pocket.pieces import Pieces


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer file that spells every word letter by letter."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789,:.?'"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters)]
    tokenizer = Tokenizer(WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    path = tmp_path_factory.mktemp("vocabulary") / "tokenizer.json"
    tokenizer.save(str(path))
    return path


@pytest.fixture
def pieces(vocabulary: Path) -> Pieces:
    return Pieces(vocabulary)


@pytest.fixture
def model() -> PocketModel:
    """A random network of a few thousand weights."""
    torch.manual_seed(0)
    config = PocketConfig(
        vocabulary=100,
        text_width=24,
        text_layers=2,
        text_heads=2,
        width=16,
        heads=2,
        encoder_layers=2,
        decoder_layers=2,
    )
    model = PocketModel(config)
    model.eval()  # type: ignore[no-untyped-call]
    model.extended = False  # random weights seldom close what the whole language lets them open
    return model
