"""The part of a very large schema that is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.generators.base import Options
from text2sql.generators.pocket.excerpt import MOST_COLUMNS, excerpt, over_whole_schema
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.ir import ColumnToken, TableToken, ValueToken
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from text2sql.linking.values import ValueCandidate
from text2sql.sandbox import run_query
from text2sql.schema import Schema

TABLES, COLUMNS = 60, 20
SIZE = TABLES * COLUMNS


def name(table: int) -> str:
    return "stadium" if table == 47 else f"t{table}"


@pytest.fixture
def large(tmp_path: Path) -> Database:
    path = tmp_path / "large.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        for table in range(TABLES):
            columns = ", ".join(f"c{column} TEXT" for column in range(COLUMNS - 1))
            connection.execute(f"CREATE TABLE {name(table)} (id INTEGER PRIMARY KEY, {columns})")
    return Database.from_sqlite(path)


def test_a_schema_that_is_not_large_is_read_as_it_is(stadiums: Database) -> None:
    values = [ValueCandidate("Balmoor", None, "cell", columns={1})]
    assert excerpt("Where is Balmoor?", stadiums.schema, values) == (stadiums.schema, values)


def test_tables_of_sqlite_itself_are_not_read_whether_they_are_there_or_not() -> None:
    schema = Schema.from_text("sqlite_sequence(name, seq) | city(name) | sqlite_stat1(tbl)")
    cell = ValueCandidate("Rome", None, "cell", columns={2})
    part, values = excerpt("What is the last sequence of each name?", schema, [cell])
    assert [table.name for table in part.tables] == ["city"]
    assert [value.columns for value in values] == [{0}]
    assert over_whole_schema([TableToken(0), ColumnToken(0, 0)], part, schema) == [
        TableToken(1),
        ColumnToken(1, 0),
    ]


def test_the_tables_that_a_question_names_are_read(large: Database) -> None:
    part, _ = excerpt("How many stadiums are there?", large.schema, [])
    assert "stadium" in {table.name for table in part.tables}
    assert part.column_count <= MOST_COLUMNS < large.schema.column_count


def test_a_cell_brings_its_column_along_and_is_tied_to_it(large: Database) -> None:
    cell = ValueCandidate("Balmoor", None, "cell", columns={52 * COLUMNS + 3})
    part, values = excerpt("Where is Balmoor?", large.schema, [cell])
    (column,) = values[0].columns
    columns = [(table.name, c.name) for table in part.tables for c in table.columns]
    assert columns[column] == ("t52", "c2")


def test_one_table_of_very_many_columns_is_cut_as_well() -> None:
    wide = Schema.from_text(f"wide({', '.join(f'measure{n}' for n in range(3000))})")
    part, _ = excerpt("What is the measure of each?", wide, [])
    assert part.column_count <= MOST_COLUMNS


def test_tokens_over_a_part_mean_the_same_names_over_the_whole(large: Database) -> None:
    part, _ = excerpt("How many stadiums are there?", large.schema, [])
    table = [t.name for t in part.tables].index("stadium")
    tokens = ["from", TableToken(table), ColumnToken(table, 1), ValueToken("x")]
    whole = large.schema.tables[47].columns
    place = [c.name for c in whole].index(part.tables[table].columns[1].name)
    assert over_whole_schema(tokens, part, large.schema) == [
        "from",
        TableToken(47),
        ColumnToken(47, place),
        ValueToken("x"),
    ]


def test_what_is_written_over_a_large_schema_runs(
    model: PocketModel, pieces: Pieces, large: Database
) -> None:
    found = PocketGenerator(model, pieces).generate("stadium", large, Options())
    assert found
    assert [run_query(large, candidate.sql).error for candidate in found] == [None] * len(found)
