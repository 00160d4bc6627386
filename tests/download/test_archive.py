"""Unpacking an archive that a stranger made."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from tests.download.conftest import zipped
from text2sql.download.archive import unpack
from text2sql.errors import DownloadError


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def make(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(content)
    return path


def refused(tmp_path: Path, archive: Path, max_bytes: int = 1 << 30) -> str:
    """The message, having checked that nothing was left anywhere."""
    with pytest.raises(DownloadError) as caught:
        unpack(archive, tmp_path / "out" / "deep", max_bytes=max_bytes)
    assert {path.name for path in tmp_path.rglob("*")} <= {"in", "out", archive.name}
    return str(caught.value)


def test_files_come_out_and_what_macos_added_does_not(tmp_path: Path) -> None:
    content = zipped({"a/b.txt": "b", "c": "c", "__MACOSX/a/._b.txt": "x", "a/.DS_Store": "x"})
    told: list[tuple[int, int]] = []
    unpack(
        make(tmp_path, content), tmp_path / "out", lambda done, total: told.append((done, total))
    )
    assert tree(tmp_path / "out") == {"a/b.txt": b"b", "c": b"c"}
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/tmp/evil", "..\\evil", "C:evil", "C:\\evil", "a\\..\\b"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    archive = make(tmp_path, zipped({"good": "x", name: "x"}))
    assert refused(tmp_path, archive) == (
        f"{str(archive)!r} holds {name!r}, which is a link, encrypted, or leads out of the "
        "folder; nothing was unpacked."
    )


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "holds 'link', which is a link" in refused(tmp_path, path)


def test_an_archive_that_would_swell_is_refused_unopened(tmp_path: Path) -> None:
    archive = make(tmp_path, zipped({f"zeros{n}": bytes(1_000_000) for n in range(3)}))
    assert archive.stat().st_size < 10_000
    assert refused(tmp_path, archive, max_bytes=2_000_000) == (
        f"{str(archive)!r} would unpack to 3,000,000 bytes in 3 files, more than Spider can be; "
        "it is not the right file."
    )


def test_a_member_longer_than_it_says_ends_the_unpacking(tmp_path: Path) -> None:
    content = zipped({"zeros": bytes(1_000_000)})
    honest = (1_000_000).to_bytes(4, "little")
    assert content.count(honest) == 2
    archive = make(tmp_path, content.replace(honest, (1000).to_bytes(4, "little")))
    assert "is damaged (Bad CRC-32 for file 'zeros')" in refused(tmp_path, archive)


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_an_archive_cut_short_is_called_damaged(tmp_path: Path, keep: int) -> None:
    archive = make(tmp_path, zipped({"a": "hello" * 100})[:keep])
    assert refused(tmp_path, archive).endswith("; delete it and download it again.")


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": bytes(range(256)) * 10}))
    content[60] ^= 0xFF
    assert "is damaged (" in refused(tmp_path, make(tmp_path, bytes(content)))


def test_a_name_that_comes_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", "second")
    assert "cannot be unpacked" in refused(tmp_path, path)
