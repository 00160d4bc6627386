"""The data set sql-create-context (WikiSQL and Spider with CREATE TABLE statements) as examples."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from text2sql.databases import Database
from text2sql.errors import DataError, QueryError, SchemaError
from text2sql.query.limits import read_trees
from text2sql.schema import Column, Schema, Table, natural_name
from text2sql.spider import Example, load_json

__all__ = ["Mix", "read_mix", "schema_of"]


@dataclass(frozen=True)
class Mix:
    """Examples with a schema each, and a sentence on what was left out."""

    examples: list[Example]
    databases: dict[str, Database]
    note: str


def read_mix(source: str, held_out: Sequence[Example], limit: int | None = None) -> Mix:
    """Read ``source``, a hub id or a JSON file of objects with question, context and answer.

    The data set includes Spider, so questions of ``held_out`` are left out: no evaluation question
    may be trained on.

    Raises:
        DataError: the source cannot be read, or an item lacks a field.
    """
    asked = {_key(example.question) for example in held_out}
    examples: list[Example] = []
    databases: dict[str, Database] = {}
    known = unreadable = 0
    for number, item in enumerate(_items(source), start=1):
        if limit is not None and len(examples) >= limit:
            break
        question, context, answer = _fields(source, number, item)
        if _key(question) in asked:
            known += 1
            continue
        try:
            schema = schema_of(context)
        except SchemaError:
            unreadable += 1
            continue
        db_id = f"mix-{number}"
        databases[db_id] = Database(db_id, schema)
        examples.append(Example(question, answer, db_id))
    note = (
        f"{source}: {len(examples):,} examples; left out {known:,} whose question is in the "
        f"validation file and {unreadable:,} whose tables cannot be read."
    )
    return Mix(examples, databases, note)


def _key(question: str) -> str:
    return "".join(c for c in question.lower() if c.isalnum())


def _items(source: str) -> Iterable[Any]:
    path = Path(source).expanduser()
    if path.is_file():
        items = load_json(path)
        if not isinstance(items, list):
            raise DataError(f"{source!r} must hold a JSON list of objects.")
        return items
    from datasets import load_dataset

    try:
        return load_dataset(source, split="train")  # type: ignore[no-any-return]
    except Exception as error:  # whatever the hub's client raises when it cannot be reached
        raise DataError(
            f"The data set {source!r} can neither be found nor downloaded "
            f"({type(error).__name__}); name a JSON file of it with --set mix=FILE."
        ) from error


def _fields(source: str, number: int, item: Any) -> tuple[str, str, str]:
    if not isinstance(item, Mapping):
        raise DataError(f"Item {number} of {source!r} is not an object.")
    values = [item.get(name) for name in ("question", "context", "answer")]
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise DataError(f"Item {number} of {source!r} lacks question, context or answer.")
    question, context, answer = map(str, values)
    return question, context, answer


@functools.lru_cache(maxsize=4096)
def schema_of(statements: str) -> Schema:
    """Read the schema that CREATE TABLE ``statements`` declare.

    Raises:
        SchemaError: the statements declare no table with columns.
    """
    try:
        trees = read_trees(statements)
    except QueryError as error:
        raise SchemaError(f"{statements[:60]!r} is not a CREATE TABLE statement.") from error
    tables = tuple(_table(tree.this) for tree in trees if isinstance(tree, exp.Create))
    if not tables or not all(table.columns for table in tables):
        raise SchemaError(f"{statements[:60]!r} declares no table with columns.")
    return Schema(tables)


def _table(declared: Any) -> Table:
    columns = tuple(
        Column(c.name, "text", natural_name(c.name)) for c in declared.find_all(exp.ColumnDef)
    )
    name = declared.find(exp.Table).name
    return Table(name, columns, natural_name(name))
