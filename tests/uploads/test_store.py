"""Visitors' databases: apart from one another, and gone when they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from text2sql.errors import UploadError
from text2sql.uploads.importing import Brought
from text2sql.uploads.limits import LIMITS
from text2sql.uploads.store import Shelf

SqliteFile = Callable[[str, str], Brought]
SCRIPT = "CREATE TABLE a (x)"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "shelf")
    yield shelf
    shelf.close()


def test_nothing_is_made_before_somebody_brings_something(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.of("ann") == {}
    assert not (tmp_path / "shelf").exists()


def test_a_visitor_sees_her_own_databases_only(shelf: Shelf, sqlite_file: SqliteFile) -> None:
    shelf.add("ann", [sqlite_file("shop.db", SCRIPT)])
    assert (list(shelf.of("ann")), shelf.of("bob")) == (["shop"], {})


def test_a_name_that_is_taken_gets_a_number(shelf: Shelf, sqlite_file: SqliteFile) -> None:
    for _ in range(2):
        shelf.add("ann", [sqlite_file("clinic.db", SCRIPT)], taken={"clinic"})
    assert list(shelf.of("ann")) == ["clinic-2", "clinic-3"]


def test_a_removed_database_is_deleted(
    shelf: Shelf, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    shelf.add("ann", [sqlite_file("shop.db", SCRIPT)])
    shelf.remove("bob", "shop")
    assert list(shelf.of("ann")) == ["shop"]
    shelf.remove("ann", "shop")
    assert shelf.of("ann") == {}
    assert list((tmp_path / "shelf").rglob("*.sqlite")) == []


def test_a_visitor_who_is_forgotten_leaves_nothing(
    shelf: Shelf, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    shelf.add("ann", [sqlite_file("shop.db", SCRIPT)])
    shelf.add("bob", [sqlite_file("shop.db", SCRIPT)])
    shelf.forget("ann")
    shelf.forget("ann")
    assert (shelf.of("ann"), list(shelf.of("bob"))) == ({}, ["shop"])
    assert len(list((tmp_path / "shelf").rglob("*.sqlite"))) == 1


def test_a_visitor_has_a_limited_number(tmp_path: Path, sqlite_file: SqliteFile) -> None:
    shelf = Shelf(tmp_path / "shelf", replace(LIMITS, databases=1))
    shelf.add("ann", [sqlite_file("shop.db", SCRIPT)])
    with pytest.raises(UploadError, match=r"You have 1 databases here, and the limit is 1"):
        shelf.add("ann", [sqlite_file("more.db", SCRIPT)])
    assert len(list((tmp_path / "shelf").rglob("*.sqlite"))) == 1
    shelf.close()


def test_folders_that_a_killed_process_left_are_swept_away_and_those_of_a_living_one_stay(
    shelf: Shelf, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    parent = tmp_path / "shelf"
    shelf.add("ann", [sqlite_file("alive.db", SCRIPT)])
    killed = (
        "import os, sys; from pathlib import Path; from text2sql.uploads.importing import Brought; "
        "from text2sql.uploads.store import Shelf\n"
        "Shelf(Path(sys.argv[1])).add('bob', [Brought('dead.db', Path(sys.argv[2]))])\n"
        "os._exit(9)"
    )
    file = sqlite_file("dead.db", SCRIPT).path
    done = subprocess.run([sys.executable, "-c", killed, str(parent), str(file)], check=False)
    assert (done.returncode, len(list(parent.rglob("*.sqlite")))) == (9, 2)
    Shelf(parent)
    assert len(list(parent.rglob("*.sqlite"))) == 1
    assert list(shelf.of("ann")) == ["alive"]


def test_closing_deletes_everything(shelf: Shelf, sqlite_file: SqliteFile, tmp_path: Path) -> None:
    shelf.add("ann", [sqlite_file("shop.db", SCRIPT)])
    shelf.close()
    assert (shelf.of("ann"), list((tmp_path / "shelf").iterdir())) == ({}, [])


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path, sqlite_file: SqliteFile) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UploadError, match="Nothing can be kept here"):
        Shelf(tmp_path / "file" / "shelf").add("ann", [sqlite_file("shop.db", SCRIPT)])
