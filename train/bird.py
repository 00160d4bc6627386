"""BIRD's training questions as a folder in Spider's layout: ``python -m train.bird DIR OUT``.

BIRD (Li et al., NeurIPS 2023) is CC BY-SA 4.0 and not part of the project. ``DIR`` holds its
training part without cells: ``train.jsonl`` (db_id, question, query), ``schemas.json`` (the DDL of
each database) and ``column_meaning.json`` (a sentence for each column). The databases are filled
with the values that gold queries compare with and the examples in those sentences, so that a
question's values are found as in the real databases. The rows as a whole mean nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlglot import exp

from text2sql.atomic import write_text
from text2sql.databases import Database
from text2sql.descriptions import ColumnText, Descriptions, TableText, described
from text2sql.errors import DataError, QueryError
from text2sql.query.tree import statement
from text2sql.schema import Schema
from text2sql.tables_json import tables_entry
from text2sql.terminal import reports_errors
from train.asked.dataset import BIRD_REWORDINGS, read_packed, read_wrong_golds
from train.sql_create_context import schema_of

__all__ = ["build", "databases_without_cells", "main"]

_MOST_ROWS = 400
_FEWEST_ROWS = 12
_NUMERIC = re.compile("INT|REAL|NUM|FLOAT|DEC", re.IGNORECASE)
_EXAMPLE = re.compile(r"(?<![A-Za-z])['\"‘“]([^'\"‘’“”]{1,60})['\"’”](?![A-Za-z])")

#: Cells by table and column, both in lower case.
CellsByColumn = Mapping[tuple[str, str], Sequence[str | int | float]]


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Write the folder; return 2 if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m train.bird", description=__doc__)
    parser.add_argument("source", type=Path, metavar="DIR", help="BIRD's training part")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write")
    args = parser.parse_args(argv)
    print(build(args.source, args.out))
    return 0


def build(source: Path, out: Path) -> str:
    """Write ``out`` and return a sentence with its numbers of databases and questions.

    Questions with a gold that a reader found wrong are left out; rewordings are added.

    Raises:
        DataError: a file is missing or not in BIRD's form.
    """
    ddl: dict[str, str] = json.loads(_text(source / "schemas.json"))
    meanings: dict[str, str] = json.loads(_text(source / "column_meaning.json"))
    entries = [json.loads(line) for line in _text(source / "train.jsonl").splitlines()]
    questions = _questions(entries)
    tables = []
    for db_id, statements in ddl.items():
        golds = [e["query"] for e in entries if e["db_id"] == db_id]
        path = out / "database" / db_id / f"{db_id}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        _fill(path, statements, golds, _examples(meanings, db_id))
        tables.append(tables_entry(db_id, Schema.from_sqlite(path)))
    write_text(out / "tables.json", json.dumps(tables))
    write_text(out / "questions.json", json.dumps(questions))
    return f"{len(tables)} databases and {len(questions):,} questions are in {out}."


def databases_without_cells(source: Path) -> dict[str, Database]:
    """The databases of BIRD's training part by ``db_id``, with the sentences on their columns.

    Only their schemas are known, so SQL can be written for them but not run.

    Raises:
        DataError: a file is missing or not in BIRD's form.
    """
    ddl: dict[str, str] = json.loads(_text(source / "schemas.json"))
    meanings: dict[str, str] = json.loads(_text(source / "column_meaning.json"))
    said: defaultdict[str, dict[str, dict[str, ColumnText]]] = defaultdict(dict)
    for key, sentence in meanings.items():
        db_id, table, column = key.split("|", 2)
        text = ColumnText(description=sentence[:2_000])
        said[db_id].setdefault(table, {})[column] = text
    found = {}
    for db_id, statements in ddl.items():
        texts = {table: TableText(columns=columns) for table, columns in said[db_id].items()}
        schema = described(schema_of(statements), Descriptions(tables=texts))
        found[db_id] = Database(db_id, schema)
    return found


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataError(
            f"There is no {path.name} in {str(path.parent)!r}; name the folder with BIRD's "
            "train.jsonl, schemas.json and column_meaning.json."
        )
    return path.read_text(encoding="utf-8")


def _questions(entries: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    wrong = read_wrong_golds("bird")
    wordings = [(n, e["question"], "bird") for n, e in enumerate(entries) if n not in wrong]
    # rewordings ask for what the gold returns, even if the original question does not
    wordings += [(r["n"], r["question"], "bird_respoken") for r in read_packed(BIRD_REWORDINGS)]
    return [
        {
            "question": question,
            "query": entries[n]["query"],
            "db_id": entries[n]["db_id"],
            "source": source,
        }
        for n, question, source in wordings
        if n < len(entries)
    ]


def _examples(meanings: Mapping[str, str], db_id: str) -> dict[tuple[str, str], list[str]]:
    """The values that each column's sentence quotes, without names from the schema."""
    found = {}
    names = {
        part.lower() for key in meanings if key.startswith(f"{db_id}|") for part in key.split("|")
    }
    for key, sentence in meanings.items():
        name, table, column = key.split("|", 2)
        if name == db_id:
            quoted = [q.strip() for q in _EXAMPLE.findall(sentence)]
            found[table.lower(), column.lower()] = [
                q for q in quoted if q.lower() not in names and not q.lower().endswith("column")
            ]
    return found


