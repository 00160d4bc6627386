"""Feedback is kept whole, by many at once, and comes out as questions to train on."""

from __future__ import annotations

import errno
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from text2sql.cli import main
from text2sql.errors import DataError
from text2sql.feedback import MAX_LENGTH, Feedback, FeedbackFile, FeedbackStore, open_feedback
from text2sql.spider import Example, load_examples

RIGHT = Feedback("How many?", "shop", "pocket", "SELECT count(*) FROM sale", "right")
WRONG = replace(RIGHT, verdict="wrong")
CORRECTED = replace(RIGHT, verdict="corrected", correct_sql="SELECT 'é'")


@pytest.fixture(params=["feedback.db", "feedback"])
def file(tmp_path: Path, request: pytest.FixtureRequest) -> FeedbackStore:
    """A place of each kind."""
    return open_feedback(tmp_path / "new" / request.param)


def test_what_was_kept_is_read_back_as_it_was(file: FeedbackStore) -> None:
    for entry in (RIGHT, WRONG, CORRECTED):
        file.add(entry)
    assert file.entries() == [RIGHT, WRONG, CORRECTED]
    assert file.counts() == {"right": 1, "wrong": 1, "corrected": 1}


def test_a_file_that_is_not_there_holds_nothing_and_is_not_made(file: FeedbackStore) -> None:
    assert file.entries() == []
    assert not file.path.exists()


def test_many_can_write_at_once(file: FeedbackStore) -> None:
    entries = [replace(RIGHT, question=f"question {number}") for number in range(40)]
    for attempt in range(5):  # the first entries of a file make its table, too
        new = open_feedback(file.path.with_name(f"{attempt}{file.path.suffix}"))
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(new.add, entries))
        assert sorted(new.entries(), key=str) == sorted(entries, key=str)


def test_the_export_is_a_question_file_in_which_the_last_word_counts(
    file: FeedbackStore, tmp_path: Path
) -> None:
    other = replace(RIGHT, question="Who?")
    taken_back = replace(RIGHT, question="When?")
    for entry in (RIGHT, other, taken_back, CORRECTED, replace(taken_back, verdict="wrong")):
        file.add(entry)
    assert file.export(tmp_path / "more.json") == 2
    assert load_examples(tmp_path / "more.json") == [
        Example("How many?", "SELECT 'é'", "shop"),
        Example("Who?", "SELECT count(*) FROM sale", "shop"),
    ]


@pytest.mark.parametrize("field", ["question", "sql", "correct_sql"])
def test_a_text_that_is_too_long_is_refused_and_not_cut(file: FeedbackStore, field: str) -> None:
    with pytest.raises(DataError, match="10,001 characters and the limit is 10,000; it was not"):
        file.add(replace(CORRECTED, **{field: "x" * (MAX_LENGTH + 1)}))
    assert file.entries() == []


def test_a_full_file_says_what_to_do(file: FeedbackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("text2sql.feedback.store.MAX_ENTRIES", 1)
    file.add(RIGHT)
    with pytest.raises(DataError, match="is full with 1 entries; export it"):
        file.add(RIGHT)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"could not be kept in .*serve --feedback names"):
        FeedbackFile(tmp_path / "file" / "feedback.db").add(RIGHT)


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "other.db").close()
    (tmp_path / "text.db").write_text("no database at all, but a text that is long enough")
    for name in ("other.db", "text.db"):
        with pytest.raises(DataError, match=f"{name}' holds no feedback"):
            FeedbackFile(tmp_path / name).entries()


def test_the_command_counts_and_exports(
    file: FeedbackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.add(RIGHT)
    file.add(WRONG)
    command = ["feedback", "--feedback", str(file.path)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{file.path}: 1 right, 1 wrong, 0 corrected\n"
    file.add(CORRECTED)
    assert main([*command, "--export", str(tmp_path / "more.json")]) == 0
    assert capsys.readouterr().out == f"1 question written to {tmp_path / 'more.json'}\n"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE feedback SET verdict = '<script>'",
        "UPDATE feedback SET question = x'ff'",
        "UPDATE feedback SET sql = NULL",
        "UPDATE feedback SET correct_sql = hex(zeroblob(10000))",
    ],
)
def test_an_entry_that_is_none_is_named(change: str, tmp_path: Path) -> None:
    file = FeedbackFile(tmp_path / "feedback.db")
    file.add(Feedback("Who?", "shop", "pocket", "SELECT 1", "right"))
    with closing(sqlite3.connect(file.path)) as connection, connection:
        connection.execute(change)
    for read in (file.entries, file.counts, lambda: file.export(tmp_path / "out.json")):
        with pytest.raises(DataError, match=r"Entry 1 of .*feedback.db' is no feedback; delete it"):
            read()
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("said", "FeedbackFolder"), ("said.db", "FeedbackFile"), ("old", "FeedbackFile"),
     ("there.d", "FeedbackFolder")],
)  # fmt: skip
def test_a_name_says_whether_it_is_a_file_or_a_folder(name: str, kind: str, tmp_path: Path) -> None:
    FeedbackFile(tmp_path / "old").add(RIGHT)
    (tmp_path / "there.d").mkdir()
    assert type(open_feedback(tmp_path / name)).__name__ == kind


SAY = """
import os, signal, sys
from pathlib import Path
from text2sql.cli import build_parser
from text2sql.feedback import Feedback, open_feedback
place = open_feedback(build_parser().parse_args(["serve"]).feedback)
for number in range(5):
    place.add(Feedback(f"{sys.argv[1]} {number}", "shop", "pocket", "SELECT 1", "right"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_volume_keeps_what_was_said_when_two_pages_at_once_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    volume = tmp_path / "data" / "feedback"
    monkeypatch.setenv("TEXT2SQL_FEEDBACK", str(volume))
    pages = [subprocess.Popen([sys.executable, "-c", SAY, page]) for page in ("a", "b")]
    assert [page.wait() for page in pages] == [-signal.SIGKILL] * 2
    assert main(["feedback"]) == 0  # the next process
    assert capsys.readouterr().out == f"{volume}: 10 right, 0 wrong, 0 corrected\n"
    said = [entry.question for entry in open_feedback(volume).entries()]
    assert sorted(said) == [f"{page} {number}" for page in "ab" for number in range(5)]
    for page in "ab":
        assert [one for one in said if one[0] == page] == [f"{page} {n}" for n in range(5)]


def test_an_entry_of_a_folder_is_written_once_and_without_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    monkeypatch.setattr("fcntl.lockf", refuse)
    place = open_feedback(tmp_path / "said")
    place.add(RIGHT)
    [first] = (tmp_path / "said").iterdir()
    written = first.stat()
    place.add(WRONG)
    assert place.entries() == [RIGHT, WRONG]
    assert (first.stat().st_mtime_ns, first.stat().st_ino) == (written.st_mtime_ns, written.st_ino)


@pytest.mark.parametrize("text", ["[]", "{}", '{"question": 1}', "null and void", "[" * 100_000])
def test_a_file_of_a_folder_that_is_no_entry_is_named(text: str, tmp_path: Path) -> None:
    place = open_feedback(tmp_path)
    place.add(RIGHT)
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(DataError, match=r"other\.json' (of .* is no|holds no) feedback"):
        place.entries()
    (tmp_path / "other.json").write_text("")  # made, and not written yet
    assert place.entries() == [RIGHT]
