"""The bundled sample databases: sound, and with questions worth asking."""

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

from text2sql.databases import SAMPLES
from text2sql.metrics.hardness import LEVELS, hardness
from text2sql.query import parse
from text2sql.query.fragment import fragment
from text2sql.query.nodes import Call, Expression, Select, Statement, rebuilt, walk
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema
from text2sql.spider import Example, load_examples

ENTRIES = {e["db_id"]: e for e in json.loads((SAMPLES / "tables.json").read_text("utf-8"))}
QUESTIONS = load_examples(SAMPLES / "questions.json")
by_sample = pytest.mark.parametrize("sample", ENTRIES)


def _file(sample: str) -> Path:
    return SAMPLES / "database" / sample / f"{sample}.sqlite"


def _connect(sample: str) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{_file(sample).as_uri()}?mode=ro", uri=True))


def _schema(sample: str) -> Schema:
    return Schema.from_tables_json(ENTRIES[sample])


def _questions(sample: str) -> list[Example]:
    return [question for question in QUESTIONS if question.db_id == sample]


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


def _with_one_condition_less(query: Statement) -> Iterator[Statement]:
    """``query`` without one condition of a WHERE or HAVING, for each of them."""
    for select in walk(query):
        for clause in ("where", "having") if isinstance(select, Select) else ():
            condition = getattr(select, clause)
            for less in _less(condition) if condition is not None else ():
                changed = replace(select, **{clause: less})
                yield rebuilt(
                    query, lambda node, old=select, new=changed: new if node == old else node
                )


def _less(condition: Expression) -> Iterator[Expression | None]:
    if not isinstance(condition, Call) or condition.name not in ("and", "or"):
        yield None
        return
    for i in range(len(condition.arguments)):
        rest = condition.arguments[:i] + condition.arguments[i + 1 :]
        yield rest[0] if len(rest) == 1 else Call(condition.name, rest)


def test_there_are_eight_and_their_names_differ():
    assert len(ENTRIES) == 8
    assert {question.db_id for question in QUESTIONS} == set(ENTRIES)


def test_the_databases_take_less_than_two_megabytes_together():
    assert sum(_file(sample).stat().st_size for sample in ENTRIES) < 2_000_000


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
def test_there_are_at_least_fifteen_questions_of_all_four_levels(sample):
    schema = _schema(sample)
    levels = Counter(hardness(question.query, schema) for question in _questions(sample))
    assert levels.total() >= 15
    assert set(levels) == set(LEVELS)


def test_no_question_is_asked_twice():
    asked = Counter(question.question for question in QUESTIONS)
    assert [text for text, times in asked.items() if times > 1] == []


@by_sample
def test_every_gold_returns_rows_without_null(sample):
    with _connect(sample) as connection:
        for question in _questions(sample):
            rows = connection.execute(question.query).fetchall()
            assert rows, question.question
            assert all(None not in row for row in rows), question.question


@by_sample
def test_no_answer_depends_on_the_order_in_which_rows_are_stored(sample):
    with _connect(sample) as connection:
        for seed in range(3):
            with closing(_shuffled(connection, seed)) as other:
                for question in _questions(sample):
                    assert _answer(connection, question.query) == _answer(other, question.query), (
                        question.question
                    )


@by_sample
def test_every_gold_means_the_same_after_reading_and_writing(sample):
    schema = _schema(sample)
    with _connect(sample) as connection:
        for question in _questions(sample):
            query = read(question.query, schema)
            sql = write(query, schema)
            assert parse(sql, schema) == fragment(query, schema), sql
            assert _answer(connection, sql) == _answer(connection, question.query), sql


@by_sample
def test_every_condition_of_a_gold_makes_a_difference(sample):
    schema = _schema(sample)
    with _connect(sample) as connection:
        for question in _questions(sample):
            gold = Counter(connection.execute(question.query).fetchall())
            for less in _with_one_condition_less(read(question.query, schema)):
                sql = write(less, schema)
                assert Counter(connection.execute(sql).fetchall()) != gold, sql
