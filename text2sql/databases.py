"""The catalog of databases: bundled samples, a Spider folder, and the user's own files."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql.cache import cache_folder
from text2sql.errors import DataError, SchemaError, Text2SQLError, UnknownDatabase
from text2sql.schema import Schema
from text2sql.spider import Example, load_examples, load_json

__all__ = ["SAMPLES", "SPIDER_DIR_VARIABLE", "Catalog", "Database", "spider_folder"]

SPIDER_DIR_VARIABLE = "TEXT2SQL_SPIDER_DIR"
#: The bundled databases with their questions, in the layout of Spider.
SAMPLES = Path(__file__).parent / "assets" / "samples"
# the first three are never used for training
_QUESTION_FILES = (
    "questions.json", "dev.json", "mini_dev_sqlite.json", "train_spider.json", "train_others.json"
)  # fmt: skip


@dataclass(frozen=True)
class Database:
    """A schema with its SQLite file, if there is one.

    ``path`` is None if only the schema is known: SQL can be written for it, but not run. ``group``
    is the heading of the database in lists. ``index`` is the file with the saved index of its
    cells, if any. ``keys_known`` says that the schema's keys are complete, so none are guessed
    (``linking/keys.py``).
    """

    db_id: str
    schema: Schema
    path: Path | None = None
    group: str = ""
    index: Path | None = None
    keys_known: bool = False

    @classmethod
    def from_sqlite(cls, path: Path | str) -> Database:
        """Open a SQLite file; its name without the ending is the ``db_id``.

        Raises:
            DatabaseError: the file is missing, not SQLite, or has no tables.
        """
        path = Path(path)
        return cls(path.stem, Schema.from_sqlite(path), path, "Files")

    @classmethod
    def from_schema_text(cls, text: str) -> Database:
        """Make a database without a file from ``singer(id, name) | song(id, singer_id)``.

        Raises:
            SchemaError: no table can be read from ``text``.
        """
        return cls("schema", Schema.from_text(text))


class Catalog:
    """All available databases by ``db_id``, in the order samples, Spider, files.

    A Spider database hides a sample of the same name. If a file's name is already used, it gets a
    number: ``singer-2``. A database that cannot be read is left out, and ``problems`` says why.
    """

    def __init__(self, folders: Sequence[_Folder], files: Sequence[Database] = ()) -> None:
        self._folders = tuple(folders)
        self.problems: dict[str, Text2SQLError] = {}
        self._databases: dict[str, Database] = {}
        self._home: dict[str, _Folder] = {}
        for folder in self._folders:
            for database in folder.databases(self.problems):
                self._databases[database.db_id] = database
                self._home[database.db_id] = folder
        for file in files:
            db_id = self._free_name(file.db_id)
            self._databases[db_id] = replace(file, db_id=db_id)

    @classmethod
    def open(cls, spider_dir: Path | None = None, sqlite: Sequence[Path] = ()) -> Catalog:
        """Open the bundled samples, a Spider folder, and SQLite files.

        Without ``spider_dir``, the folder is ``TEXT2SQL_SPIDER_DIR``, else the one that
        ``text2sql download spider`` made, if any.

        Raises:
            DataError: the named folder is not in Spider's layout.
            DatabaseError: one of the files is not a usable database.
        """
        folders = [_Folder(SAMPLES, "Samples")] if SAMPLES.is_dir() else []
        spider = spider_folder(spider_dir)
        if spider is not None:
            folders.append(_Folder(spider, "Spider"))
        return cls(folders, [Database.from_sqlite(path) for path in sqlite])

    @classmethod
    def of_folder(cls, folder: Path) -> Catalog:
        """Open only the databases of a folder in the layout of Spider or BIRD, if there are any.

        Raises:
            DataError: its file of schemas cannot be read.
        """
        return cls([_Folder(folder, "Files")])

    def add_spider(self, folder: Path) -> None:
        """Add a Spider folder, while other threads read; existing names keep their database.

        Raises:
            DataError: the folder is not in Spider's layout.
        """
        spider = _Folder(folder, "Spider")
        known = self._databases
        found = {d.db_id: d for d in spider.databases(self.problems) if d.db_id not in known}
        files = {name: database for name, database in known.items() if name not in self._home}
        bundled = {name: database for name, database in known.items() if name in self._home}
        self._folders = (*self._folders, spider)
        self._home = self._home | dict.fromkeys(found, spider)
        # replaced, not changed: another thread may be iterating over the old one
        self._databases = bundled | found | files

    def _free_name(self, db_id: str) -> str:
        name, number = db_id, 2
        while name in self._databases:
            name, number = f"{db_id}-{number}", number + 1
        return name

    def __iter__(self) -> Iterator[Database]:
        return iter(self._databases.values())

    def __len__(self) -> int:
        return len(self._databases)

    def __contains__(self, db_id: object) -> bool:
        return db_id in self._databases

    def get(self, db_id: str) -> Database:
        """Return the database called ``db_id``.

        Raises:
            UnknownDatabase: there is none; the message names similar ones.
            Text2SQLError: it exists but cannot be read.
        """
        if db_id in self._databases:
            return self._databases[db_id]
        if db_id in self.problems:
            raise self.problems[db_id]
        raise UnknownDatabase(self._unknown(db_id))

    def similar(self, db_id: str) -> list[str]:
        """The names of databases that ``db_id`` may be a slip for, at most three."""
        names = {name.lower(): name for name in self._databases}
        close = difflib.get_close_matches(db_id.lower(), names, n=3, cutoff=0.5)
        return [names[name] for name in close]

    def _unknown(self, db_id: str) -> str:
        if similar := self.similar(db_id):
            advice = f"did you mean {' or '.join(map(repr, similar))}?"
        elif any(folder.group == "Spider" for folder in self._folders):
            advice = "text2sql databases lists them."
        else:
            advice = (
                "text2sql databases lists them; for those of Spider, name its folder "
                "with --spider-dir or run text2sql download spider."
            )
        return f"There is no database {db_id!r}; {advice}"

    def groups(self) -> dict[str, tuple[Database, ...]]:
        """The databases by heading: ``Samples``, ``Spider`` and ``Files``, without empty ones."""
        found: dict[str, list[Database]] = {}
        for database in self:
            found.setdefault(database.group, []).append(database)
        return {group: tuple(databases) for group, databases in found.items()}

    def question_files(self) -> dict[str, Path]:
        """The evaluation question files by heading: the samples' and Spider's dev set."""
        return {
            folder.group: folder.path / name
            for folder in self._folders
            for name in _QUESTION_FILES[:3]
            if _is_file(folder.path / name)
        }

    def examples(self, db_id: str) -> tuple[Example, ...]:
        """The questions with gold SQL about the database ``db_id``, if any.

        Raises:
            UnknownDatabase: there is no such database.
            DataError: its question file cannot be read.
        """
        self.get(db_id)
        folder = self._home.get(db_id)
        return folder.examples.get(db_id, ()) if folder else ()


#: The names that benchmarks give to the file of schemas and the folder of databases.
_TABLES = ("tables.json", "dev_tables.json", "train_tables.json")
_DATABASES = ("database", "dev_databases", "train_databases", "databases")


class _Folder:
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
        for name in _QUESTION_FILES:
            if _is_file(self.path / name):
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
        if file.stem == file.parent.name and _is_file(file)
    )


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if _is_file(folder / name)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # inside a folder without permission
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
        return downloaded if _is_file(downloaded / "tables.json") else None
    if _first(named, _TABLES) is None and not database_files(named):
        inside = sorted(found.parent for found in named.glob("*/tables.json"))
        hint = f"did you mean {str(inside[0])!r}?" if inside else "it needs a file tables.json."
        raise DataError(f"{str(named)!r} ({source}) is not a Spider folder; {hint}")
    return named
