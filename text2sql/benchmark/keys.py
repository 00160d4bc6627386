"""Measure how well keys are guessed if all declarations are hidden.

The truth is the declared keys of the catalog's databases, or of all SQLite files in --folder. If a
database declares none, the joins of its gold queries in --questions take their place; then only
missed keys are counted, because a key that no gold query uses may still be a key.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.arguments import add_json, add_spider_dir
from text2sql.schema import ColumnPosition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from text2sql.databases import Database
    from text2sql.schema import Schema
    from text2sql.spider import Example

__all__ = ["KeyScore", "add_arguments", "hidden", "joined_columns", "judge", "run"]

ColumnPair = frozenset[ColumnPosition]
"""Two columns that join; one, if a column joins itself."""


@dataclass(frozen=True)
class KeyScore:
    """How many keys of a database were found, missed and wrongly guessed, and in what time."""

    db_id: str
    found: int
    missed: int
    wrong: int
    seconds: float


def add_arguments(parser: ArgumentParser) -> None:
    add_spider_dir(parser)
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="take the SQLite files in DIR, at any depth"
    )
    parser.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="only their databases; joins of their gold SQL",
    )
    parser.add_argument("--verbose", action="store_true", help="print a line for each database")
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.databases import Catalog
    from text2sql.spider import load_examples
    from text2sql.terminal import format_table, print_json

    examples = load_examples(args.questions) if args.questions else []
    if args.folder is not None:
        databases = list(_files(args.folder))
    else:
        asked = {example.db_id for example in examples}
        catalog = Catalog.open(args.spider_dir)
        databases = [d for d in catalog if d.db_id in asked or not examples]
    rows = [_total(judged := list(_judged(databases, examples)))]
    rows = [*(vars(one) for one in judged), *rows] if args.verbose else rows
    if args.json:
        print_json(rows)
    else:
        names = list(rows[-1])
        print(format_table(names, [[row.get(name, "") for name in names] for row in rows]))
    return 0


def _files(folder: Path) -> Iterator[Database]:
    from text2sql.databases import Database
    from text2sql.errors import DatabaseError

    for path in sorted([*folder.rglob("*.sqlite"), *folder.rglob("*.db")]):
        try:
            yield Database.from_sqlite(path)
        except DatabaseError:
            continue


def _judged(databases: Iterable[Database], examples: Iterable[Example]) -> Iterator[KeyScore]:
    examples = list(examples)
    for database in databases:
        golds = [e.query for e in examples if e.db_id == database.db_id]
        truth = _pairs(database.schema)
        joined = set() if truth else joined_columns(golds, database.schema)
        if truth or joined:
            yield judge(database, truth or joined, sure=bool(truth))


def _total(judged: list[KeyScore]) -> dict[str, object]:
    found, missed, wrong = (
        sum(getattr(one, name) for one in judged) for name in ("found", "missed", "wrong")
    )
    return {
        "db_id": f"all {len(judged)}",
        "found": found,
        "missed": missed,
        "wrong": wrong,
        "seconds": round(max((j.seconds for j in judged), default=0.0), 2),
        "precision": round(100 * found / max(1, found + wrong), 1),
        "recall": round(100 * found / max(1, found + missed), 1),
    }


def hidden(database: Database) -> Database:
    """Copy ``database`` with its declared keys removed from the schema."""
    from text2sql.schema import Schema

    tables = tuple(
        replace(table, columns=tuple(replace(c, primary_key=False) for c in table.columns))
        for table in database.schema.tables
    )
    return replace(database, schema=Schema(tables))


def judge(database: Database, truth: set[ColumnPair], sure: bool = True) -> KeyScore:
    """Guess the keys of ``database``, declarations hidden, and compare them with ``truth``.

    A pair that declared keys connect through a third column counts as found.

    Args:
        sure: whether a guess that is not in ``truth`` counts as wrong.
    """
    from text2sql.linking.keys import guess_keys

    started = time.perf_counter()
    guessed = _pairs(guess_keys(hidden(database)))
    seconds = time.perf_counter() - started
    true, had = _Ties(truth), _Ties(guessed)
    return KeyScore(
        database.db_id,
        found=sum(map(had.tie, truth)),
        missed=sum(not had.tie(pair) for pair in truth),
        wrong=sum(not true.tie(pair) for pair in guessed) if sure else 0,
        seconds=round(seconds, 3),
    )


class _Ties:
    """Groups of columns that a set of pairs connects, directly or through other columns."""

    def __init__(self, pairs: set[ColumnPair]) -> None:
        self.first: dict[ColumnPosition, ColumnPosition] = {}
        for pair in pairs:
            one, other = min(pair), max(pair)
            self.first[self._root(one)] = self._root(other)

    def _root(self, place: ColumnPosition) -> ColumnPosition:
        while self.first.get(place, place) != place:
            place = self.first[place]
        return place

    def tie(self, pair: ColumnPair) -> bool:
        return self._root(min(pair)) == self._root(max(pair))


def _pairs(schema: Schema) -> set[ColumnPair]:
    return {
        frozenset(((key.table, key.column), (key.ref_table, key.ref_column)))
        for key in schema.foreign_keys
    }


def joined_columns(golds: Iterable[str], schema: Schema) -> set[ColumnPair]:
    """Collect the pairs of columns that gold queries compare."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.qualify import qualify

    from text2sql.errors import QueryError
    from text2sql.query.tree import statement

    names: dict[str, object] = {
        table.name: {c.name: "text" for c in table.columns} for table in schema.tables
    }
    found: set[ColumnPair] = set()
    for gold in golds:
        try:
            tree = qualify(statement(gold), schema=names, dialect="sqlite")
        except (QueryError, SqlglotError):
            continue
        tables = {table.alias_or_name: table.name for table in tree.find_all(exp.Table)}
        for same in tree.find_all(exp.EQ):
            ends = [_place(end, tables, schema) for end in (same.this, same.expression)]
            if None not in ends and len(set(ends)) == 2:
                found.add(frozenset(end for end in ends if end is not None))
    return found


def _place(end: object, tables: dict[str, str], schema: Schema) -> ColumnPosition | None:
    from sqlglot import exp

    if not isinstance(end, exp.Column) or end.table not in tables:
        return None
    table = schema.find_table(tables[end.table])
    column = None if table is None else schema.find_column(table, end.name)
    return None if table is None or column is None else (table, column)
