"""Augmented examples, which keep their meaning."""

from __future__ import annotations

import random

from text2sql.generators.pocket.ir import ColumnToken, TableToken, Token, ValueToken
from train.pocket.augmentation import Chances, rename_schema, select_tables, vary_question
from train.pocket.corpus import Corpus
from train.pocket.synonyms import mine_synonyms

ALWAYS = Chances(tables=1, identifiers=1, rename=1, synonym=1, value=1, noise=0)


def test_phrases_that_two_rewordings_swap_are_synonyms_both_ways() -> None:
    pairs = [
        ("How many singers are there?", "How many vocalists are there?"),
        ("List all singers.", "List all vocalists."),
        ("List all ships.", "List all boats."),
    ]
    assert mine_synonyms(pairs) == {"singers": ["vocalists"], "vocalists": ["singers"]}


def test_renaming_changes_natural_names_and_not_identifiers(corpus: Corpus) -> None:
    schema = corpus.databases["singer"].schema
    synonyms = {"singer": ["vocalist"], "town": ["place"]}
    renamed = [rename_schema(schema, random.Random(i), ALWAYS, synonyms) for i in range(40)]
    assert {s.serialize() for s in renamed} == {schema.serialize()}
    assert {s.foreign_keys for s in renamed} == {schema.foreign_keys}
    assert "vocalist" in {s.tables[0].natural for s in renamed}


def test_a_query_keeps_the_tables_it_uses_wherever_they_move(corpus: Corpus) -> None:
    schema = corpus.databases["singer"].schema
    tokens: list[Token] = ["from", TableToken(1), "select", ColumnToken(1, 1), "end"]
    for seed in range(40):
        varied = select_tables(schema, tokens, random.Random(seed), 1.0, 50)
        _, table, _, column, _ = varied.tokens(tokens, schema)
        assert isinstance(table, TableToken)
        assert isinstance(column, ColumnToken)
        assert varied.schema.tables[table.table].name == "town"
        assert varied.schema.tables[column.table].columns[column.column].name == "title"
        before = sum(len(t.columns) for t in varied.schema.tables[: column.table])
        assert varied.columns[5] == before + 1


def test_unused_tables_are_dropped_until_few_nodes_are_left(corpus: Corpus) -> None:
    schema = corpus.databases["singer"].schema
    tokens: list[Token] = ["from", TableToken(0), TableToken(1), "select", "count", "*", "end"]
    assert len(select_tables(schema, tokens, random.Random(0), 0.0, 3).schema.tables) == 2
    assert len(select_tables(schema, tokens[:2], random.Random(0), 0.0, 5).schema.tables) == 1


def test_a_value_changes_in_question_and_query_together(corpus: Corpus) -> None:
    question = "What is the age of the singer named Ada?"
    tokens: list[Token] = ["where", ColumnToken(0, 1), "=", ValueToken("Ada"), "end"]
    seen = set()
    for seed in range(30):
        varied, moved = vary_question(
            question,
            tokens,
            corpus.indexes["singer"],
            corpus.cells["singer"],
            random.Random(seed),
            ALWAYS,
            {},
        )
        value = moved[3]
        assert isinstance(value, ValueToken)
        assert varied == f"What is the age of the singer named {value.value}?"
        seen.add(value.value)
    assert seen == {"Ada", "Bo", "Cy", "Dot"}


def test_a_phrase_that_is_a_cell_keeps_its_words(corpus: Corpus) -> None:
    varied, _ = vary_question(
        "Which singers are in Glasgow?",
        [],
        corpus.indexes["singer"],
        {},
        random.Random(0),
        ALWAYS,
        {"glasgow": ["Paris"], "singers": ["vocalists"]},
    )
    assert varied == "Which vocalists are in Glasgow?"
