"""Measure how many values of the gold queries are among the question's value candidates.

A value is needed if a gold query compares a column with it, or if it is a LIMIT above one. For each
kind of value, prints the percentage that are candidates, and that are among the first ten.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_spider_dir, positive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot import exp

    from text2sql.databases import Database
    from text2sql.linking.values import ValueCandidate
    from text2sql.schema import Schema
    from text2sql.spider import Example

__all__ = ["Needed", "add_arguments", "is_found", "needed_values", "run"]

_FIRST = 10


@dataclass(frozen=True)
class Needed:
    """A value that a gold compares with; ``kind`` is text, pattern, date, number or limit.

    ``any_case`` says that the comparison ignores letter case.
    """

    value: str | int | float
    kind: str
    any_case: bool = False


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold SQL")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="use the databases DIR/ID/ID.sqlite"
    )
    add_spider_dir(parser)
    parser.add_argument("--limit", type=positive(int), metavar="N", help="only the first N")
    parser.add_argument("--misses", action="store_true", help="list the values that were not found")
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog, Database
    from text2sql.terminal import format_table, print_json

    catalog = Catalog.open(args.spider_dir)
    examples = load_questions(args.questions, catalog)[: args.limit]
    known: dict[str, Database] = {}

    def database(db_id: str) -> Database:
        if args.folder is None:
            return catalog.get(db_id)
        if db_id not in known:
            known[db_id] = Database.from_sqlite(args.folder / db_id / f"{db_id}.sqlite")
        return known[db_id]

    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for example in examples:
        for needed, place in _places(example, database(example.db_id)):
            for kind in (needed.kind, "all"):
                found = (1, place is not None, place is not None and place < _FIRST)
                counts[kind] = [a + b for a, b in zip(counts[kind], found, strict=True)]
            if place is None and args.misses:
                print(f"{example.db_id}\t{needed.kind}\t{needed.value!r}\t{example.question}")
    rows = [
        {
            "kind": kind,
            "needed": total,
            "candidates": round(100 * found / total, 2),
            f"first {_FIRST}": round(100 * first / total, 2),
        }
        for kind, (total, found, first) in sorted(counts.items())
    ]
    if args.json:
        print_json(rows)
    elif rows:
        print(format_table(list(rows[0]), [list(row.values()) for row in rows]))
    return 0


def _places(example: Example, database: Database) -> Iterator[tuple[Needed, int | None]]:
    """Yield each needed value with its rank among the candidates, None if it is not one."""
    from text2sql.linking.values import candidates_of

    needed = needed_values(example.query, database.schema)
    candidates = candidates_of(example.question, database) if needed else []
    for value in needed:
        places = (i for i, c in enumerate(candidates) if is_found(value, c))
        yield value, next(places, None)


def is_found(needed: Needed, candidate: ValueCandidate) -> bool:
    """Whether a comparison with ``candidate`` means the same as one with ``needed``."""
    from text2sql.linking.words import normal_form, number_of

    if candidate.kind == "unknown":
        return False
    if isinstance(needed.value, int | float):
        given = number_of(str(candidate.value))
        return given is not None and abs(given - needed.value) < 1e-9
    if candidate.text == needed.value:
        return True
    if number_of(needed.value) is not None:
        return number_of(candidate.text) == number_of(needed.value)
    if needed.kind == "pattern" and candidate.text == needed.value.strip("-% "):
        return True
    return needed.any_case and normal_form(candidate.text) == normal_form(needed.value)


def needed_values(gold: str, schema: Schema) -> list[Needed]:
    """The distinct values that a gold query compares with; empty if it cannot be parsed."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(gold, read="sqlite")
    except SqlglotError:
        return []
    names = {column.name.lower() for table in schema.tables for column in table.columns}
    for column in list(tree.find_all(exp.Column)):
        # SQLite reads "text" as a string if no column has that name
        if column.this.args.get("quoted") and not column.table and column.name.lower() not in names:
            column.replace(exp.Literal.string(column.name))
    found: dict[Needed, None] = {}
    for node in tree.walk():
        if isinstance(node, exp.Limit) and isinstance(node.expression, exp.Literal):
            if not node.expression.is_string and int(node.expression.this) > 1:
                found[Needed(int(node.expression.this), "limit")] = None
        elif isinstance(node, exp.Predicate | exp.In | exp.Between):
            found |= dict.fromkeys(_compared(node))
    return list(found)


def _compared(node: Any) -> Iterator[Needed]:
    from sqlglot import exp

    sides: Sequence[Any] = list(node.iter_expressions())
    if not any(side.find(exp.Column) or side.find(exp.Count) for side in sides):
        return
    like = isinstance(node, exp.Like | exp.ILike | exp.Glob)
    any_case = like or node.find(exp.Lower, exp.Upper, exp.Collate) is not None
    for side in sides:
        literal = side.this if isinstance(side, exp.Neg | exp.Collate | exp.Lower) else side
        if isinstance(literal, exp.Literal):
            yield from _needed(literal, isinstance(side, exp.Neg), like, any_case)


def _needed(literal: exp.Literal, negative: bool, like: bool, any_case: bool) -> Iterator[Needed]:
    from text2sql.linking.dates import is_iso_date

    text = str(literal.this)
    if not literal.is_string:
        value = float(text) * (-1 if negative else 1)
        yield Needed(int(value) if value.is_integer() else value, "number")
    elif like:
        if text.strip("%"):
            yield Needed(text.strip("%"), "pattern", any_case)
    elif text:
        yield Needed(text, "date" if is_iso_date(text) else "text", any_case)
