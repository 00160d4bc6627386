"""What each visitor may ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.context import LocalContext

from text2sql.databases import Catalog
from text2sql.errors import UnknownDatabase
from text2sql.schema import ForeignKey
from text2sql.ui.ask.choices import database_choices
from text2sql.ui.library import Library
from text2sql.uploads.importing import UploadedFile
from text2sql.uploads.store import UploadStore


@contextmanager
def visit(session: str) -> Iterator[None]:
    """An event of ``session``, as Gradio marks it."""
    request: Any = SimpleNamespace(session_hash=session)
    token = LocalContext.request.set(request)
    yield
    LocalContext.request.reset(token)


@pytest.fixture
def file(tmp_path: Path) -> UploadedFile:
    path = tmp_path / "clinic.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY)")
    return UploadedFile("clinic.db", path)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    store = UploadStore(tmp_path / "store")
    yield Library(Catalog.open(), store)
    store.close()


def test_what_a_visitor_brings_is_found_by_that_visitor_only(
    library: Library, file: UploadedFile
) -> None:
    with visit("ann"):
        (database,) = library.add_files([file])
        assert database.db_id == "clinic-2"  # a sample is called clinic
        assert library.get("clinic-2") is database
        assert "clinic-2" in dict(database_choices(library)).values()
        assert library.examples("clinic-2")[0].question == "How many visits are there?"
        assert (len(library), "clinic-2" in library) == (len(library.shared) + 1, True)
    with visit("bob"):
        with pytest.raises(UnknownDatabase):
            library.get("clinic-2")
        assert list(library) == list(library.shared)
    with pytest.raises(UnknownDatabase):  # the API, which has no visitor
        library.get("clinic-2")


@pytest.mark.parametrize(
    ("db_id", "said"),
    [
        ("kayaks", "There is no database 'kayaks'."),
        ("clinic-2", "There is no database 'clinic-2'; did you mean 'clinic'?"),
    ],
)
def test_whoever_lost_an_upload_is_told_to_bring_it_again(
    db_id: str, said: str, library: Library
) -> None:
    with visit("ann"), pytest.raises(UnknownDatabase) as raised:
        library.get(db_id)
    assert str(raised.value) == (
        f"{said} If you uploaded it, it has been deleted: upload the files again under "
        "Your data, or choose another database."
    )


def test_a_visitor_removes_only_what_is_hers(library: Library, file: UploadedFile) -> None:
    with visit("ann"):
        library.add_files([file])
    with visit("bob"):
        library.remove("clinic-2")
        library.remove("clinic")
    with visit("ann"):
        assert list(library.own) == ["clinic-2"]
        library.remove("clinic-2")
        assert list(library.own) == []
    assert "clinic" in library


def test_everybodys_databases_are_as_in_the_catalog(library: Library) -> None:
    assert library.groups() == library.shared.groups()
    assert library.examples("clinic") == library.shared.examples("clinic")
    with pytest.raises(UnknownDatabase, match="did you mean 'clinic'"):
        library.get("clinicc")


def test_keys_are_chosen_for_one_visitor_and_nobody_else(library: Library) -> None:
    shared = library.shared.get("clinic")
    key = ForeignKey(0, 1, 1, 0, guessed=True)
    with visit("ann"):
        library.choose_keys("clinic", [key])
        chosen = library.get("clinic")
        assert chosen.keys_known
        assert chosen.schema.foreign_keys == (*shared.schema.foreign_keys, key)
        library.choose_keys("clinic", [])
        assert library.get("clinic").schema.foreign_keys == shared.schema.foreign_keys
    with visit("bob"):
        assert library.get("clinic") is shared
