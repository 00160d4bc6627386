"""What the grammar lets through, and what it never does."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.generators.pocket.grammar import Grammar, Values
from text2sql.generators.pocket.ir import (
    FIRST_KEYWORDS,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
    from_tokens,
    to_tokens,
)
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.sandbox import run_query
from text2sql.schema import Schema
from text2sql.spider import Example


def _after(*tokens: Token, extended: bool = True) -> Grammar:
    grammar = Grammar(extended)
    for token in tokens:
        assert grammar.allows(token), token
        grammar = grammar.push(token)
    return grammar


_A_QUERY = ("from", TableToken(0), "select", ColumnToken(0, 1))


def test_a_query_begins_with_from() -> None:
    assert Grammar().allowed().keywords == {"from"}


def test_no_table_is_joined_to_itself() -> None:
    assert not _after("from", TableToken(0)).allows(TableToken(0))


def test_only_columns_of_the_tables_in_from_are_let_through() -> None:
    grammar = _after("from", TableToken(0), "select")
    assert grammar.allows(ColumnToken(0, 1))
    assert not grammar.allows(ColumnToken(1, 1))


@pytest.mark.parametrize("aggregate", ["sum", "avg", "min", "max"])
def test_only_count_takes_a_star(aggregate: str) -> None:
    assert not _after("from", TableToken(0), "select", aggregate).allows("*")
    assert _after("from", TableToken(0), "select", "count").allows("*")


def test_where_takes_no_aggregate_and_having_does() -> None:
    assert not _after(*_A_QUERY, "where").allows("count")
    assert _after(*_A_QUERY, "group", ColumnToken(0, 1), "having").allows("count")


def test_both_sides_of_a_set_operator_select_equally_many_columns() -> None:
    left = (*_A_QUERY, ColumnToken(0, 2), "union", "from", TableToken(1), "select")
    one = _after(*left, ColumnToken(1, 0))
    assert not one.allows("end")
    two = one.push(ColumnToken(1, 1))
    assert two.allows("end")
    assert not two.allows(ColumnToken(1, 2))


def test_no_set_operation_comes_after_order_by() -> None:
    grammar = _after(*_A_QUERY, "order_asc", ColumnToken(0, 1))
    assert grammar.allows("limit")
    assert not grammar.allows("union")


def test_limit_takes_a_number() -> None:
    assert _after(*_A_QUERY, "limit").allowed().values is Values.NUMBER


def test_a_subquery_selects_one_column_and_closes() -> None:
    grammar = _after(*_A_QUERY, "where", ColumnToken(0, 1), "in", "(", *_A_QUERY)
    assert not grammar.allows(ColumnToken(0, 2))
    assert not grammar.allows("end")
    assert grammar.push(")").allows("end")


def test_states_are_shared_not_changed() -> None:
    before = _after(*_A_QUERY)
    before.push("where")
    assert before == _after(*_A_QUERY)


def _choices(grammar: Grammar, schema: Schema) -> list[Token]:
    allowed = grammar.allowed()
    tokens: list[Token] = sorted(allowed.keywords)
    if allowed.tables:
        tokens += [
            TableToken(t) for t in range(len(schema.tables)) if allowed.allows(TableToken(t))
        ]
    tokens += [
        ColumnToken(t, c) for t in allowed.columns for c in range(len(schema.tables[t].columns))
    ]
    if allowed.values is not Values.NONE:
        tokens.append(ValueToken(3))
    return tokens


def _random_tokens(rng: random.Random, schema: Schema, extended: bool) -> list[Token] | None:
    """Tokens drawn from what the grammar lets through; None where subqueries would not close."""
    tokens: list[Token] = []
    grammar = Grammar(extended, len(schema.tables))
    while not grammar.done:
        choices = _choices(grammar, schema)
        closing = [t for t in choices if t in ("end", ")")]
        hurry = len(tokens) > 25 or rng.random() < 0.3
        tokens.append(rng.choice(closing if closing and hurry else choices))
        grammar = grammar.push(tokens[-1])
        if len(tokens) > 200:
            return None
    return tokens


@pytest.mark.parametrize("extended", [False, True])
def test_whatever_the_grammar_lets_through_runs(extended: bool, stadiums: Database) -> None:
    failed = []
    for seed in range(300):
        tokens = _random_tokens(random.Random(seed), stadiums.schema, extended)
        if tokens is None:
            continue
        with suppress(QueryError):  # whether a key ties two tables is not for the grammar to know
            sql = write(from_tokens(tokens, stadiums.schema), stadiums.schema)
            error = run_query(stadiums, sql).error
            failed += [(sql, error)] if error else []
    assert failed == []


def test_the_first_weights_are_shown_no_keyword_that_they_do_not_know(stadiums: Database) -> None:
    for seed in range(200):
        tokens = _random_tokens(random.Random(seed), stadiums.schema, extended=False) or []
        words = {token for token in tokens if isinstance(token, str)}
        assert words <= set(FIRST_KEYWORDS)


def test_tables_come_in_any_order() -> None:
    # the network can't tell which of two tables its schema names first
    assert _after("from", TableToken(1)).allows(TableToken(0))
    assert not _after("from", TableToken(1)).allows(TableToken(1))


def test_a_table_twice_is_said_to_be_there_twice() -> None:
    grammar = _after("from", TableToken(0), "again", TableToken(0), ColumnToken(0, 1), "select")
    assert grammar.push("again").allows(ColumnToken(0, 1))
    assert not grammar.push("again").allows(ColumnToken(1, 1))


def test_columns_of_a_query_in_from_go_by_their_number() -> None:
    inner = ("from", "(", *_A_QUERY, ColumnToken(0, 2), ")", "select")
    assert _after(*inner).allows("#2")
    assert not _after(*inner).allows("#3")


def test_every_gold_of_spider_is_let_through(spider_dir: Path, dev_golds: list[Example]) -> None:
    schemas = {
        e["db_id"]: Schema.from_tables_json(e)
        for e in json.loads((spider_dir / "tables.json").read_text())
    }
    refused = []
    for example in dev_golds:
        schema = schemas[example.db_id]
        try:
            _after(*to_tokens(read(example.query, schema), schema))
        except (QueryError, AssertionError):
            refused.append(example.query)
    assert (len(dev_golds), refused) == (564, [])
