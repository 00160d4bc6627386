"""A user's own training questions, in a benchmark's format or with their databases.

Benchmark formats are those that ``text2sql evaluate`` reads: Spider, BIRD with its evidence, and
``text2sql feedback --export``. Their ``db_id`` is looked up in the folder of the file (in Spider's
or BIRD's layout), in ``--spider-dir`` and among the samples. BIRD's training part without cells
(``train.jsonl``, ``schemas.json``, ``column_meaning.json``) is read as well.

Otherwise a JSON line is ``{"question": ..., "sql": ..., "database": "shop.sqlite"}`` with a path
relative to the file, or has ``"ddl": "CREATE TABLE ..."`` instead of the database; then nothing is
executed. ``query`` is another name for ``sql``.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.databases import Catalog, Database
from text2sql.errors import DataError, Text2SQLError
from text2sql.spider import Example, load_examples
from train.bird import databases_without_cells
from train.sql_create_context import schema_of

__all__ = ["OwnData", "read_own_data", "split_own_data"]

_VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class OwnData:
    """The examples of a file, and their databases by ``db_id``."""

    examples: list[Example]
    databases: dict[str, Database]


def read_own_data(path: Path, spider_dir: Path | None = None) -> OwnData:
    """Read every question of ``path``.

    Raises:
        DataError: a question lacks something, or its database cannot be read; the message names it.
        UnknownDatabase: there is no database of that ``db_id``.
    """
    own = _benchmark(path, spider_dir) if _names_databases(path) else _lines(path)
    if len(own.examples) < 2:
        raise DataError(
            f"{str(path)!r} holds {len(own.examples)} questions; training needs two or more."
        )
    return own


def _names_databases(path: Path) -> bool:
    """Whether the file is in a benchmark's format, judged by its first question."""
    if path.suffix != ".jsonl":
        return True
    _, first = next(_items(path), (0, {}))
    return "ddl" not in first and ("db_id" in first or "db_name" in first)


def _benchmark(path: Path, spider_dir: Path | None) -> OwnData:
    examples = load_examples(path)
    names = sorted({example.db_id for example in examples})
    found = _found_here(path.parent)
    if not found.keys() >= set(names):
        catalog = Catalog.open(spider_dir)
        found |= {name: catalog.get(name) for name in names if name not in found}
    return OwnData(examples, {name: found[name] for name in names})


def _found_here(folder: Path) -> dict[str, Database]:
    """The databases of a folder in the layout of Spider or BIRD, if it is in one."""
    if (folder / "schemas.json").is_file() and (folder / "column_meaning.json").is_file():
        return databases_without_cells(folder)
    return {database.db_id: database for database in Catalog.of_folder(folder)}


def _lines(path: Path) -> OwnData:
    examples: list[Example] = []
    databases: dict[str, Database] = {}
    read: dict[str, Database | None] = {}  # each database is read once
    for number, item in _items(path):
        where = f"Line {number} of {str(path)!r}"
        question, sql = _text(item, where, "question"), _text(item, where, "sql", "query")
        try:
            key = json.dumps([item.get("database"), item.get("ddl")])
            if key not in read:
                read[key] = _database(item, path.parent)
            database = read[key]
        except (Text2SQLError, OSError) as error:
            raise DataError(f"{where}: {error}") from error
        if database is None:
            raise DataError(
                f'{where} needs "database", a SQLite file, or "ddl", CREATE TABLE statements.'
            )
        if databases.setdefault(database.db_id, database) is not database:
            raise DataError(
                f"{where}: another database is also called {database.db_id!r}; rename the file."
            )
        examples.append(Example(question, sql, database.db_id))
    return OwnData(examples, databases)


def split_own_data(data: OwnData, seed: int) -> tuple[list[Example], list[Example]]:
    """Split into training and validation: a random tenth of the questions, at least one."""
    order = list(range(len(data.examples)))
    random.Random(seed).shuffle(order)
    held_out = set(order[: max(1, round(_VALIDATION_SHARE * len(order)))])
    parts: tuple[list[Example], list[Example]] = ([], [])
    for number, example in enumerate(data.examples):
        parts[number in held_out].append(example)
    return parts


def _items(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{str(path)!r} cannot be read ({error}).") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"Line {number} of {str(path)!r} is not JSON ({error}).") from error
        if not isinstance(item, dict):
            raise DataError(f"Line {number} of {str(path)!r} is not a JSON object.")
        yield number, item


def _text(item: dict[str, Any], where: str, *names: str) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    raise DataError(f"{where} needs a text called {' or '.join(map(repr, names))}.")


def _database(item: dict[str, Any], folder: Path) -> Database | None:
    file, ddl = item.get("database"), item.get("ddl")
    if isinstance(file, str) and file:
        return Database.from_sqlite(folder / Path(file).expanduser())
    if isinstance(ddl, str) and ddl.strip():
        digest = hashlib.sha256(ddl.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return Database(f"ddl_{digest}", schema_of(ddl))
    return None
