"""The catalog of databases: bundled samples, a Spider folder, and the user's own files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from text2sql.database import Database
from text2sql.dataset_folder import (
    QUESTION_FILES,
    SPIDER_DIR_VARIABLE,
    DatasetFolder,
    is_file,
    spider_folder,
)
from text2sql.errors import Text2SQLError, UnknownDatabase
from text2sql.spider import Example

__all__ = ["SAMPLES", "SPIDER_DIR_VARIABLE", "Catalog", "Database", "spider_folder"]

#: The bundled databases with their questions, in the layout of Spider.
SAMPLES = Path(__file__).parent / "assets" / "samples"


class Catalog:
    """All available databases by ``db_id``, in the order samples, Spider, files.

    A Spider database hides a sample of the same name. If a file's name is already used, it gets a
    number: ``singer-2``. A database that cannot be read is left out, and ``problems`` says why.
    """

    def __init__(self, folders: Sequence[DatasetFolder], files: Sequence[Database] = ()) -> None:
        self._folders = tuple(folders)
        self.problems: dict[str, Text2SQLError] = {}
        self._databases: dict[str, Database] = {}
        self._home: dict[str, DatasetFolder] = {}
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
        folders = [DatasetFolder(SAMPLES, "Samples")] if SAMPLES.is_dir() else []
        spider = spider_folder(spider_dir)
        if spider is not None:
            folders.append(DatasetFolder(spider, "Spider"))
        return cls(folders, [Database.from_sqlite(path) for path in sqlite])

    @classmethod
    def of_folder(cls, folder: Path) -> Catalog:
        """Open only the databases of a folder in the layout of Spider or BIRD, if there are any.

        Raises:
            DataError: its file of schemas cannot be read.
        """
        return cls([DatasetFolder(folder, "Files")])

    def add_spider(self, folder: Path) -> None:
        """Add a Spider folder, while other threads read; existing names keep their database.

        Raises:
            DataError: the folder is not in Spider's layout.
        """
        spider = DatasetFolder(folder, "Spider")
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
            for name in QUESTION_FILES[:3]
            if is_file(folder.path / name)
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
