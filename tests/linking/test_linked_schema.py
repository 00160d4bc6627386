"""The part of a schema that a question is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2sql.databases import Catalog, Database
from text2sql.linking.linked_schema import link_schema, linked_prompt, named_in, select_columns
from text2sql.schema import Schema
from text2sql.spider import load_examples

WIDE = Database.from_schema_text(
    " | ".join(f"table{n}(id, a{n}, b{n})" for n in range(20)) + " | zebras(id, stripes)"
)


@pytest.fixture(scope="module")
def airline() -> Database:
    return Catalog.open().get("airline")


def test_the_cells_a_question_names_stand_beside_their_columns(airline: Database) -> None:
    text = link_schema("How many flights were cancelled?", airline).serialize()
    assert 'status ("cancelled")' in text
    assert text.count('("') == 1


def test_tables_that_the_question_does_not_name_are_left_out() -> None:
    names = [t.name for t in link_schema("How many stripes have zebras?", WIDE).schema.tables]
    assert len(names) == 6
    assert names[-1] == "zebras"  # in the order of the database


def test_a_wide_table_keeps_its_keys_and_what_is_asked_for() -> None:
    columns = ", ".join(f"c{n}" for n in range(40))
    wide = Database.from_schema_text(f"animals({columns}, stripes)")
    kept = [c.name for c in link_schema("How many stripes?", wide).schema.tables[0].columns]
    assert len(kept) == 12
    assert kept[-1] == "stripes"


def test_what_must_be_kept_is_kept() -> None:
    linked = link_schema("How many stripes have zebras?", WIDE, keep=[(17, 2)])
    table = linked.schema.tables[linked.schema.find_table("table17") or 0]
    assert [c.name for c in table.columns] == ["id", "a17", "b17"]


def test_a_prompt_over_the_limit_has_fewer_tables() -> None:
    question = "How many stripes have zebras?"
    whole = linked_prompt(question, WIDE, len, limit=1000)
    assert whole.dropped == ()
    short = linked_prompt(question, WIDE, len, limit=110)
    assert len(short.text) <= 110
    assert short.text.endswith("zebras(id, stripes)")
    assert len(short.dropped) == 6 - 1 - short.text.count("|") + 1


def test_foreign_keys_follow_the_columns_that_are_left() -> None:
    airline = Catalog.open().get("airline").schema
    key = airline.foreign_keys[0]
    ends = [(key.table, key.column), (key.ref_table, key.ref_column)]
    small = select_columns(airline, ends)
    assert len(small.tables) == 2
    kept = small.foreign_keys[0]
    assert (
        small.tables[kept.table].columns[kept.column].name
        == airline.tables[key.table].columns[key.column].name
    )
    assert select_columns(airline, ends[:1]).foreign_keys == ()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT b FROM t", {(0, 1)}),
        ("SELECT count(*) FROM T", {(0, 0)}),
        ("SELECT x FROM other", set()),
        ('SELECT "two words" FROM u JOIN t', {(1, 0), (0, 0)}),
    ],
)
def test_the_columns_a_query_names(sql: str, expected: set[tuple[int, int]]) -> None:
    assert named_in(sql, Schema.from_text("t(a, b) | u(two words, b2)")) == expected


def test_linking_keeps_what_spiders_gold_queries_use(spider_dir: Path) -> None:
    catalog, kept = Catalog.open(spider_dir), 0
    examples = load_examples(spider_dir / "dev.json")[::10]
    for example in examples:
        schema = catalog.get(example.db_id).schema
        linked = link_schema(example.question, catalog.get(example.db_id)).schema
        left = {(t.name, c.name) for t in linked.tables for c in t.columns}
        gold = named_in(example.query, schema)
        kept += left >= {(schema.tables[t].name, schema.tables[t].columns[c].name) for t, c in gold}
    assert kept / len(examples) > 0.97