def _fill(
    path: Path, statements: str, golds: Sequence[str], examples: Mapping[tuple[str, str], list[str]]
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(statements)
        listed = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        tables = {
            table: connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            for (table,) in listed.fetchall()
        }
        columns = {t.lower(): {c[1].lower() for c in info} for t, info in tables.items()}
        cells = _compared(golds, columns)
        for place, texts in examples.items():
            cells[place] = list(dict.fromkeys([*cells.get(place, ()), *texts]))
        for table, info in tables.items():
            marks = ", ".join("?" for _ in info)
            statement = f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})'
            connection.executemany(statement, _rows(table, info, cells))


def _rows(table: str, info: Sequence[Any], cells: CellsByColumn) -> Iterator[list[Any]]:
    """Rows with each column's cells in order, and numbers for columns without cells."""
    known = [_fitting(column, cells.get((table.lower(), column[1].lower()), ())) for column in info]
    count = min(_MOST_ROWS, max(_FEWEST_ROWS, *(len(values) for values in known)))
    for n in range(count):
        yield [_cell(column, values, n) for column, values in zip(info, known, strict=True)]


def _fitting(column: Any, values: Sequence[Any]) -> Sequence[Any]:
    """A column declared INTEGER PRIMARY KEY takes whole numbers only."""
    whole_only = column[5] and column[2].upper() == "INTEGER"
    return [v for v in values if isinstance(v, int)] if whole_only else values


def _cell(column: Any, values: Sequence[Any], n: int) -> Any:
    _, _, declared, _, _, key = column
    if n < len(values):
        return values[n]
    if values and not key:
        return values[n % len(values)]
    return n + 1 if key or _NUMERIC.search(declared) else None


def _compared(
    golds: Sequence[str], columns: Mapping[str, set[str]]
) -> dict[tuple[str, str], list[str | int | float]]:
    """The literals that gold queries compare each column with."""
    found: dict[tuple[str, str], dict[str | int | float, None]] = defaultdict(dict)
    for gold in golds:
        try:
            tree = statement(gold)
        except QueryError:
            continue
        for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like):
            column = node.this
            table = _table_of(column, columns) if isinstance(column, exp.Column) else None
            if table is not None:
                found[table, column.name.lower()] |= dict.fromkeys(_literals(node))
    return {place: list(values) for place, values in found.items()}


def _literals(node: exp.Expr) -> Iterator[str | int | float]:
    for other in node.expressions if isinstance(node, exp.In) else [node.expression]:
        if isinstance(other, exp.Literal) and other.is_string:
            yield other.this.strip("%") if isinstance(node, exp.Like) else other.this
        elif isinstance(other, exp.Literal):
            yield int(other.this) if other.this.isdigit() else float(other.this)


def _table_of(column: exp.Column, columns: Mapping[str, set[str]]) -> str | None:
    """The table, in lower case, that a column of a query belongs to; None if that is unclear."""
    scope = column.find_ancestor(exp.Select)
    while scope is not None:
        sources = {t.alias_or_name.lower(): t.name.lower() for t in scope.find_all(exp.Table)}
        holding = [t for t in sources.values() if column.name.lower() in columns.get(t, ())]
        if column.table and column.table.lower() in sources:
            return sources[column.table.lower()]
        if not column.table and holding:
            return holding[0]
        scope = scope.find_ancestor(exp.Select)
    return None


if __name__ == "__main__":
    sys.exit(main())
