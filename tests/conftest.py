"""What many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import text2sql.pipeline as pipeline
from tests.parrot import Parrot
from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice

_NAMED = os.environ.get("TEXT2SQL_SPIDER_DIR")
_BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "spider"

# Read when the hub's client is imported, which no module above does: a test that names a model
# which is nowhere would else wait for the network.
os.environ["HF_HUB_OFFLINE"] = "1"

# A busy machine is no failure, and the same examples everywhere make a failure one to repeat.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _no_folders_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Tests see the bundled samples only, unless they name a folder."""
    monkeypatch.delenv("TEXT2SQL_SPIDER_DIR", raising=False)
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "no-cache"))


@pytest.fixture(scope="session")
def spider_dir() -> Path:
    """Spider in its official layout, which is never part of the repository."""
    folder = Path(_NAMED) if _NAMED else _BESIDE_THE_REPOSITORY
    if not (folder / "tables.json").is_file():
        pytest.skip("needs Spider: set TEXT2SQL_SPIDER_DIR to the folder that holds tables.json")
    return folder


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """The model behind every name of one; ``queries`` is what it writes."""
    model = Parrot("SELECT nope FROM singer", "SELECT name FROM singer")

    def read(choice: ModelChoice) -> Generator:
        return model

    monkeypatch.setattr(pipeline, "_read_generator", read)
    monkeypatch.setattr(pipeline, "_GENERATORS", {})
    return model
