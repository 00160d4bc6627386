"""Files and folders are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from text2sql.atomic import is_disk_full, new_file, new_folder, sweep, write_text
from text2sql.errors import SaveError


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_is_seen_only_once_it_is_complete(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.txt") as part:
        part.write_text("all of it")
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "all of it"
    assert names(tmp_path) == ["a.txt"]


def test_an_error_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")

    def write_half() -> None:
        with new_file(tmp_path / "a.txt") as part:
            part.write_text("half")
            raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        write_half()
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_new_file_keeps_the_rights_of_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    (tmp_path / "a.txt").chmod(0o600)
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o600


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a.txt")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_text(tmp_path / "pipe", "text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_a_folder_is_seen_only_once_it_is_complete(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with new_folder(tmp_path / "model") as part:
            (part / text).touch()
            assert not (tmp_path / "model" / "new").exists()
    assert names(tmp_path) == ["model", "model/new"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        RuntimeError("I/O error: No space left on device (os error 28)"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_full_disk_leaves_what_was_there(before: bool, error: Exception, tmp_path: Path) -> None:
    target = tmp_path / "adapter"
    if before:
        with new_folder(target) as part:
            (part / "weights").touch()

    def write_half() -> None:
        with new_folder(target) as part:
            (part / "half").touch()
            raise error

    with pytest.raises(SaveError, match=r"The disk is full: .*adapter' was not written"):
        write_half()
    assert names(tmp_path) == (["adapter", "adapter/weights"] if before else [])


def test_what_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "a.txt", tmp_path / "none" / "a.txt", tmp_path):
        with pytest.raises(SaveError, match=r"cannot be written .*another name or folder"):
            write_text(path, "text")
    sentence = r"file/model' cannot be written"
    with pytest.raises(SaveError, match=sentence), new_folder(tmp_path / "file" / "model"):
        pass
    assert names(tmp_path) == ["file"]


def test_other_errors_are_not_called_a_full_disk(tmp_path: Path) -> None:
    assert not is_disk_full(RuntimeError("PytorchStreamWriter failed writing file"), tmp_path)
    with pytest.raises(ValueError, match="a defect"), new_folder(tmp_path / "adapter"):
        raise ValueError("a defect")


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_ends_in_the_middle_of_a_file_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with files_of_at_most(100), pytest.raises(SaveError, match="The disk is full"):
        write_text(tmp_path / "a.txt", "new" * 1000)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


_KILLED = """
import os, sys, time
from pathlib import Path
from text2sql.atomic import new_file, new_folder
with new_file(Path(sys.argv[1]) / "a.txt") as file, new_folder(Path(sys.argv[1]) / "b") as folder:
    file.write_text("half")
    (folder / "half").touch()
    print("now", flush=True)
    time.sleep(60)
"""


def test_parts_of_a_living_writer_stay_and_those_of_a_killed_one_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "now\n"
        sweep(tmp_path)
        assert len(names(tmp_path)) == 3
        writer.send_signal(signal.SIGKILL)
    sweep(tmp_path)
    assert names(tmp_path) == []


def test_a_folder_whose_writer_was_killed_between_two_renames_comes_back(tmp_path: Path) -> None:
    with new_folder(tmp_path / "model") as part:
        (part / "weights").touch()
    (tmp_path / "model").rename(tmp_path / ".model.0123abcd.old")
    sweep(tmp_path)
    assert names(tmp_path) == ["model", "model/weights"]


def test_other_hidden_files_are_left_alone(tmp_path: Path) -> None:
    for name in (".notes", ".a.part", ".a.0123abcd.part~", "a.0123abcd.part"):
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / ".a.0123abcd.part")
    sweep(tmp_path)
    assert len(names(tmp_path)) == 5
