"""What many tests share."""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.parrot import Parrot
from text2sql.databases import Database
from text2sql.generators import registry
from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice
from text2sql.spider import Example, load_examples

_TESTS = Path(__file__).parent
_NAMED = os.environ.get("TEXT2SQL_SPIDER_DIR")
_BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "spider"

# Read when the hub's client is imported, which no module above does: a test that names a model
# which is nowhere would else wait for the network.
os.environ["HF_HUB_OFFLINE"] = "1"

# A busy machine is no failure, and the same examples everywhere make a failure one to repeat.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


#: The folders whose files take longest, which are begun first: one of them begun last would keep
#: one process at work while the others have nothing left.
_LONGEST = ("ui", "train", "attacks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.relative_to(_TESTS).parts[0] not in _LONGEST)


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


@pytest.fixture(scope="session")
def dev_golds(spider_dir: Path) -> list[Example]:
    """Spider's dev questions, of those that share a gold query the first: 564 of 1,034."""
    found = load_examples(spider_dir / "dev.json")
    return list({(example.db_id, example.query): example for example in reversed(found)}.values())


_STADIUMS = """
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
    connection.executescript(_STADIUMS)
    connection.close()
    return Database.from_sqlite(path)


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """The model behind every name of one; ``queries`` is what it writes."""
    model = Parrot("SELECT nope FROM singer", "SELECT name FROM singer")

    def read(choice: ModelChoice) -> Generator:
        return model

    monkeypatch.setattr(registry, "_load", read)
    monkeypatch.setattr(registry, "_LOADED", OrderedDict())
    return model
