"""The catalog of databases."""

from __future__ import annotations

import json
import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from text2sql.databases import Catalog, Database, spider_folder
from text2sql.errors import DatabaseError, DataError, SchemaError, UnknownDatabase
from text2sql.sandbox import run_query
from text2sql.spider import Example


def entry(db_id: str) -> dict[str, Any]:
    return {
        "db_id": db_id,
        "table_names_original": ["Singer"],
        "table_names": ["singer"],
        "column_names_original": [[-1, "*"], [0, "Sng_ID"], [0, "Nm"]],
        "column_names": [[-1, "*"], [0, "singer id"], [0, "name"]],
        "column_types": ["text", "number", "text"],
        "primary_keys": [1],
        "foreign_keys": [],
    }


def sqlite_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE Singer (Sng_ID INTEGER PRIMARY KEY, Nm TEXT)")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Spider folder with two databases, of which only ``opera`` has its file."""
    folder = tmp_path / "spider"
    sqlite_file(folder / "database" / "opera" / "opera.sqlite")
    (folder / "tables.json").write_text(json.dumps([entry("opera"), entry("choir")]))
    (folder / "dev.json").write_text(
        json.dumps([{"question": "How many?", "query": "SELECT 1", "db_id": "opera"}])
    )
    return folder


def samples() -> list[str]:
    return [database.db_id for database in Catalog.open()]


def test_samples_come_first_then_spider_then_files(folder: Path, tmp_path: Path) -> None:
    catalog = Catalog.open(folder, [sqlite_file(tmp_path / "mine.db")])
    assert [database.db_id for database in catalog] == [*samples(), "opera", "choir", "mine"]
    groups = catalog.groups()
    assert list(groups) == ["Samples", "Spider", "Files"]
    assert [d.db_id for d in groups["Spider"]] == ["opera", "choir"]
    assert [d.group for d in groups["Files"]] == ["Files"]


def test_every_bundled_sample_runs_and_has_questions() -> None:
    catalog = Catalog.open()
    assert len(catalog) == 8
    for database in catalog:
        table = database.schema.tables[0].name
        result = run_query(database, f'SELECT count(*) FROM "{table}"')
        assert result.error is None
        assert result.rows[0][0] > 0
        assert len(catalog.examples(database.db_id)) >= 15


def test_natural_names_come_from_tables_json(folder: Path) -> None:
    table = Catalog.open(folder).get("opera").schema.tables[0]
    assert [(c.name, c.natural) for c in table.columns] == [("Sng_ID", "singer id"), ("Nm", "name")]


def test_a_database_without_its_file_keeps_its_schema(folder: Path) -> None:
    catalog = Catalog.open(folder)
    assert catalog.get("opera").path == folder / "database" / "opera" / "opera.sqlite"
    assert catalog.get("choir").path is None


def test_questions_are_found_by_database(folder: Path, tmp_path: Path) -> None:
    catalog = Catalog.open(folder, [sqlite_file(tmp_path / "mine.db")])
    assert catalog.examples("opera") == (Example("How many?", "SELECT 1", "opera"),)
    assert catalog.examples("choir") == ()
    assert catalog.examples("mine") == ()
    with pytest.raises(UnknownDatabase):
        catalog.examples("none")


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("oprea", "did you mean 'opera'?"),
        ("OPERA", "did you mean 'opera'?"),
        ("zzz", "text2sql databases lists them."),
    ],
)
def test_an_unknown_name_gets_the_closest_or_a_way_to_find_it(
    folder: Path, asked: str, advice: str
) -> None:
    with pytest.raises(UnknownDatabase) as caught:
        Catalog.open(folder).get(asked)
    assert str(caught.value) == f"There is no database {asked!r}; {advice}"


def test_without_spider_an_unknown_name_says_how_to_get_it() -> None:
    with pytest.raises(UnknownDatabase) as caught:
        Catalog.open().get("zzz")
    assert str(caught.value) == (
        "There is no database 'zzz'; text2sql databases lists them; for those of "
        "Spider, name its folder with --spider-dir or run text2sql download spider."
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"db_id": "bad"},
        entry("bad") | {"foreign_keys": [[1, 99]]},
        entry("bad") | {"column_types": ["text"]},
    ],
)
def test_a_broken_entry_does_not_hide_the_others(folder: Path, broken: dict[str, Any]) -> None:
    (folder / "tables.json").write_text(json.dumps([entry("choir"), broken, entry("opera")]))
    catalog = Catalog.open(folder)
    assert [d.db_id for d in catalog.groups()["Spider"]] == ["choir", "opera"]
    assert list(catalog.problems) == ["bad"]
    with pytest.raises(SchemaError, match="entry of 'bad' is not in Spider's form"):
        catalog.get("bad")


