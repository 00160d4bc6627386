"""An index of cells that is small, can be saved, and cannot be led astray by its file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.byte_cache import forget
from text2sql.databases import Database
from text2sql.linking import cell_index as module
from text2sql.linking.cell_index import CellIndex, cell_index


@pytest.fixture
def saved(stadiums: Database, tmp_path: Path) -> Path:
    path = tmp_path / "saved.cells"
    CellIndex.read(stadiums).save(path)
    return path


def test_a_saved_index_is_the_same_when_it_is_loaded(stadiums: Database, saved: Path) -> None:
    read, loaded = CellIndex.read(stadiums), CellIndex.load(saved)
    assert loaded == read
    for name in ("exact", "stems"):
        assert dict(getattr(loaded, name)) == dict(getattr(read, name))
    assert loaded.words.find("park") == read.words.find("park") == {(1, "Hampden Park")}
    assert dict(loaded.numbers) == dict(read.numbers)


@pytest.mark.parametrize("kept", [0, 10, 400, -1])
def test_an_index_that_ends_early_is_refused(saved: Path, kept: int) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises((ValueError, KeyError)):
        CellIndex.load(saved)


def test_an_index_whose_places_lie_outside_of_it_is_refused(saved: Path) -> None:
    head, _, body = saved.read_bytes().partition(b"\n")
    saved.write_bytes(head + b"\n" + body[:-4] + b"\xff\xff\xff\xff")  # the last word's cell
    with pytest.raises(ValueError, match="damaged"):
        CellIndex.load(saved)


def test_a_saved_index_is_used_in_place_of_reading(
    stadiums: Database, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database("d", stadiums.schema, stadiums.path, index=saved)
    monkeypatch.setattr(module, "CellReader", None)
    forget(stadiums.path)
    assert cell_index(database) == CellIndex.load(saved)
    forget(stadiums.path)


def test_a_damaged_index_is_made_anew(stadiums: Database, saved: Path) -> None:
    saved.write_bytes(b"{}\n")
    forget(stadiums.path)
    database = Database("d", stadiums.schema, stadiums.path, index=saved)
    assert cell_index(database) == CellIndex.read(stadiums)


def test_an_index_is_gone_from_memory_with_its_database(stadiums: Database) -> None:
    forget(stadiums.path)
    first = cell_index(stadiums)
    assert cell_index(stadiums) is first
    forget(stadiums.path)
    assert cell_index(stadiums) is not first


def test_an_index_takes_little_more_than_the_texts_themselves(tmp_path: Path) -> None:
    path = tmp_path / "many.sqlite"
    texts = [f"customer number {n} of town {n % 977}" for n in range(3000)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (name TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", ([text] for text in texts))
    index = CellIndex.read(Database.from_sqlite(path))
    assert len(index.exact) == 3000
    assert index.size < 5 * sum(map(len, texts))


def test_equal_names_of_a_column_are_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "same.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (name TEXT)")
        spaced = [["new" + " " * n + "york"] for n in range(1, 40)]
        connection.executemany("INSERT INTO t VALUES (?)", spaced)
    index = CellIndex.read(Database.from_sqlite(path))
    assert (dict(index.exact), len(index.exact.postings)) == ({"new york": {0: "new york"}}, 1)


def test_numbers_are_found_whatever_their_type_and_size(tmp_path: Path) -> None:
    path = tmp_path / "numbers.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute("INSERT INTO t VALUES (5, '5.0'), (1e300, -0.25), (7, NULL)")
    numbers = CellIndex.read(Database.from_sqlite(path)).numbers
    assert dict(numbers) == {5: {0, 1}, int(1e300): {0}, 7: {0}, -0.25: {1}}
    assert (numbers.get(5.0), numbers.get(6), numbers.get(10**400)) == ({0, 1}, None, None)


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (["Oslo", "Bon "], ["Oslo", "Bon "]),  # of one width
        ([" a", "b  ", "three"], ["a", "b  ", "three"]),
        ([" ", "Oslo "], ["Oslo"]),
    ],
)
def test_blanks_that_pad_a_cell_are_kept_and_others_are_not(
    cells: list[str], texts: list[str]
) -> None:
    assert module.texts_of(cells) == texts
