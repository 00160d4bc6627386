"""Queries written and read back: the same query, which SQLite runs, with the same rows."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.query.singers import SCHEMA, connect
from text2sql.databases import SAMPLES
from text2sql.errors import QueryError
from text2sql.query import (
    STAR,
    Arithmetic,
    ColumnRef,
    ColumnUnit,
    Condition,
    Conditions,
    Join,
    Literal,
    OrderItem,
    Query,
    Source,
    Unit,
    parse,
    render,
)
from text2sql.schema import Schema, connect_read_only
from text2sql.spider import load_examples

Draw = Callable[[st.SearchStrategy[Any]], Any]
AGGREGATES = st.sampled_from(["max", "min", "count", "sum", "avg"])
CONNECTORS = st.sampled_from(["and", "or"])
LITERALS = st.builds(
    Literal,
    st.one_of(
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.none(),
    ),
)


class Builder:
    """Draws one query; ``outer`` holds the FROM clauses around it, the nearest first."""

    def __init__(self, draw: Draw, outer: tuple[tuple[Source, ...], ...] = ()) -> None:
        self.draw = draw
        self.outer = outer
        self.sources: tuple[Source, ...] = ()

    def query(self, width: int | None = None, joined: bool = False) -> Query:
        """A query of ``width`` columns, which may be anything where that is None."""
        count = self.draw(st.integers(1, 3))
        self.sources = tuple(Source(self.draw(st.integers(0, 2))) for _ in range(count))
        if width is None and not joined and self.draw(st.integers(0, 7)) == 0:
            select: tuple[Unit, ...] = (ColumnUnit(STAR),)
        else:
            wanted = self.draw(st.integers(1, 3)) if width is None else width
            select = tuple(self.unit() for _ in range(wanted))
        grouped = self.draw(st.booleans())
        query = Query(
            select,
            self.sources,
            distinct=self.draw(st.booleans()),
            joins=tuple(self.join(i) for i in range(1, count) if self.draw(st.booleans())),
            where=self.conditions(self.column),
            group_by=(self.column(),) if grouped else (),
            having=self.conditions(self.aggregate) if grouped else Conditions(),
        )
        return self.with_order(query) if not joined else query

    def with_order(self, query: Query) -> Query:
        order = tuple(
            OrderItem(self.unit(), self.draw(st.booleans()))
            for _ in range(self.draw(st.integers(0, 2)))
        )
        limit = self.draw(st.none() | st.integers(0, 9))
        return Query(**{**vars(query), "order_by": order, "limit": limit})

    def ref(self, level: int = 0) -> ColumnRef:
        sources = (self.sources, *self.outer)[level]
        position = self.draw(st.integers(0, len(sources) - 1))
        table = sources[position].table
        assert table is not None
        column = self.draw(st.integers(0, len(SCHEMA.tables[table].columns) - 1))
        return ColumnRef(table, column, position, level)

    def column(self) -> ColumnUnit:
        return ColumnUnit(self.ref())

    def aggregate(self) -> ColumnUnit:
        if self.draw(st.booleans()):
            return ColumnUnit(STAR, "count")
        return ColumnUnit(self.ref(), self.draw(AGGREGATES), self.draw(st.booleans()))

    def unit(self) -> Unit:
        if self.draw(st.integers(0, 4)) == 0:
            operator = self.draw(st.sampled_from("+-*/"))
            return Arithmetic(
                operator, self.column(), self.column(), self.draw(st.none() | AGGREGATES)
            )
        return self.draw(st.sampled_from([self.column, self.aggregate]))()

    def join(self, source: int) -> Join:
        table = self.sources[source].table
        assert table is not None
        right = ColumnRef(table, self.draw(st.integers(0, 3)), source)
        left = ColumnRef(self.sources[0].table or 0, self.draw(st.integers(0, 3)), 0)
        return Join(left, right, source, self.draw(st.sampled_from(["=", "<", "!="])))

    def conditions(self, left: Callable[[], ColumnUnit]) -> Conditions:
        items = tuple(self.condition(left()) for _ in range(self.draw(st.integers(0, 3))))
        return Conditions(items, tuple(self.draw(CONNECTORS) for _ in items[1:]))

    def condition(self, left: Unit) -> Condition:
        negated = self.draw(st.booleans())
        kind = self.draw(
            st.sampled_from(["=", ">", "!=", "like", "between", "in", "list", "exists"])
        )
        if kind == "list":
            items = tuple(self.draw(st.lists(LITERALS, min_size=1, max_size=3)))
            return Condition(left, "in", items[0], negated=negated, items=items)
        if kind in ("in", "exists"):
            inner = self.inner() or Query((self.column(),), self.sources)
            return Condition(None if kind == "exists" else left, kind, inner, negated=negated)
        if kind == "between":
            low, high = self.draw(LITERALS), self.draw(LITERALS)
            return Condition(left, kind, low, high, negated)
        if self.draw(st.integers(0, 5)) == 0:
            return Condition(left, "is", Literal(None), negated=negated)
        return Condition(left, kind, self.value(), negated=negated)

    def value(self) -> Any:
        choice = self.draw(st.integers(0, 5))
        if choice == 0:
            return ColumnUnit(self.ref(self.draw(st.integers(0, len(self.outer)))))
        return (self.inner() if choice == 1 else None) or self.draw(LITERALS)

    def inner(self) -> Query | None:
        if len(self.outer) == 2:
            return None
        return Builder(self.draw, (self.sources, *self.outer)).query(width=1)


@st.composite
def queries(draw: Draw) -> Query:
    if draw(st.integers(0, 2)):
        return Builder(draw).query()
    width = draw(st.integers(1, 2))
    parts = [Builder(draw).query(width, joined=True) for _ in range(draw(st.integers(2, 4)))]
    last = parts[-1]
    order = tuple(OrderItem(u, draw(st.booleans())) for u in last.select if draw(st.booleans()))
    query = Query(**{**vars(last), "order_by": order, "limit": draw(st.none() | st.integers(0, 9))})
    for part in reversed(parts[:-1]):
        operator = draw(st.sampled_from(["union", "intersect", "except"]))
        query = Query(**{**vars(part), "set_operator": operator, "right": query})
    return query


@given(queries())
def test_a_query_that_was_written_is_read_back_as_it_was(query):
    sql = render(query, SCHEMA)
    assert repr(parse(sql, SCHEMA)) == repr(query), sql


def _complaint(sql: str) -> str:
    with closing(connect()) as connection:
        try:
            connection.execute(f"EXPLAIN {sql}")
        except sqlite3.OperationalError as error:
            return str(error)
    return ""


@given(queries())
def test_what_is_written_is_sql_to_sqlite(query):
    said = _complaint(render(query, SCHEMA))
    # the one thing the builder does not mind: an aggregate where SQLite wants none
    assert said == "" or "aggregate" in said, render(query, SCHEMA)


def _same_rows(connection: sqlite3.Connection, sql: str, schema: Schema) -> None:
    query = parse(sql, schema)
    written = render(query, schema)
    assert repr(parse(written, schema)) == repr(query), sql
    try:
        expected = connection.execute(sql).fetchall()
    except sqlite3.OperationalError:  # some golds of Spider's training set do not run
        return
    rows = connection.execute(written).fetchall()
    assert Counter(map(repr, rows)) == Counter(map(repr, expected)), sql


def test_the_golds_of_the_samples_keep_their_rows():
    for example in load_examples(SAMPLES / "questions.json"):
        path = SAMPLES / "database" / example.db_id / f"{example.db_id}.sqlite"
        with closing(connect_read_only(path)) as connection:
            _same_rows(connection, example.query, Schema.from_sqlite(path))


def _golds(spider_dir: Path, name: str) -> list[tuple[str, str]]:
    examples = json.loads((spider_dir / name).read_text(encoding="utf-8"))
    return sorted({(example["db_id"], example["query"]) for example in examples})


def _check(spider_dir: Path, golds: list[tuple[str, str]]) -> list[str]:
    """Golds that cannot be read; the others are checked for keeping their rows."""
    entries = json.loads((spider_dir / "tables.json").read_text(encoding="utf-8"))
    schemas = {entry["db_id"]: Schema.from_tables_json(entry) for entry in entries}
    unread = []
    for db_id, sql in golds:
        path = spider_dir / "database" / db_id / f"{db_id}.sqlite"
        with closing(connect_read_only(path)) as connection:
            try:
                _same_rows(connection, sql, schemas[db_id])
            except QueryError:
                unread.append(sql)
    return unread


def test_all_golds_of_spider_dev_are_read_and_keep_their_rows(spider_dir):
    assert _check(spider_dir, _golds(spider_dir, "dev.json")) == []


def test_golds_of_spider_train_are_read_and_keep_their_rows(spider_dir):
    assert _check(spider_dir, _golds(spider_dir, "train_spider.json")[::8]) == []
