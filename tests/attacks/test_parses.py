"""No text keeps anything busy that reads SQL: each ends soon, in a result or a sentence.

Time is this thread's CPU time, so that a busy machine does not fail a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.attacks.hostile_sql import FLAT, NESTED, hostile
from text2sql.answering.question import is_sql
from text2sql.compare.clauses import clause_differences
from text2sql.compare.verdict import query_differences
from text2sql.errors import QueryError, SchemaError, Text2SQLError
from text2sql.evaluation.outputs import is_repetitive
from text2sql.metrics import exact_set, fair_string_match, hardness, rouge1, string_match
from text2sql.metrics.execution import same_rows, without_distinct
from text2sql.metrics.mutations import mutants
from text2sql.metrics.official_text import (
    fill_placeholders,
    first_statement,
    official_execution_text,
    runnable,
)
from text2sql.metrics.pair import QueryPair
from text2sql.metrics.ties import tie_breaks
from text2sql.query import parse
from text2sql.query.english import in_english
from text2sql.query.layout import lay_out_sql, on_one_line
from text2sql.query.limits import MAX_CHARACTERS, MAX_NESTING, MAX_TOKENS, read_trees
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.sandbox.statement import NotOneQueryError, only_query
from text2sql.schema import Schema
from train.sql_create_context import schema_of

LIMIT_S = 2.0  # on a slow machine; what grows with the square of the text takes longer
SCHEMA = Schema.from_text("a(x, y, z) | b(x, y, w) | c(id, a_id, b_id)")
GOLD = "SELECT x FROM a WHERE y = 1"

READERS: dict[str, Callable[[str], object]] = {
    "in_english": lambda sql: in_english(read(sql, SCHEMA), SCHEMA),
    "write": lambda sql: write(read(sql, SCHEMA), SCHEMA),
    "hardness": lambda sql: hardness(sql, SCHEMA),
    "exact_set": lambda sql: exact_set(sql, f"{sql} ", SCHEMA),
    "query_differences": lambda sql: query_differences(QueryPair(GOLD, sql, SCHEMA)),
    "clause_differences": lambda sql: clause_differences(QueryPair(sql, GOLD, SCHEMA)),
    "mutants": lambda sql: mutants(sql, SCHEMA),
    "tie_breaks": tie_breaks,
    "lay_out_sql": lay_out_sql,
    "on_one_line": on_one_line,
    "is_sql": lambda sql: is_sql(sql[:2000], SCHEMA),
    "string_match": lambda sql: string_match(sql, sql),
    "fair_string_match": lambda sql: fair_string_match(sql, sql),
    "rouge1": lambda sql: rouge1(sql, sql),
    "without_distinct": without_distinct,
    "runnable": runnable,
    "fill_placeholders": fill_placeholders,
    "first_statement": first_statement,
    "official_execution_text": lambda sql: official_execution_text(sql, gold=False),
    "is_repetitive": is_repetitive,
    "only_query": only_query,
    "schema_of": schema_of,
    "Schema.from_text": Schema.from_text,
}


@pytest.mark.parametrize("kind", [*NESTED, *FLAT])
def test_every_reader_ends_soon_with_a_result_or_a_sentence(kind: str) -> None:
    make = NESTED.get(kind) or FLAT[kind]
    late = {
        (name, len(text)): spent
        for text in hostile(make, nested=kind in NESTED)
        for name, reader in READERS.items()
        if (spent := _spent(reader, text)) > LIMIT_S and _spent(reader, text) > LIMIT_S
    }
    assert late == {}


def _spent(reader: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    with suppress(Text2SQLError, NotOneQueryError):
        reader(text)
    return round(time.thread_time() - started, 2)


DOUBLING = {
    "joins without a condition": "select * from a" + " join b" * 30,
    "types as functions": "select " + "char(" * 25 + "1" + ")" * 25 + " from a",
    "a type in a quoted name": 'select cast(x as "' + "int(" * 25 + "1" + ")" * 25 + '") from a',
}


@pytest.mark.parametrize("sql", DOUBLING.values(), ids=DOUBLING)
def test_reading_that_doubles_is_stopped(sql: str) -> None:
    with pytest.raises(QueryError, match="takes too long to read"):
        read_trees(sql)


def test_a_dozen_joins_without_a_condition_are_read() -> None:
    assert len(read_trees("select * from a" + " join b" * 12)) == 1


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (f"select '{'x' * MAX_CHARACTERS}'", "20,009 characters long; SQL of up to 20,000"),
        ("select 1" + ", 1" * MAX_TOKENS, "4,002 tokens; SQL of up to 2,000"),
        ("select " + "(" * (MAX_NESTING + 1), "nests too deeply"),
        ("select 0x" + "f" * 6000, "holds a number that is too long"),
        ("select 'x", "is a quote left open?"),
    ],
)
def test_what_is_beyond_the_limits_is_refused_with_a_sentence(sql: str, sentence: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(sql, SCHEMA)
    assert sentence in str(caught.value)


def test_a_schema_of_spaces_is_read_soon() -> None:
    started = time.thread_time()
    with pytest.raises(SchemaError):
        Schema.from_text("a : " + " " * 100_000 + "| b")
    Schema.from_text("a : x" + " " * 100_000 + "y")
    assert time.thread_time() - started < LIMIT_S


def _cycles(*lengths: int) -> list[tuple[int, ...]]:
    """The edges of cycles, each a row with a 1 for its two ends: alike, but for their columns."""
    rows, start = [], 0
    for length in lengths:
        for i in range(length):
            ends = (start + i, start + (i + 1) % length)
            rows.append(tuple(int(n in ends) for n in range(sum(lengths))))
        start += length
    return rows


def test_rows_that_keep_the_search_for_their_columns_busy_count_as_different() -> None:
    started = time.thread_time()
    assert not same_rows(_cycles(60), _cycles(30, 30), ordered=False)
    assert time.thread_time() - started < 3


def test_two_thousand_columns_in_another_order_are_the_same() -> None:
    rows = [tuple(range(2000)), tuple(range(1, 2001))]
    assert same_rows(rows, [row[::-1] for row in rows], ordered=False)
