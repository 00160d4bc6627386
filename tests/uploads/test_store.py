"""Visitors' databases: apart from one another, and gone when they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from text2sql.errors import UploadError
from text2sql.uploads.importing import UploadedFile
from text2sql.uploads.limits import LIMITS
from text2sql.uploads.store import UploadStore

SqliteFile = Callable[[str, str], UploadedFile]
SCRIPT = "CREATE TABLE a (x)"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UploadStore]:
    store = UploadStore(tmp_path / "store")
    yield store
    store.close()


def test_nothing_is_made_before_somebody_brings_something(
    store: UploadStore, tmp_path: Path
) -> None:
    assert store.of("ann") == {}
    assert not (tmp_path / "store").exists()


def test_a_visitor_sees_her_own_databases_only(store: UploadStore, sqlite_file: SqliteFile) -> None:
    store.add("ann", [sqlite_file("shop.db", SCRIPT)])
    assert (list(store.of("ann")), store.of("bob")) == (["shop"], {})


def test_a_name_that_is_taken_gets_a_number(store: UploadStore, sqlite_file: SqliteFile) -> None:
    for _ in range(2):
        store.add("ann", [sqlite_file("clinic.db", SCRIPT)], taken={"clinic"})
    assert list(store.of("ann")) == ["clinic-2", "clinic-3"]


def test_a_removed_database_is_deleted(
    store: UploadStore, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    store.add("ann", [sqlite_file("shop.db", SCRIPT)])
    store.remove("bob", "shop")
    assert list(store.of("ann")) == ["shop"]
    store.remove("ann", "shop")
    assert store.of("ann") == {}
    assert list((tmp_path / "store").rglob("*.sqlite")) == []


def test_a_visitor_who_is_forgotten_leaves_nothing(
    store: UploadStore, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    store.add("ann", [sqlite_file("shop.db", SCRIPT)])
    store.add("bob", [sqlite_file("shop.db", SCRIPT)])
    store.forget("ann")
    store.forget("ann")
    assert (store.of("ann"), list(store.of("bob"))) == ({}, ["shop"])
    assert len(list((tmp_path / "store").rglob("*.sqlite"))) == 1


def test_a_visitor_has_a_limited_number(tmp_path: Path, sqlite_file: SqliteFile) -> None:
    store = UploadStore(tmp_path / "store", replace(LIMITS, databases=1))
    store.add("ann", [sqlite_file("shop.db", SCRIPT)])
    with pytest.raises(UploadError, match=r"You have 1 databases, and the limit is 1"):
        store.add("ann", [sqlite_file("more.db", SCRIPT)])
    assert len(list((tmp_path / "store").rglob("*.sqlite"))) == 1
    store.close()


def test_folders_that_a_killed_process_left_are_swept_away_and_those_of_a_living_one_stay(
    store: UploadStore, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    parent = tmp_path / "store"
    store.add("ann", [sqlite_file("alive.db", SCRIPT)])
    killed = (
        "import os, sys; from pathlib import Path; "
        "from text2sql.uploads.importing import UploadedFile; "
        "from text2sql.uploads.store import UploadStore\n"
        "UploadStore(Path(sys.argv[1])).add('bob', [UploadedFile('dead.db', Path(sys.argv[2]))])\n"
        "os._exit(9)"
    )
    file = sqlite_file("dead.db", SCRIPT).path
    done = subprocess.run([sys.executable, "-c", killed, str(parent), str(file)], check=False)
    assert (done.returncode, len(list(parent.rglob("*.sqlite")))) == (9, 2)
    UploadStore(parent)
    assert len(list(parent.rglob("*.sqlite"))) == 1
    assert list(store.of("ann")) == ["alive"]


def test_closing_deletes_everything(
    store: UploadStore, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    store.add("ann", [sqlite_file("shop.db", SCRIPT)])
    store.close()
    assert (store.of("ann"), list((tmp_path / "store").iterdir())) == ({}, [])


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path, sqlite_file: SqliteFile) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UploadError, match="The server cannot store uploads"):
        UploadStore(tmp_path / "file" / "store").add("ann", [sqlite_file("shop.db", SCRIPT)])
