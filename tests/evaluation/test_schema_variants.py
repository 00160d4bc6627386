"""Databases under other names, which hold the same cells."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Catalog, Database
from text2sql.errors import DatabaseError
from text2sql.evaluation.schema_variants import VARIANTS, make_variant
from text2sql.sandbox import run_query
from text2sql.schema import Schema


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_holds_the_same_cells_under_other_names(variant: str, tmp_path: Path) -> None:
    for database in Catalog.open().groups()["Samples"]:
        other = make_variant(database, variant, tmp_path)
        for old, new in zip(database.schema.tables, other.schema.tables, strict=True):
            rows = []
            for where, table in ((database, old), (other, new)):
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                rows.append(run_query(where, f'SELECT {columns} FROM "{table.name}"').rows)
            assert rows[0] == rows[1]
        assert Schema.from_sqlite(other.path or tmp_path).column_count == other.schema.column_count


def test_names_are_changed_and_keys_kept_or_the_other_way_round(tmp_path: Path) -> None:
    clinic = Catalog.open().get("clinic")
    short, camel, bare = (make_variant(clinic, name, tmp_path).schema for name in VARIANTS)
    assert short.foreign_keys == camel.foreign_keys == clinic.schema.foreign_keys
    assert [table.name for table in bare.tables] == [table.name for table in clinic.schema.tables]
    assert (bare.foreign_keys, {c.primary_key for t in bare.tables for c in t.columns}) == (
        (),
        {False},
    )
    assert {table.name for table in camel.tables} >= {"fldPatient", "fldDoctor"}
    assert {table.name for table in short.tables} >= {"ptnt", "dctr"}


def test_names_that_would_be_the_same_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (customer TEXT, custom TEXT, cstm TEXT)")
    other = make_variant(Database.from_sqlite(path), "abbreviated", tmp_path / "made")
    assert [c.name for c in other.schema.tables[0].columns] == ["cstm", "cstm2", "cstm3"]


def test_views_are_left_out_of_a_variant(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE customer (name TEXT); CREATE VIEW named AS SELECT name FROM customer"
        )
    other = make_variant(Database.from_sqlite(path), "prefixed", tmp_path / "made")
    assert [table.name for table in other.schema.tables] == ["fldCustomer"]
    assert run_query(other, "SELECT fldName FROM fldCustomer").rows == ()


def test_a_database_without_a_file_has_no_variant(tmp_path: Path) -> None:
    database = Database.from_schema_text("singer(id, name)")
    with pytest.raises(DatabaseError, match="no database file"):
        make_variant(database, "abbreviated", tmp_path)


def test_tables_that_cannot_be_renamed_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    schema = Schema.from_text(
        "customer(id) | sqlite_sequence(name, seq) | missing_table(some_name)"
    )
    other = make_variant(Database("t", schema, path), "abbreviated", tmp_path / "made")
    names = [(table.name, table.columns[0].name) for table in other.schema.tables]
    assert names == [("cstm", "id"), ("sqlite_sequence", "name"), ("missing_table", "some_name")]
    assert run_query(other, "SELECT id FROM cstm").failure is None
