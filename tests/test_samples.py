"""The bundled sample databases: rebuilt as committed, sound, and with questions worth asking."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from text2sql.metrics.hardness import LEVELS, hardness
from text2sql.query import Conditions, Query, parse, render
from text2sql.samples import SAMPLES
from text2sql.samples.__main__ import main
from text2sql.samples.layout import DEFAULT_FOLDER
from text2sql.samples.sample import Sample
from text2sql.schema import Schema

by_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.db_id)


def _file(sample: Sample, folder: Path = DEFAULT_FOLDER) -> Path:
    return folder / "database" / sample.db_id / f"{sample.db_id}.sqlite"


def _connect(sample: Sample, folder: Path = DEFAULT_FOLDER) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{_file(sample, folder).as_uri()}?mode=ro", uri=True))


def _schema(sample: Sample) -> Schema:
    entries = json.loads((DEFAULT_FOLDER / "tables.json").read_text(encoding="utf-8"))
    return Schema.from_tables_json(next(e for e in entries if e["db_id"] == sample.db_id))


def _shuffled(source: sqlite3.Connection, seed: int) -> sqlite3.Connection:
    """The same rows in another order, in tables without keys, which would bring an order back."""
    target, rng = sqlite3.connect(":memory:"), random.Random(seed)
    tables = source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables:
        columns = source.execute(f'PRAGMA table_info("{name}")').fetchall()
        rows = source.execute(f'SELECT * FROM "{name}"').fetchall()
        rng.shuffle(rows)
        declared = ", ".join(f'"{c[1]}" {c[2]}' for c in columns)
        target.execute(f'CREATE TABLE "{name}" ({declared})')
        marks = ", ".join("?" * len(columns))
        target.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    return target


def _answer(connection: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]] | Counter[Any]:
    rows = connection.execute(sql).fetchall()
    return rows if "ORDER BY" in sql else Counter(rows)


def _with_one_condition_less(query: Query) -> Iterator[Query]:
    for clause in ("where", "having"):
        conditions: Conditions = getattr(query, clause)
        for i in range(len(conditions.items)):
            items = conditions.items[:i] + conditions.items[i + 1 :]
            connectors = conditions.connectors[: max(0, len(items) - 1)]
            yield replace(query, **{clause: Conditions(items, connectors)})
    if query.right is not None:
        yield from (replace(query, right=less) for less in _with_one_condition_less(query.right))


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    main(["--out", str(folder)])
    return folder


def test_there_are_eight_and_their_names_differ():
    assert len({sample.db_id for sample in SAMPLES}) == 8


@pytest.mark.parametrize("name", ["tables.json", "questions.json"])
def test_the_committed_json_files_are_what_the_command_writes(name, rebuilt):
    assert (rebuilt / name).read_bytes() == (DEFAULT_FOLDER / name).read_bytes()


@by_sample
def test_the_committed_database_has_the_declarations_and_rows_of_a_rebuilt_one(sample, rebuilt):
    with _connect(sample) as committed, _connect(sample, rebuilt) as other:
        assert list(committed.iterdump()) == list(other.iterdump())


def test_the_databases_take_less_than_two_megabytes_together():
    assert sum(_file(sample).stat().st_size for sample in SAMPLES) < 2_000_000


@by_sample
def test_no_row_points_at_nothing(sample):
    with _connect(sample) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@by_sample
def test_a_database_has_three_to_eight_tables_that_keys_connect(sample):
    schema = _schema(sample)
    assert 3 <= len(schema.tables) <= 8
    joined = {t for key in schema.foreign_keys for t in (key.table, key.ref_table)}
    assert joined == set(range(len(schema.tables)))


@by_sample
def test_tables_json_says_what_the_file_declares_except_for_natural_names(sample):
    def bare(schema: Schema) -> Schema:
        tables = (
            replace(t, natural="", columns=tuple(replace(c, natural="") for c in t.columns))
            for t in schema.tables
        )
        return replace(schema, tables=tuple(tables))

    assert bare(_schema(sample)) == bare(Schema.from_sqlite(_file(sample)))


@by_sample
def test_natural_names_are_words_in_lower_case(sample):
    tables = _schema(sample).tables
    names = [name.natural for table in tables for name in (table, *table.columns)]
    assert [name for name in names if not name.replace(" ", "").isalpha()] == []
    assert [name for name in names if name != name.lower()] == []


@by_sample
def test_the_map_of_natural_names_names_nothing_that_is_not_there(sample):
    tables = _schema(sample).tables
    known = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    assert set(sample.english) <= known | {table.name for table in tables}


@by_sample
def test_there_are_at_least_fifteen_questions_of_all_four_levels(sample):
    schema = _schema(sample)
    levels = Counter(hardness(question.sql, schema) for question in sample.questions)
    assert levels.total() >= 15
    assert set(levels) == set(LEVELS)


def test_no_question_is_asked_twice():
    asked = Counter(question.text for sample in SAMPLES for question in sample.questions)
    assert [text for text, times in asked.items() if times > 1] == []


@by_sample
def test_every_gold_returns_rows_without_null(sample):
    with _connect(sample) as connection:
        for question in sample.questions:
            rows = connection.execute(question.sql).fetchall()
            assert rows, question.text
            assert all(None not in row for row in rows), question.text


@by_sample
def test_no_answer_depends_on_the_order_in_which_rows_are_stored(sample):
    with _connect(sample) as connection:
        for seed in range(3):
            with closing(_shuffled(connection, seed)) as other:
                for question in sample.questions:
                    assert _answer(connection, question.sql) == _answer(other, question.sql), (
                        question.text
                    )


@by_sample
def test_every_gold_means_the_same_after_parsing_and_rendering(sample):
    schema = _schema(sample)
    with _connect(sample) as connection:
        for question in sample.questions:
            query = parse(question.sql, schema)
            sql = render(query, schema)
            assert parse(sql, schema) == query, sql
            assert _answer(connection, sql) == _answer(connection, question.sql), sql


@by_sample
def test_every_condition_of_a_gold_makes_a_difference(sample):
    schema = _schema(sample)
    with _connect(sample) as connection:
        for question in sample.questions:
            gold = Counter(connection.execute(question.sql).fetchall())
            for less in _with_one_condition_less(parse(question.sql, schema)):
                sql = render(less, schema)
                assert Counter(connection.execute(sql).fetchall()) != gold, sql
