"""The reference's prompt, character for character, and SQL from what a model wrote."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from text2sql.prompt import Prompt, build_prompt, clean_sql, fit_prompt
from text2sql.schema import Column, ForeignKey, Schema, Table

SINGERS = "singer(id, name, age) | song(id, title, singer_id) | stadium(id, city)"


def words(text: str) -> int:
    return len(text.split())


def test_the_prompt_is_the_reference_s() -> None:
    assert build_prompt("How many singers are there?", SINGERS) == (
        "Translate English to SQL: How many singers are there? | Schemas: "
        "singer(id, name, age) | song(id, title, singer_id) | stadium(id, city)"
    )


def test_a_prompt_that_fits_is_whole() -> None:
    schema = Schema.from_text(SINGERS)
    assert fit_prompt("How many?", schema, words) == Prompt(build_prompt("How many?", SINGERS))


def test_the_least_relevant_tables_give_way_and_are_named() -> None:
    schema = Schema.from_text(SINGERS)
    prompt = fit_prompt("Which cities have stadiums?", schema, words, limit=16)
    assert prompt == Prompt(
        build_prompt("Which cities have stadiums?", "singer(id, name, age) | stadium(id, city)"),
        ("song",),
    )


def test_a_table_linked_to_a_relevant_one_is_kept_longer() -> None:
    tables = Schema.from_text(SINGERS).tables
    linked = Schema(tables, (ForeignKey(1, 2, 2, 0),))
    prompt = fit_prompt("Which cities have stadiums?", linked, words, limit=16)
    assert prompt.dropped == ("singer",)


def test_a_table_too_long_alone_loses_whole_columns() -> None:
    columns = tuple(Column(f"column_{n}") for n in range(50))
    schema = Schema((Table("wide", (*columns, Column("price"))),))
    prompt = fit_prompt("What is the price?", schema, words, limit=15)
    assert prompt.text.endswith("wide(column_0, column_1, column_2, column_3, price)")
    assert prompt.dropped == tuple(f"wide.column_{n}" for n in range(4, 50))


def test_a_question_over_the_limit_is_never_cut() -> None:
    question = "word " * 40 + "?"
    prompt = fit_prompt(question, Schema.from_text("t(a, b)"), words, limit=20)
    assert prompt == Prompt(build_prompt(question, "t(a)"), ("t.b",))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SELECT a FROM t WHERE b <unk> 5", "SELECT a FROM t WHERE b < 5"),
        ("SELECT a FROM t WHERE b <unk>= 5", "SELECT a FROM t WHERE b <= 5"),
        ("SELECT a FROM t WHERE b <unk> = 5", "SELECT a FROM t WHERE b <= 5"),
        ("SELECT a FROM t WHERE b< = 5", "SELECT a FROM t WHERE b<= 5"),
        ("SELECT a FROM t WHERE b <unk>> 'x'", "SELECT a FROM t WHERE b <> 'x'"),
        ("SELECT a FROM t WHERE b = 'x < = y'", "SELECT a FROM t WHERE b = 'x < = y'"),
        ("SELECT a FROM t WHERE b = 'x<unk>y'", "SELECT a FROM t WHERE b = 'xy'"),
        (
            "SELECT a FROM t WHERE b = 'it''s' AND c <unk> 1",
            "SELECT a FROM t WHERE b = 'it''s' AND c < 1",
        ),
        (' SELECT a FROM t WHERE b = "<unk>', 'SELECT a FROM t WHERE b = "'),
        ("", ""),
    ],
)
def test_an_unknown_sign_is_less_than_only_outside_literals(written: str, meant: str) -> None:
    assert clean_sql(written) == meant


def test_an_unknown_sign_in_a_literal_comes_back_from_the_question() -> None:
    question = "Which singers are from 東京 or live in Ærøskøbing?"
    written = "SELECT a FROM t WHERE b = '<unk>' OR b = \"<unk>r<unk>sk<unk>bing\""
    assert clean_sql(written, question, "東京Æø") == (
        "SELECT a FROM t WHERE b = '東京' OR b = \"Ærøskøbing\""
    )


def test_a_quote_from_the_question_cannot_end_a_literal() -> None:
    assert clean_sql("SELECT '<unk>s'", "the ~'s", "~'") == "SELECT '~''s'"


# the hub's schema dataset


def stripped(spider_schema: str) -> str:
    """A ``richardr1126/spider-schema`` text without its types, by plain text replacement."""
    tables = []
    for table in re.sub(r" \((text|number|time|boolean|others)\)", "", spider_schema).split(" | "):
        name, columns = table.split(" : ", 1)
        tables.append(f"{name.strip()}({', '.join(c.strip() for c in columns.split(' , '))})")
    return " | ".join(tables)


def schemas_of(spider_dir: Path) -> dict[str, tuple[str, Schema, Schema]]:
    """By database: the hub's text, ``tables.json`` and the SQLite file."""
    texts = json.loads((spider_dir / "spider-schema.json").read_text(encoding="utf-8"))
    tables = json.loads((spider_dir / "tables.json").read_text(encoding="utf-8"))
    entries = {entry["db_id"]: entry for entry in tables}
    return {
        row["db_id"]: (
            row["Schema (values (type))"],
            Schema.from_tables_json(entries[row["db_id"]]),
            Schema.from_sqlite(spider_dir / "database" / row["db_id"] / f"{row['db_id']}.sqlite"),
        )
        for row in texts
    }


def names(schema: Schema) -> list[tuple[str, tuple[str, ...]]]:
    return [(table.name, tuple(c.name for c in table.columns)) for table in schema.tables]


def test_every_spider_schema_reads_as_the_reference_reads_it(spider_dir: Path) -> None:
    if not (spider_dir / "spider-schema.json").is_file():
        pytest.skip("needs spider-schema.json, the hub's richardr1126/spider-schema")
    found = schemas_of(spider_dir)
    assert len(found) == 166
    for text, tables, _ in found.values():
        assert tables.serialize() == stripped(text)
        assert Schema.from_text(text).serialize() == stripped(text)
        assert Schema.from_text(stripped(text)).serialize() == stripped(text)


def test_sqlite_files_differ_in_the_order_of_tables_and_one_internal_table(
    spider_dir: Path,
) -> None:
    if not (spider_dir / "spider-schema.json").is_file():
        pytest.skip("needs spider-schema.json, the hub's richardr1126/spider-schema")
    equal, reordered, others = 0, 0, {}
    for db_id, (_, declared, file) in schemas_of(spider_dir).items():
        if names(declared) == names(file):
            equal += 1
        elif sorted(names(declared)) == sorted(names(file)):
            reordered += 1
        else:
            others[db_id] = set(names(declared)) ^ set(names(file))
    # a copy of Spider may hold another database under this name
    equal += others.pop("insurance_policies", None) is not None
    assert (equal, reordered) == (99, 64)
    # tables.json lists SQLite's own bookkeeping where a database has it
    internal = {("sqlite_sequence", ("name", "seq"))}
    assert others == {"world_1": internal, "soccer_1": internal, "store_1": internal}
