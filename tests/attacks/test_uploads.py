"""Hostile files: each ends in time with a sentence, runs nothing, and leaves nothing behind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.attacks.hostile_files import ACCEPTED, REFUSED
from text2sql.byte_cache import forget
from text2sql.errors import UploadError
from text2sql.linking import cell_index as indexing
from text2sql.linking import cell_reader
from text2sql.sandbox import run_query
from text2sql.ui.uploads.view import imported_html
from text2sql.uploads import importing
from text2sql.uploads.importing import Imported, UploadedFile, import_files
from text2sql.uploads.limits import LIMITS

_LONGEST_SENTENCE = 500
_MOST_SHOWN = 200_000  # characters of HTML
_LIMIT_S = 20.0  # in which a file is refused on a busy machine; most take hundredths of a second


def test_there_are_sixty_and_more() -> None:
    assert len(REFUSED) + len(ACCEPTED) + 8 >= 60


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    folder = tmp_path / "landed"
    folder.mkdir()
    return folder


def _refused(files: list[UploadedFile], landed: Path, limits: object = LIMITS) -> str:
    started = time.monotonic()
    with pytest.raises(UploadError) as raised:
        import_files(files, landed, limits)  # type: ignore[arg-type]
    assert time.monotonic() - started < _LIMIT_S
    assert list(landed.iterdir()) == []
    sentence = str(raised.value)
    assert str(landed.parent) not in sentence, "it shows a path of this machine"
    assert "Traceback" not in sentence
    assert len(sentence) <= _LONGEST_SENTENCE
    return sentence


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(case: str, tmp_path: Path, landed: Path) -> None:
    name, make, words = REFUSED[case]
    path = tmp_path / "arrived.bin"
    make(path)
    assert words in _refused([UploadedFile(name, path)], landed)


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_strange_file_is_taken_in_and_shown_in_short(
    case: str, tmp_path: Path, landed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_reader, "_COLUMN_S", 0.5)
    name, make = ACCEPTED[case]
    path = tmp_path / "arrived.bin"
    make(path)
    before = path.read_bytes()
    (imported,) = import_files([UploadedFile(name, path)], landed)
    assert path.read_bytes() == before
    assert {file.suffix for file in landed.iterdir()} <= {".sqlite", ".cells", ".source"}
    assert len(imported.database.db_id) <= 70
    shown = imported_html(imported)
    assert len(shown) < _MOST_SHOWN
    assert "<script>" not in shown
    _forget(imported)


def _forget(imported: Imported) -> None:
    forget(imported.database.path)


def _csv(folder: Path, number: int, content: str = "a,b\n1,2\n") -> UploadedFile:
    path = folder / f"arrived-{number}"
    path.write_text(content)
    return UploadedFile(f"table{number}.csv", path)


def test_files_that_are_wide_together_are_refused(tmp_path: Path, landed: Path) -> None:
    line = ",".join(f"c{n}" for n in range(160))
    files = [_csv(tmp_path, n, f"{line}\n{line}\n") for n in range(10)]
    assert "1,600 columns in all" in _refused(files, landed)


def test_notes_are_few(tmp_path: Path, landed: Path) -> None:
    file = _csv(tmp_path, 0, ",".join(f"c {n}" for n in range(150)) + "\n" + ",".join("1" * 150))
    (imported,) = import_files([file], landed)
    assert len(imported.notes) == 51
    assert imported.notes[-1] == "100 more notes of this kind."


def test_too_many_files_are_refused(tmp_path: Path, landed: Path) -> None:
    files = [_csv(tmp_path, n) for n in range(21)]
    assert "You chose 21 files" in _refused(files, landed)


def test_files_that_are_large_together_are_refused(tmp_path: Path, landed: Path) -> None:
    files = [_csv(tmp_path, n) for n in range(5)]
    for file in files:
        with file.path.open("r+b") as opened:
            opened.truncate(45_000_000)
    assert "225 MB in all; the limit is 200 MB" in _refused(files, landed)


def test_a_folder_a_link_and_a_device_are_no_files(tmp_path: Path, landed: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    for path in (tmp_path, tmp_path / "link", Path("/dev/zero"), tmp_path / "nowhere"):
        assert "is missing" in _refused([UploadedFile("a.csv", path)], landed)


@pytest.mark.parametrize("said", [None, b"", b"Killed", b'{"problem":'])
def test_a_reader_that_dies_is_a_sentence(
    said: bytes | None, tmp_path: Path, landed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "answer_of_process", lambda request, timeout_s: said)
    assert "need more than 60 s or too much memory" in _refused([_csv(tmp_path, 0)], landed)


def test_in_its_own_process_a_file_is_read_indexed_and_its_keys_are_known(
    tmp_path: Path, landed: Path
) -> None:
    (imported,) = import_files([_csv(tmp_path, 0, "id,name\n1,Ann Lee\n")], landed)
    assert imported.database.index is not None
    index = indexing.CellIndex.load(imported.database.index)
    assert index.words.find("ann") == {(1, "Ann Lee")}
    assert imported.database.keys_known


def test_a_query_on_a_file_that_has_gone_shows_no_path(tmp_path: Path, landed: Path) -> None:
    (imported,) = import_files([_csv(tmp_path, 0)], landed)
    assert imported.database.path is not None
    imported.database.path.unlink()
    error = run_query(imported.database, "SELECT 1").error or ""
    assert "table0" in error
    assert str(tmp_path) not in error