@pytest.mark.parametrize("db_id", ["../../etc/passwd", "", "a/b", None, 7])
def test_a_name_that_leads_out_of_the_folder_is_refused(folder: Path, db_id: Any) -> None:
    (folder / "tables.json").write_text(json.dumps([entry("opera") | {"db_id": db_id}]))
    catalog = Catalog.open(folder)
    assert "Spider" not in catalog.groups()
    assert len(catalog.problems) == 1


@pytest.mark.parametrize("content", ["{}", "null", "[", ""])
def test_a_tables_json_of_another_form_is_an_error(folder: Path, content: str) -> None:
    (folder / "tables.json").write_text(content)
    with pytest.raises(DataError) as caught:
        Catalog.open(folder)
    assert repr(str(folder / "tables.json")) in str(caught.value)


def test_a_damaged_database_file_does_not_hide_the_others(folder: Path) -> None:
    (folder / "database" / "opera" / "opera.sqlite").write_text("not a database at all, sorry")
    catalog = Catalog.open(folder)
    assert "opera" in catalog
    assert run_query(catalog.get("opera"), "SELECT 1").error is not None
    assert run_query(catalog.get(samples()[0]), "SELECT 1").error is None


def test_a_damaged_file_of_ones_own_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.sqlite"
    path.write_text("not a database at all, sorry")
    with pytest.raises(DatabaseError, match="cannot be read as a SQLite database"):
        Catalog.open(sqlite=[path])


def test_a_file_whose_name_is_taken_gets_a_number(folder: Path, tmp_path: Path) -> None:
    files = [sqlite_file(tmp_path / n / "opera.sqlite") for n in ("a", "b")]
    catalog = Catalog.open(folder, files)
    assert [d.db_id for d in catalog.groups()["Files"]] == ["opera-2", "opera-3"]
    assert catalog.get("opera-3").path == files[1]


def test_spider_hides_a_sample_of_the_same_name(folder: Path) -> None:
    name = samples()[0]
    (folder / "tables.json").write_text(json.dumps([entry(name)]))
    catalog = Catalog.open(folder)
    assert catalog.get(name).group == "Spider"
    assert len(catalog) == len(samples())
    assert catalog.examples(name) == ()


def test_the_environment_names_the_folder_where_no_flag_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2SQL_SPIDER_DIR", str(folder))
    assert spider_folder() == folder
    assert spider_folder(folder) == folder
    monkeypatch.setenv("TEXT2SQL_SPIDER_DIR", "")
    assert spider_folder() is None


def test_a_downloaded_folder_is_found_without_being_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path))
    assert spider_folder() == folder
    assert "opera" in Catalog.open()


def test_a_folder_of_another_kind_is_named_with_its_source(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError) as caught:
        spider_folder(tmp_path)
    assert str(caught.value) == (
        f"{str(tmp_path)!r} (--spider-dir) is not a Spider folder; did you mean {str(folder)!r}?"
    )
    monkeypatch.setenv("TEXT2SQL_SPIDER_DIR", str(tmp_path / "none"))
    with pytest.raises(DataError) as caught:
        spider_folder()
    assert str(caught.value) == (
        f"{str(tmp_path / 'none')!r} (TEXT2SQL_SPIDER_DIR) is not a Spider folder; "
        "it needs a file tables.json."
    )


def test_a_schema_text_makes_a_database_without_a_file() -> None:
    database = Database.from_schema_text("singer(id, name) | song(id)")
    assert database.path is None
    assert database.schema.serialize() == "singer(id, name) | song(id)"


def test_all_of_spider_is_listed_at_once(spider_dir: Path) -> None:
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        catalog = Catalog.open(spider_dir)
        seconds.append(time.perf_counter() - started)
    assert len(catalog.groups()["Spider"]) == 166
    assert catalog.problems == {}
    assert all(database.path is not None for database in catalog)
    assert len(catalog.examples("concert_singer")) == 45
    assert statistics.median(seconds) < 0.5


def test_a_folder_in_bird_s_layout_needs_no_file_of_schemas(tmp_path: Path) -> None:
    for name in ("shop", "zoo"):
        file = tmp_path / "dev_databases" / name / f"{name}.sqlite"
        file.parent.mkdir(parents=True)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
    (tmp_path / "dev_databases" / "zoo" / "zoo.sqlite").write_bytes(b"no database")
    catalog = Catalog.open(tmp_path)
    assert catalog.get("shop").schema.tables[0].name == "thing"
    assert "zoo" in catalog.problems
