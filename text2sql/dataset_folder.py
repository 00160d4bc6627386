"""A folder of databases and questions in the layout of Spider or BIRD."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql.cache import cache_folder
from text2sql.database import Database
from text2sql.errors import DataError, SchemaError, Text2SQLError
from text2sql.schema import Schema
from text2sql.spider import Example, load_examples, load_json

__all__ = [
    "QUESTION_FILES",
    "SPIDER_DIR_VARIABLE",
    "DatasetFolder",
    "is_file",
    "spider_folder",
]

SPIDER_DIR_VARIABLE = "TEXT2SQL_SPIDER_DIR"
# the first three are never used for training
QUESTION_FILES = (
    "questions.json", "dev.json", "mini_dev_sqlite.json", "train_spider.json", "train_others.json"
)  # fmt: skip
#: The names that benchmarks give to the file of schemas and the folder of databases.
_TABLES = ("tables.json", "dev_tables.json", "train_tables.json")
_DATABASES = ("database", "dev_databases", "train_databases", "databases")


class DatasetFolder:
    """A folder in the layout of Spider or BIRD: schemas, ``database/ID/ID.sqlite``, questions.

    Without a file of schemas, the declarations of each database file are read.
    """

    def __init__(self, path: Path, group: str) -> None:
        self.path = path
        self.group = group

    def databases(self, problems: dict[str, Text2SQLError]) -> Iterator[Database]:
        """The databases of the folder; ``problems`` gets the entries that cannot be read."""
        tables = _first(self.path, _TABLES)
        if tables is None:
            yield from self._undeclared(problems)
            return
        entries = load_json(tables)
        if not isinstance(entries, list):
            raise DataError(f"{str(tables)!r} must hold a list of databases, as Spider's does.")
        for number, entry in enumerate(entries, start=1):
            try:
                yield self._database(entry)
            except SchemaError as error:
                problems[_name(entry, number)] = error

    def _database(self, entry: Any) -> Database:
        schema = Schema.from_tables_json(entry)
        db_id = entry.get("db_id")
        if not isinstance(db_id, str) or not db_id or Path(db_id).name != db_id:
            raise SchemaError(f"{db_id!r} in {str(self.path)!r} is not a valid name of a database.")
        file = self._file(db_id)
        return Database(db_id, _with_descriptions(schema, file), file, self.group)

    def _file(self, db_id: str) -> Path | None:
        return _first(self.path, [f"{name}/{db_id}/{db_id}.sqlite" for name in _DATABASES])

    def _undeclared(self, problems: dict[str, Text2SQLError]) -> Iterator[Database]:
        for file in database_files(self.path):
            try:
                schema = _with_descriptions(Schema.from_sqlite(file), file)
                yield Database(file.stem, schema, file, self.group)
            except Text2SQLError as error:
                problems[file.stem] = error

    @cached_property
    def examples(self) -> dict[str, tuple[Example, ...]]:
        """Questions by database, read on first use."""
        found: dict[str, list[Example]] = {}
        for name in QUESTION_FILES:
            if is_file(self.path / name):
                for example in load_examples(self.path / name):
                    found.setdefault(example.db_id, []).append(example)
        return {db_id: tuple(examples) for db_id, examples in found.items()}


def _with_descriptions(schema: Schema, file: Path | None) -> Schema:
    """Add what BIRD says of the columns, in a folder beside the database file."""
    folder = None if file is None else file.parent / "database_description"
    if folder is None or not folder.is_dir():
        return schema
    from text2sql.descriptions import described_by_bird  # slow to import, and seldom needed

    return described_by_bird(schema, folder)


def database_files(folder: Path) -> list[Path]:
    """The files ``database/ID/ID.sqlite`` of a folder; ``database`` may have other names."""
    return sorted(
        file
        for name in _DATABASES
        for file in folder.glob(f"{name}/*/*.sqlite")
        if file.stem == file.parent.name and is_file(file)
    )


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if is_file(folder / name)), None)


def is_file(path: Path) -> bool:
    """Whether ``path`` is a file; false inside a folder without permission."""
    try:
        return path.is_file()
    except OSError:
        return False


def _name(entry: Any, number: int) -> str:
    db_id = entry.get("db_id") if isinstance(entry, dict) else None
    return db_id if isinstance(db_id, str) else f"number {number}"


def spider_folder(named: Path | None = None) -> Path | None:
    """The Spider folder to use: ``named``, else the environment's, else the downloaded one.

    Raises:
        DataError: the named folder is not in Spider's layout.
    """
    source = "--spider-dir"
    if named is None and os.environ.get(SPIDER_DIR_VARIABLE):
        named, source = Path(os.environ[SPIDER_DIR_VARIABLE]).expanduser(), SPIDER_DIR_VARIABLE
    if named is None:
        downloaded = cache_folder() / "spider"
        return downloaded if is_file(downloaded / "tables.json") else None
    if _first(named, _TABLES) is None and not database_files(named):
        inside = sorted(found.parent for found in named.glob("*/tables.json"))
        hint = f"did you mean {str(inside[0])!r}?" if inside else "it needs a file tables.json."
        raise DataError(f"{str(named)!r} ({source}) is not a Spider folder; {hint}")
    return named
