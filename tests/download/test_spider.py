"""Getting Spider: fetch, verify, unpack, and only then let it appear."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from tests.download.conftest import Server, sha256, zipped
from text2sql.cli import main
from text2sql.databases import Catalog
from text2sql.download.spider import SpiderArchive, download_spider, official_source
from text2sql.errors import DownloadError


@pytest.fixture
def source(server: Server, spider_zip: bytes) -> SpiderArchive:
    server.content = spider_zip
    return SpiderArchive((server.url,), sha256(spider_zip))


def left(folder: Path) -> set[str]:
    """What lies in a folder, lock files aside (where the system leaves them)."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_the_folder_ends_up_in_spiders_layout_and_nothing_beside_it(
    source: SpiderArchive, tmp_path: Path
) -> None:
    told: list[str] = []
    folder = download_spider(tmp_path / "spider", lambda what, *_: told.append(what), source)
    assert folder == tmp_path / "spider"
    assert left(folder) == {"tables.json", "dev.json", "database"}
    assert left(tmp_path) == {"spider"}
    assert list(dict.fromkeys(told)) == ["Downloading", "Unpacking"]
    assert "opera" in Catalog.open(folder)


def test_the_cache_is_the_default_and_is_found_without_a_flag(
    source: SpiderArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))
    assert download_spider(source=source) == tmp_path / "cache" / "spider"
    assert Catalog.open().get("opera").path is not None


def test_what_is_there_is_not_fetched_again(
    source: SpiderArchive, server: Server, tmp_path: Path
) -> None:
    download_spider(tmp_path / "spider", source=source)
    asked = len(server.ranges)
    assert download_spider(tmp_path / "spider", source=source) == tmp_path / "spider"
    assert len(server.ranges) == asked


def test_an_interrupted_download_goes_on(
    source: SpiderArchive, server: Server, tmp_path: Path
) -> None:
    part = tmp_path / "spider.zip.part"
    part.write_bytes(server.content[:100])
    download_spider(tmp_path / "spider", source=source)
    assert server.ranges == ["bytes=100-"]
    assert left(tmp_path) == {"spider"}


def test_what_a_killed_process_left_is_cleared_away(source: SpiderArchive, tmp_path: Path) -> None:
    (tmp_path / ".spider.unpacking").mkdir()
    (tmp_path / ".spider.unpacking" / "half").touch()
    (tmp_path / "spider").mkdir()
    download_spider(tmp_path / "spider", source=source)
    assert left(tmp_path) == {"spider"}


def test_a_wrong_digest_leaves_no_folder(source: SpiderArchive, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=f"its SHA-256 is {source.sha256}, not {'0' * 64}"):
        download_spider(tmp_path / "spider", source=SpiderArchive(source.urls, "0" * 64))
    assert left(tmp_path) == set()


def test_an_archive_of_something_else_leaves_no_folder(server: Server, tmp_path: Path) -> None:
    server.content = zipped({"readme.txt": "hello"})
    with pytest.raises(DownloadError, match="does not hold Spider"):
        download_spider(
            tmp_path / "spider", source=SpiderArchive((server.url,), sha256(server.content))
        )
    assert left(tmp_path) == {"spider.zip"}


def test_a_folder_with_other_things_is_left_alone(source: SpiderArchive, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(DownloadError) as caught:
        download_spider(tmp_path, source=source)
    assert str(caught.value) == (
        f"{str(tmp_path)!r} exists and is not Spider; choose another folder with --to."
    )
    assert left(tmp_path) == {"thesis.txt"}


def test_two_downloads_to_one_place_do_not_meet(source: SpiderArchive, tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / ".spider.lock"),
        pytest.raises(DownloadError, match="Another process is downloading"),
    ):
        download_spider(tmp_path / "spider", source=source)


def test_a_cache_that_cannot_be_written_is_named(source: SpiderArchive, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "spider"
    with pytest.raises(DownloadError) as caught:
        download_spider(folder, source=source)
    assert str(caught.value) == (
        f"{str(folder)!r} cannot be written (File exists); choose another folder with --to, "
        "or another cache with TEXT2SQL_CACHE_DIR."
    )


def test_an_archive_of_ones_own_is_verified_and_kept(
    source: SpiderArchive, server: Server, tmp_path: Path
) -> None:
    archive = tmp_path / "mine.zip"
    archive.write_bytes(server.content)
    download_spider(tmp_path / "spider", source=source, archive=archive)
    assert server.ranges == []
    assert left(tmp_path) == {"spider", "mine.zip"}
    archive.write_bytes(b"another")
    with pytest.raises(DownloadError, match="is not Spider's archive: its SHA-256 is"):
        download_spider(tmp_path / "second", source=source, archive=archive)
    with pytest.raises(DownloadError, match="There is no file"):
        download_spider(tmp_path / "second", source=source, archive=tmp_path / "none.zip")


def test_the_official_source_is_the_hub_then_google_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    hub, drive = official_source().urls
    assert hub == (
        "https://huggingface.co/datasets/HAL-9001/spider-databases/resolve/main/spider_data.zip"
    )
    assert drive.startswith("https://drive.usercontent.google.com/download?id=1403EGqzIDoHMdQF4c9B")
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example/")
    assert official_source().urls[0].startswith("http://mirror.example/datasets/HAL-9001/")


def test_the_command_prints_the_folder_and_shows_progress(
    source: SpiderArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("text2sql.download.spider.official_source", lambda: source)
    assert main(["download", "spider", "--to", str(tmp_path / "spider")]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'spider'}\n"
    assert "Downloading: 100%" in captured.err
    assert "Unpacking: 100%" in captured.err


def test_the_command_says_what_failed_with_status_2(
    source: SpiderArchive,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.faults = ["404"]
    monkeypatch.setattr("text2sql.download.spider.official_source", lambda: source)
    assert main(["download", "spider", "--to", str(tmp_path / "spider")]) == 2
    assert capsys.readouterr().err == (
        f"text2sql: The download failed ({server.url}: the server answered 404 Not Found).\n"
    )
