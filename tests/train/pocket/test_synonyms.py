"""Synonyms read from WordNet's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.errors import DataError
from train.pocket.synonyms import wordnet_synonyms

_LICENCE = "  1 This software and database is being provided to you\n"
_DATA = (
    "00000010 15 n 03 city 0 urban_center 0 metropolis 0 001 @ 00000020 n 0000 | a town\n"
    "00000020 15 n 01 large_town 0 000 | large\n"
)
_INDEX = (
    "city n 2 1 @ 2 1 00000010 00000020\n"
    "urban_center n 1 2 @ ~ 1 0 00000010\n"
    "large_town n 1 0 1 0 00000020\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data.noun").write_text(_LICENCE + _DATA)
    (tmp_path / "index.noun").write_text(_LICENCE + _INDEX)
    (tmp_path / "data.adj").write_text("00000030 00 a 02 large(a) 0 big 0 000 | of size\n")
    (tmp_path / "index.adj").write_text("large a 1 0 1 1 00000030\n")
    return tmp_path


def test_a_word_has_the_other_words_of_its_most_frequent_sense(folder: Path) -> None:
    assert wordnet_synonyms(folder) == {
        "city": ["urban center", "metropolis"],
        "urban center": ["city", "metropolis"],
        "large": ["big"],
    }


def test_a_folder_without_wordnet_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="wordnet-base"):
        wordnet_synonyms(tmp_path)
