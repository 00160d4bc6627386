"""Names in quotes, where they need them and nowhere else."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.query import parse, quote_identifier
from text2sql.schema import Column, Schema, Table

# https://www.sqlite.org/lang_keywords.html
KEYWORDS = """
    abort action add after all alter always analyze and as asc attach autoincrement before begin
    between by cascade case cast check collate column commit conflict constraint create cross
    current current_date current_time current_timestamp database default deferrable deferred delete
    desc detach distinct do drop each else end escape except exclude exclusive exists explain fail
    filter first following for foreign from full generated glob group groups having if ignore
    immediate in index indexed initially inner insert instead intersect into is isnull join key last
    left like limit match materialized natural no not nothing notnull null nulls of offset on or
    order others outer over partition plan pragma preceding primary query raise range recursive
    references regexp reindex release rename replace restrict returning right rollback row rows
    savepoint select set table temp temporary then ties to transaction trigger unbounded union
    unique update using vacuum values view virtual when where window with within without
    true false rowid interval lock fetch any cube qualify lateral grant describe
"""
FORMS = (
    "SELECT {k}, count(DISTINCT {k}), {k} - {k} FROM {k} WHERE {k} IN (1) AND NOT {k} = 2 "
    "GROUP BY {k} HAVING max({k}) > 0 ORDER BY {k} DESC, {k} LIMIT 2",
    "SELECT T1.{k} FROM {k} AS T1 JOIN {k} AS T2 ON T1.{k} = T2.{k} "
    "WHERE T1.{k} BETWEEN 1 AND T2.{k} OR T2.{k} LIKE 'a' AND T1.{k} IS NOT NULL",
    "SELECT {k} FROM {k} WHERE {k} NOT IN (SELECT {k} FROM {k}) EXCEPT SELECT {k} FROM {k}",
)


@pytest.mark.parametrize("name", ["name", "_x", "Home_Town2", "key", "rank", "date", "match"])
def test_a_plain_name_stays_as_it_is(name):
    assert quote_identifier(name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Home Town", '"Home Town"'),
        ("order", '"order"'),
        ("GROUP", '"GROUP"'),
        ("größe", '"größe"'),
        ("名前", '"名前"'),
        ("2nd", '"2nd"'),
        ('a"b', '"a""b"'),
        ("it's", '"it\'s"'),
        ("a.b", '"a.b"'),
        ("x;--", '"x;--"'),
        ("", '""'),
    ],
)
def test_any_other_name_is_quoted(name, expected):
    assert quote_identifier(name) == expected


@pytest.mark.parametrize("form", FORMS, ids=["clauses", "join", "nested"])
def test_a_keyword_is_a_name_to_sqlite_and_to_the_parser(form):
    for keyword in KEYWORDS.split():
        quoted = f'"{keyword}"'
        sql = form.format(k=quote_identifier(keyword))
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute(f"CREATE TABLE {quoted} ({quoted} INT)")
            connection.execute(f"INSERT INTO {quoted} VALUES (7)")
            expected = connection.execute(form.format(k=quoted)).fetchall()
            assert connection.execute(sql).fetchall() == expected, keyword
        schema = Schema((Table(keyword, (Column(keyword),)),))
        assert parse(sql, schema) == parse(form.format(k=quoted), schema), keyword


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_any_text_is_a_name_to_sqlite(name):
    quoted = quote_identifier(name)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE t ({quoted} INT)")
        connection.execute("INSERT INTO t VALUES (7)")
        assert connection.execute(f"SELECT T1.{quoted} FROM t AS T1").fetchall() == [(7,)]
        assert connection.execute("PRAGMA table_info(t)").fetchone()[1] == name
