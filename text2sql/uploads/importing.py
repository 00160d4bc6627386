"""Files that a visitor brought, as databases that can be asked.

Such files are hostile until shown otherwise: names are words to show and never paths, content says
what a file is, rows are parsed in a process of its own, and a SQLite file is copied and looked at
by the sandbox before its declarations are read.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from text2sql.databases import Database
from text2sql.errors import DatabaseError, UploadError
from text2sql.linking.keys import with_keys
from text2sql.sandbox import run_query
from text2sql.uploads.convert import request_json
from text2sql.uploads.limits import LIMITS, UploadLimits
from text2sql.uploads.names import clean_name
from text2sql.uploads.sheets import SQLITE_MAGIC

__all__ = ["GROUP", "Brought", "Imported", "import_files"]

#: The heading under which a visitor's own databases are listed.
GROUP = "Your data"
_ROOT = Path(__file__).parents[2]
_ROLLBACK_JOURNAL = b"\x01\x01"  # the file format's version numbers for writing and reading
_GRACE_S = 10.0  # to start Python and the parsers on a busy machine


@dataclass(frozen=True)
class Brought:
    """A file at ``path``, which its owner calls ``name``."""

    name: str
    path: Path


@dataclass(frozen=True)
class Imported:
    """A new database, and what was guessed or changed on the way, in sentences."""

    database: Database
    notes: tuple[str, ...] = ()


def import_files(
    files: Sequence[Brought], folder: Path, limits: UploadLimits = LIMITS
) -> list[Imported]:
    """Each SQLite file as a database, and all others together as the tables of one more.

    Everything lands in ``folder`` under names of our own; ``files`` are left as they are.

    Raises:
        UploadError: a file cannot be used or is over a limit; nothing is kept.
    """
    _check_sizes(files, limits)
    sqlite = [file for file in files if _is_sqlite(file)]
    rows = [file for file in files if file not in sqlite]
    found: list[Imported] = []
    try:
        found += [_copied(file, folder, limits) for file in sqlite]
        found += [_converted(rows, folder, limits)] if rows else []
    except BaseException:
        for kept in found:
            assert kept.database.path is not None
            kept.database.path.unlink(missing_ok=True)
        raise
    return found


def _check_sizes(files: Sequence[Brought], limits: UploadLimits) -> None:
    if not files:
        raise UploadError("There is no file; choose one.")
    if len(files) > limits.files:
        raise UploadError(f"These are {len(files)} files; the limit is {limits.files} at a time.")
    for file in files:
        if file.path.is_symlink() or not file.path.is_file():
            raise UploadError(f"{file.name!r} did not arrive; upload it again.")
        size = file.path.stat().st_size
        if size > limits.file_bytes:
            raise UploadError(
                f"{file.name!r} is {size / 1e6:,.0f} MB large; "
                f"the limit is {limits.file_bytes / 1e6:,.0f} MB."
            )


def _is_sqlite(file: Brought) -> bool:
    with file.path.open("rb") as opened:
        return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _new_path(folder: Path) -> Path:
    return folder / f"{uuid.uuid4().hex}.sqlite"


# SQLite


def _copied(file: Brought, folder: Path, limits: UploadLimits) -> Imported:
    target = _new_path(folder)
    try:
        shutil.copyfile(file.path, target)
        _leave_wal_mode(target)
        _check_tables(file.name, target, limits)
        database = _read(file.name, target, limits)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    named = clean_name(Path(file.name).stem, "database_1")
    return Imported(replace(database, db_id=named, group=GROUP), tuple(_guessed_keys(database)))


def _leave_wal_mode(path: Path) -> None:
    """One file alone has no write-ahead log; without its mark, readers look for none beside it."""
    with path.open("r+b") as file:
        file.seek(18)
        if file.read(2) == b"\x02\x02":
            file.seek(18)
            file.write(_ROLLBACK_JOURNAL)


def _check_tables(name: str, path: Path, limits: UploadLimits) -> None:
    """Before the declarations are read here, the sandbox counts them."""
    counted = run_query(path, "SELECT count(*) FROM sqlite_master WHERE type = 'table'")
    if counted.error is not None:
        raise UploadError(f"{name!r} cannot be read as a SQLite database: {counted.error}")
    if counted.rows[0][0] > limits.tables:
        raise UploadError(
            f"{name!r} has {counted.rows[0][0]:,} tables; the limit is {limits.tables:,}."
        )


def _read(name: str, path: Path, limits: UploadLimits) -> Database:
    try:
        database = Database.from_sqlite(path)
    except DatabaseError as error:  # its sentence names our copy
        reason = str(error.__cause__) if error.__cause__ else "it has no tables"
        raise UploadError(
            f"{name!r} cannot be used as a database ({reason}); "
            "choose a file that SQLite can open and that holds tables."
        ) from error
    widest = max(len(table.columns) for table in database.schema.tables)
    if widest > limits.columns:
        raise UploadError(
            f"{name!r} has a table of {widest:,} columns; the limit is {limits.columns:,}."
        )
    return database


# files of rows


def _converted(files: Sequence[Brought], folder: Path, limits: UploadLimits) -> Imported:
    target = _new_path(folder)
    try:
        notes = _convert([(file.name, file.path) for file in files], target, limits)
        database = Database.from_sqlite(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    stem = Path(files[0].name).stem if len(files) == 1 else "my_data"
    named = replace(database, db_id=clean_name(stem, "data_1"), group=GROUP)
    return Imported(named, (*notes, *_guessed_keys(database)))


def _guessed_keys(database: Database) -> Iterator[str]:
    """A sentence for each key that the file does not declare."""
    schema = with_keys(database).schema
    for key in schema.foreign_keys:
        if key.guessed:
            here, there = schema.tables[key.table], schema.tables[key.ref_table]
            yield (
                f"{here.name}.{here.columns[key.column].name} seems to refer to "
                f"{there.name}.{there.columns[key.ref_column].name}."
            )


def _convert(files: list[tuple[str, Path]], target: Path, limits: UploadLimits) -> list[str]:
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from text2sql.uploads.convert import main; main()"],
            cwd=_ROOT,
            input=request_json(files, target.absolute(), limits).encode(),
            capture_output=True,
            timeout=limits.timeout_s + _GRACE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UploadError(_too_long(limits)) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:  # it was killed
        raise UploadError(_too_long(limits)) from error
    if answer["problem"] is not None:
        raise UploadError(answer["problem"])
    notes: list[str] = answer["notes"]
    return notes


def _too_long(limits: UploadLimits) -> str:
    return (
        f"Reading these files takes more than {limits.timeout_s:g} s or too much memory; "
        "upload fewer or smaller ones."
    )
