"""Fetching one file from a server that may misbehave."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.download.conftest import Server, sha256
from text2sql.download.fetch import fetch
from text2sql.errors import DownloadError

CONTENT = bytes(range(256)) * 5000
DIGEST = sha256(CONTENT)


@pytest.fixture
def target(tmp_path: Path, server: Server) -> Path:
    server.content = CONTENT
    return tmp_path / "new folder" / "file.zip"


def failure(server: Server, target: Path, digest: str = DIGEST, port: int | None = None) -> str:
    url = server.url if port is None else f"http://127.0.0.1:{port}/file"
    with pytest.raises(DownloadError) as caught:
        fetch([url], target, digest, pause_s=0)
    assert not target.exists()
    return str(caught.value)


def test_a_file_arrives_whole_and_its_progress_is_told(server: Server, target: Path) -> None:
    told: list[tuple[int, int]] = []
    fetch([server.url], target, DIGEST, lambda done, total: told.append((done, total)))
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_cut_connection_is_taken_up_where_it_broke(server: Server, target: Path) -> None:
    server.faults = ["cut", "cut"]
    fetch([server.url], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT
    half, rest = len(CONTENT) // 2, len(CONTENT) - len(CONTENT) // 2
    assert server.ranges == [None, f"bytes={half}-", f"bytes={half + rest // 2}-"]


def test_what_an_earlier_run_fetched_is_not_fetched_again(server: Server, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("file.zip.part").write_bytes(CONTENT[:1000])
    told: list[int] = []
    fetch([server.url], target, DIGEST, lambda done, _: told.append(done))
    assert target.read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-"]
    assert told[0] > 1000


def test_a_part_that_is_already_whole_needs_no_byte(server: Server, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("file.zip.part").write_bytes(CONTENT)
    fetch([server.url], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(CONTENT)}-"]


def test_a_file_that_is_there_already_is_not_asked_for(server: Server, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(CONTENT)
    fetch([server.url], target, DIGEST)
    assert server.ranges == []


@pytest.mark.parametrize("kept", [b"something else", CONTENT + b"too long"])
def test_a_part_of_another_file_is_replaced(server: Server, target: Path, kept: bytes) -> None:
    target.parent.mkdir()
    target.with_name("file.zip.part").write_bytes(kept)
    fetch([server.url], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(kept)}-", None]


def test_a_server_without_ranges_is_read_from_the_start(server: Server, target: Path) -> None:
    server.faults = ["cut", "no-range"]
    fetch([server.url], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT


def test_a_passing_fault_of_the_server_is_waited_out(server: Server, target: Path) -> None:
    server.faults = ["503", "429", "500"]
    fetch([server.url], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT


def test_the_second_address_is_used_where_the_first_has_nothing(
    server: Server, target: Path
) -> None:
    server.faults = ["404"]
    fetch([server.url, server.url + "?second"], target, DIGEST, pause_s=0)
    assert target.read_bytes() == CONTENT
    assert len(server.ranges) == 2


def test_a_wrong_digest_is_named_and_nothing_is_kept(server: Server, target: Path) -> None:
    assert failure(server, target, "0" * 64) == (
        f"The download failed ({server.url}: its SHA-256 is {DIGEST}, not {'0' * 64})."
    )
    assert list(target.parent.iterdir()) == []
    assert server.ranges == [None]


def test_a_connection_that_keeps_breaking_leaves_what_came(server: Server, target: Path) -> None:
    server.faults = ["cut"] * 8
    message = failure(server, target)
    kept = target.with_name("file.zip.part").stat().st_size
    assert len(CONTENT) * 0.99 < kept < len(CONTENT)
    assert message == (
        f"The download failed ({server.url}: the connection ended after {kept:,} of "
        f"{len(CONTENT):,} bytes); {kept:,} bytes are kept; run the same command again to continue."
    )


def test_a_missing_file_is_not_asked_for_again(server: Server, target: Path) -> None:
    server.faults = ["404"]
    assert failure(server, target) == (
        f"The download failed ({server.url}: the server answered 404 Not Found)."
    )
    assert len(server.ranges) == 1


def test_an_unreachable_server_is_named(server: Server, target: Path) -> None:
    assert "there is no connection ([Errno" in failure(server, target, port=1)


def test_another_part_than_was_asked_for_is_refused(server: Server, target: Path) -> None:
    server.faults = ["cut", "shifted"]
    assert "the server sent a different part of the file" in failure(server, target)


def test_a_folder_that_cannot_be_written_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError) as caught:
        fetch([server.url], tmp_path / "file" / "x.zip", DIGEST)
    assert str(caught.value) == (
        f"{str(tmp_path / 'file' / 'x.zip.part')!r} cannot be written (File exists); check the "
        "free space and your permissions, or choose another folder with --to."
    )
    assert server.ranges == []
