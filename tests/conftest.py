"""What many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "spider"


@pytest.fixture(scope="session")
def spider_dir() -> Path:
    """Spider in its official layout, which is never part of the repository."""
    named = os.environ.get("TEXT2SQL_SPIDER_DIR")
    folder = Path(named) if named else _BESIDE_THE_REPOSITORY
    if not (folder / "tables.json").is_file():
        pytest.skip("needs Spider: set TEXT2SQL_SPIDER_DIR to the folder that holds tables.json")
    return folder
