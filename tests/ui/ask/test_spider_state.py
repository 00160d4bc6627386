"""The line about Spider's databases on their way."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from text2sql.databases import Catalog
from text2sql.download.background import FetchState, SpiderFetch
from text2sql.download.spider import ProgressCallback
from text2sql.errors import DownloadError
from text2sql.ui.ask.spider_state import SpiderState, described

from ..server import make_catalog


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FetchState(), 'value="0" aria-label="Progress"'),
        (
            FetchState("Downloading", 51_500_000, 206_000_000),
            "added to the list. Downloading 206 MB<",
        ),
        (FetchState("Downloading", 5, 10), '<progress max="10" value="5"'),
        (FetchState("Ready", databases=166), ">Added 166 databases of Spider to the list.<"),
        (
            FetchState("Failed", error="No <b>way</b>."),
            "sample databases are listed. No &lt;b&gt;way",
        ),
    ],
)
def test_every_state_is_a_sentence(state: FetchState, words: str) -> None:
    assert words in described(state)


def test_the_list_grows_and_the_clock_stops_once_spider_is_there(tmp_path: Path) -> None:
    make_catalog(tmp_path)  # a folder in Spider's layout that holds a shop

    def download(_: Path | None, tell: ProgressCallback) -> Path:
        return tmp_path

    fetch = SpiderFetch(Catalog.open(), download)
    state = SpiderState(fetch, fetch.catalog)
    assert state.show()[1:] == (gr.skip(), gr.skip())
    fetch.start()
    fetch.join(60)
    line, clock, dropdown = state.show()
    assert "Added 1 database of Spider to the list." in line
    assert clock.active is False
    assert ("Spider / shop · customer, sale", "shop") in dropdown.choices


def test_after_a_failure_the_samples_are_still_the_list() -> None:
    def download(_: Path | None, tell: ProgressCallback) -> Path:
        raise DownloadError("There is no connection.")

    fetch = SpiderFetch(Catalog.open(), download)
    fetch.start()
    fetch.join(60)
    line, clock, dropdown = SpiderState(fetch, fetch.catalog).show()
    assert "There is no connection." in line
    assert clock.active is False
    assert {db_id for _, db_id in dropdown.choices} == {
        database.db_id for database in Catalog.open()
    }
