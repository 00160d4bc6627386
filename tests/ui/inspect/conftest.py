"""Scored items, and runs of them in a folder, about the shop that the page's tests serve."""

from __future__ import annotations

import pytest

from tests.ui.server import GOLD, make_catalog, make_runs
from text2sql.databases import Catalog
from text2sql.evaluation.folder import RunFolder
from text2sql.evaluation.items import Item
from text2sql.evaluation.run import Prediction
from text2sql.evaluation.scoring import Scorer
from text2sql.spider import Example

QUESTIONS = tuple(GOLD)
#: right; wrong rows; does not run; right, said otherwise
PREDICTIONS = (
    GOLD[QUESTIONS[0]],
    "SELECT name FROM customer WHERE id > 1",
    "SELECT nope FROM customer",
    "SELECT count(id) FROM customer",
)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return make_catalog(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def items(shop: Catalog) -> tuple[Item, ...]:
    """One of each kind, in the order of ``PREDICTIONS``."""
    scorer = Scorer(shop)
    golds = [*GOLD.items(), (QUESTIONS[0], GOLD[QUESTIONS[0]])]
    examples = [Example(question, gold, "shop") for question, gold in golds]
    return tuple(
        scorer.item(e, Prediction(p, 0.25)) for e, p in zip(examples, PREDICTIONS, strict=True)
    )


@pytest.fixture(scope="session")
def folder(shop: Catalog, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The runs that the page's tests have."""
    return RunFolder(make_runs(tmp_path_factory.mktemp("runs"), shop))
