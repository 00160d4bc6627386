"""The collections of questions that the pocket model is trained on and evaluated with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.train.asked.conftest import content
from text2sql.errors import DataError
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from train.asked.build import build
from train.asked.dataset import AskedDatabase
from train.pocket.collection import Collection, read_folder, read_spider
from train.pocket.corpus import read_corpus
from train.pocket.held_out import HeldOutEvaluator


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    build([AskedDatabase(content())], tmp_path / "asked")
    return tmp_path / "asked"


def test_databases_of_two_collections_never_share_a_name(spider: Path, asked: Path) -> None:
    corpus = read_corpus([read_spider(spider), read_folder(asked, "asked")])
    assert {r.db_id for r in corpus.training if r.source == "asked"} == {"asked/choir"}


def test_a_missing_held_out_database_is_named(asked: Path) -> None:
    with pytest.raises(DataError, match=r"lacks asked/band, which held_out\.toml names; remove"):
        read_folder(asked, "asked", {"band"})


def test_a_held_out_gold_outside_the_language_counts_as_wrong(
    asked: Path, model: PocketModel, pieces: Pieces
) -> None:
    questions = json.loads((asked / "questions.json").read_text())
    questions[0]["query"] = "SELECT julianday('2020-01-01')"
    (asked / "questions.json").write_text(json.dumps(questions))
    for by_rows in (True, False):
        corpus = read_corpus([read_folder(asked, "asked", {"choir"}, by_rows)])
        assert HeldOutEvaluator(corpus, pieces, 10).right(model) == {"asked": 0.0}


def test_every_collection_is_evaluated_separately(
    spider: Path, asked: Path, model: PocketModel, pieces: Pieces
) -> None:
    both: list[Collection] = [
        read_spider(spider, held_out_share=0.2),
        read_folder(asked, "asked", {"choir"}, judged_by_rows=True),
    ]
    evaluator = HeldOutEvaluator(read_corpus(both), pieces, 2)
    assert set(evaluator.right(model)) == {"spider", "asked"}
    assert len(evaluator.records) == 4
