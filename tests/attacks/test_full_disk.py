"""A full disk is a sentence and an exit status, and leaves nothing half-written under its name."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from text2sql.cli import main

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "text2sql" / "assets" / "samples" / "questions.json"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Writing beyond ``size`` bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "predictions.txt"
    path.write_text("SELECT 1\n" * 20)
    return path


@pytest.mark.parametrize(
    ("flag", "name", "size"),
    [
        ("--out", "run.db", 0),
        ("--out", "run.db", 9_000),
        ("--out", "run.db", 30_000),
        ("--html", "report.html", 20_000),
        ("--junit", "report.xml", 1_000),
        ("--summary", "summary.md", 0),
    ],
)
def test_scoring_says_so(
    flag: str, name: str, size: int, tmp_path: Path, predictions: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))
    target = tmp_path / name
    command = ["score", "--questions", str(QUESTIONS), "--predictions", str(predictions)]
    # what is measured starts processes of its own, which write nothing
    command += ["--metrics", "string_match", flag, str(target)]
    with files_of_at_most(size):
        status = main(command)
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert status == 2
    # SQLite calls a file that may not grow an error of the disk
    assert re.fullmatch(
        rf"text2sql: (The disk is full: )?'{target}' (was not|cannot be) (written|used).*", said
    )
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(f".{name}.")) == []
    if name == "run.db" and target.is_file() and target.stat().st_size:
        with closing(sqlite3.connect(target)) as run:
            assert run.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert main(command) == 0  # with room, the same command goes on
    assert target.stat().st_size > size


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48k", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_run_on_a_disk_that_fills_up_stays_one_that_can_go_on(
    small_disk: Path, predictions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = small_disk / "run.db"
    command = ["score", "--questions", str(QUESTIONS), "--predictions", str(predictions)]
    assert main([*command, "--metrics", "string_match", "--out", str(out)]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"text2sql: The disk is full: '{out}' was not written")
    with closing(sqlite3.connect(out)) as run:
        assert run.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert run.execute("SELECT count(*) FROM predictions").fetchone()[0] > 10


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_has_no_room_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "text2sql", "databases"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    sentence = "text2sql: The disk is full; free some space and try again.\n"
    assert (done.returncode, done.stderr) == (2, sentence)
