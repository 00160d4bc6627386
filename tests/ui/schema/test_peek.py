"""The first look into tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from text2sql.databases import Catalog, Database
from text2sql.linking.engine_tables import without_engine_tables
from text2sql.schema import Schema
from text2sql.ui.schema import peek as module
from text2sql.ui.schema.peek import Peek, peek


def _shop(catalog: Catalog) -> Database:
    """The shop as the page shows it, without SQLite's own tables."""
    shop = catalog.get("shop")
    return replace(shop, schema=without_engine_tables(shop.schema))


def test_each_table_is_counted_and_its_first_rows_are_read(catalog: Catalog) -> None:
    assert peek(_shop(catalog)) == (
        Peek(
            3,
            ("id", "name", "town"),
            ((1, "Zoë", "Kraków"), (2, "O'Hara", None), (3, "Ann", "York")),
        ),
        Peek(3, ("id", "customer_id", "total"), ((1, 1, 9.5), (2, 1, 20.0), (3, 3, 7.25))),
    )


def test_no_more_than_five_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "order" (n INTEGER)')
        connection.executemany('INSERT INTO "order" VALUES (?)', [(n,) for n in range(100)])
    assert peek(Database.from_sqlite(path)) == (Peek(100, ("n",), ((0,), (1,), (2,), (3,), (4,))),)


def test_a_database_of_which_only_the_schema_is_known_has_nothing_to_look_at() -> None:
    assert peek(Database("d", Schema.from_text("a(x) | b(y)"))) == (Peek(), Peek())


def test_a_table_that_the_file_lacks_is_passed_over(catalog: Catalog) -> None:
    other = Database("d", Schema.from_text("nope(x) | sale(id)"), catalog.get("shop").path)
    first, second = peek(other)
    assert (first, second.row_count) == (Peek(), 3)


def test_looking_stops_when_the_time_for_it_is_over(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUDGET_S", 0.0)
    assert peek(_shop(catalog)) == (Peek(), Peek())
