"""Visitors who leave: their memory and their files go, whatever their client says of it."""

from __future__ import annotations

import gc
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from text2sql.byte_cache import _CACHES
from text2sql.errors import UploadError
from text2sql.linking.cell_index import CellIndex, cell_index
from text2sql.linking.keys import with_keys
from text2sql.uploads import store as module
from text2sql.uploads.convert import index_of
from text2sql.uploads.importing import Imported, UploadedFile
from text2sql.uploads.limits import LIMITS
from text2sql.uploads.store import UploadStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UploadStore]:
    store = UploadStore(tmp_path / "store", idle_s=1000.0)
    yield store
    store.close()


def _database(path: Path, rows: int) -> None:
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijkl", k=8)) for _ in range(2000)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, town TEXT)")
        people = ((n, f"{rng.choice(words)} {n}", rng.choice(words)) for n in range(rows))
        connection.executemany("INSERT INTO person VALUES (?, ?, ?)", people)


@pytest.fixture
def quick_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every upload is a copy of one database, so that fifty visitors take seconds."""
    from text2sql.databases import Database

    source = tmp_path / "source.sqlite"
    _database(source, 3000)
    database = with_keys(Database.from_sqlite(source))
    CellIndex.read(database).save(index_of(source))

    def read(files: list[UploadedFile], folder: Path, limits: object) -> list[Imported]:
        target = folder / f"{random.random()}.sqlite"
        target.write_bytes(source.read_bytes())
        index_of(target).write_bytes(index_of(source).read_bytes())
        named = replace(database, db_id="mine", path=target, group="x", index=index_of(target))
        return [Imported(named)]

    monkeypatch.setattr(module, "import_files", read)
    return source


def _held() -> int:
    return sum(cache.size for cache in _CACHES)


def _files(folder: Path) -> int:
    return sum(path.is_file() and path.suffix != ".lock" for path in folder.rglob("*"))


def _bring_and_look(store: UploadStore, visitor: str) -> None:
    (database,) = store.add(visitor, [UploadedFile("a.db", Path("a.db"))])
    cell_index(database)
    with_keys(database)


@pytest.mark.usefixtures("quick_reader")
@pytest.mark.parametrize("leave", ["forgets", "removes", "vanishes", "process"])
def test_a_hundred_uploads_of_fifty_visitors_who_leave(
    leave: str, store: UploadStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _held()
    for number in range(100):
        _bring_and_look(store, f"visitor {number % 50}")
    assert _held() > before
    assert _files(tmp_path / "store") == 200
    visitors = [f"visitor {n}" for n in range(50)]
    if leave == "forgets":
        for visitor in visitors:
            store.forget(visitor)
    elif leave == "removes":
        for visitor in visitors:
            for name in list(store.of(visitor)):
                store.remove(visitor, name)
    elif leave == "vanishes":
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 1001)
        store.forget_unused()
    else:
        store.close()
    assert (_held(), _files(tmp_path / "store")) == (before, 0)


@pytest.mark.usefixtures("quick_reader")
def test_what_is_used_stays(store: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for visitor in ("ann", "bob"):
        _bring_and_look(store, visitor)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 600)
    assert list(store.of("ann")) == ["mine"]
    monkeypatch.setattr(time, "monotonic", lambda: now + 1200)
    store.forget_unused()
    assert (list(store.of("ann")), list(store.of("bob"))) == (["mine"], [])


def test_what_is_being_read_is_not_swept_away(
    store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def read(files: object, folder: Path, limits: object) -> list[Imported]:
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 5000)
        store.forget_unused()
        seen.append(folder.is_dir())
        return []

    monkeypatch.setattr(module, "import_files", read)
    store.add("ann", [])
    assert seen == [True]


def test_who_leaves_while_files_are_read_leaves_nothing(
    store: UploadStore, quick_reader: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Any = vars(module)["import_files"]

    def leave(files: object, folder: Path, limits: object) -> list[Imported]:
        found: list[Imported] = read(files, folder, limits)
        store.forget("ann")
        return found

    monkeypatch.setattr(module, "import_files", leave)
    with pytest.raises(UploadError, match="Your session ended during the upload"):
        store.add("ann", [])
    assert _files(tmp_path / "store") == 0


@pytest.mark.usefixtures("quick_reader")
def test_one_visitor_cannot_fill_the_disk(tmp_path: Path) -> None:
    store = UploadStore(tmp_path / "store", replace(LIMITS, visitor_bytes=100_000))
    _bring_and_look(store, "ann")
    with pytest.raises(UploadError, match="remove one first"):
        _bring_and_look(store, "ann")
    _bring_and_look(store, "bob")
    store.close()


@pytest.mark.usefixtures("quick_reader")
def test_the_index_of_an_upload_takes_little_memory(store: UploadStore) -> None:
    gc.collect()
    before = _held()
    _bring_and_look(store, "ann")
    (imported,) = store.of("ann").values()
    path, index = imported.database.path, imported.database.index
    assert path is not None
    assert index is not None
    assert _held() - before < 4 * path.stat().st_size
    assert index.stat().st_size < 4 * path.stat().st_size
