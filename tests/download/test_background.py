"""Spider arriving while the page is up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.download.conftest import Server, sha256
from text2sql.databases import Catalog, Database
from text2sql.download.background import FetchState, SpiderFetch
from text2sql.download.spider import ProgressCallback, SpiderArchive, download_spider
from text2sql.errors import DownloadError, UnknownDatabase

_PATIENCE_S = 60.0


def fetch_to(folder: Path, source: SpiderArchive, catalog: Catalog) -> SpiderFetch:
    return SpiderFetch(catalog, lambda _, tell: download_spider(folder, tell, source))


@pytest.fixture
def source(server: Server, spider_zip: bytes) -> SpiderArchive:
    server.content = spider_zip
    return SpiderArchive((server.url,), sha256(spider_zip))


def test_its_databases_join_the_catalog_between_the_samples_and_the_files(
    source: SpiderArchive, tmp_path: Path
) -> None:
    samples = Catalog.open()
    names = [database.db_id for database in samples]
    catalog = Catalog.open(sqlite=[_path(samples.get("clinic"))])
    fetch = fetch_to(tmp_path / "spider", source, catalog)
    with pytest.raises(UnknownDatabase):
        catalog.get("opera")
    fetch.start()
    fetch.join(_PATIENCE_S)
    assert fetch.state == FetchState("Ready", databases=1)
    assert [database.db_id for database in catalog] == [*names, "opera", "clinic-2"]
    assert [example.question for example in catalog.examples("opera")] == ["How many?"]
    assert catalog.get("clinic").group == "Samples"


def test_whoever_is_half_through_the_list_is_not_disturbed(
    source: SpiderArchive, tmp_path: Path
) -> None:
    catalog = Catalog.open()
    names = [database.db_id for database in catalog]
    reading = iter(catalog)
    seen = [next(reading).db_id]
    fetch = fetch_to(tmp_path / "spider", source, catalog)
    fetch.start()
    fetch.join(_PATIENCE_S)
    assert [*seen, *(database.db_id for database in reading)] == names


def test_how_far_it_is_can_be_read_meanwhile(source: SpiderArchive, tmp_path: Path) -> None:
    told, go_on = threading.Event(), threading.Event()

    def slow(_: Path | None, tell: ProgressCallback) -> Path:
        tell("Downloading", 51, 206)
        told.set()
        go_on.wait(_PATIENCE_S)
        return download_spider(tmp_path / "spider", tell, source)

    fetch = SpiderFetch(Catalog.open(), slow)
    fetch.start()
    assert told.wait(_PATIENCE_S)
    assert (fetch.state, fetch.state.ended) == (FetchState("Downloading", 51, 206), False)
    go_on.set()
    fetch.join(_PATIENCE_S)
    assert fetch.state.ended


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (DownloadError("There is no connection."), "There is no connection."),
        (ZeroDivisionError("on purpose"), "ZeroDivisionError, see the log"),
    ],
)
def test_a_failure_is_told_and_the_samples_stay(failure: Exception, sentence: str) -> None:
    def fails(_: Path | None, tell: ProgressCallback) -> Path:
        raise failure

    catalog = Catalog.open()
    names = [database.db_id for database in catalog]
    fetch = SpiderFetch(catalog, fails)
    fetch.start()
    fetch.join(_PATIENCE_S)
    assert fetch.state == FetchState("Failed", error=sentence)
    assert [database.db_id for database in catalog] == names


def _path(database: Database) -> Path:
    assert database.path is not None
    return database.path
