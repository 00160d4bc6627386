"""A small world for the pocket model: stadiums, concerts, and a vocabulary of a few words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace

from text2sql.databases import Database
from text2sql.generators.pocket.features import Pieces
from text2sql.generators.pocket.model import PocketConfig, PocketModel

_SCRIPT = """
CREATE TABLE stadium (stadium_id INTEGER PRIMARY KEY, name TEXT, city TEXT, capacity INTEGER);
CREATE TABLE concert (
    concert_id INTEGER PRIMARY KEY, title TEXT, year INTEGER, stadium_id INTEGER,
    handed TEXT, FOREIGN KEY (stadium_id) REFERENCES stadium (stadium_id)
);
CREATE TABLE flight (
    flight_id INTEGER PRIMARY KEY, source_id INTEGER, target_id INTEGER,
    FOREIGN KEY (source_id) REFERENCES stadium (stadium_id),
    FOREIGN KEY (target_id) REFERENCES stadium (stadium_id)
);
INSERT INTO stadium VALUES (1, 'Hampden Park', 'Glasgow', 52500), (2, 'Balmoor', 'Peterhead', 4000);
INSERT INTO concert VALUES (1, 'Home Visits', 2014, 1, 'L'), (2, 'Week 1', 2015, 2, 'R');
INSERT INTO flight VALUES (1, 1, 2);
"""


@pytest.fixture
def stadiums(tmp_path: Path) -> Database:
    path = tmp_path / "stadiums.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(_SCRIPT)
    connection.close()
    return Database.from_sqlite(path)


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
    return model
