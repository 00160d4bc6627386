"""The import of uploaded files as databases.

All files are treated as hostile: their names are shown but never used as paths, their content
rather than their name determines the format, and a separate process reads them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql.databases import Database
from text2sql.errors import UploadError
from text2sql.uploads.convert import index_of, request_json
from text2sql.uploads.declared import schema_from_json
from text2sql.uploads.limits import LIMITS, UploadLimits
from text2sql.uploads.names import clean_name
from text2sql.uploads.sheets import SQLITE_MAGIC

__all__ = ["GROUP", "Imported", "UploadedFile", "import_files"]

#: The heading under which a visitor's own databases are listed.
GROUP = "Your data"
_ROOT = Path(__file__).parents[2]
_ROLLBACK_JOURNAL = b"\x01\x01"  # the file format's version numbers for writing and reading
_GRACE_S = 10.0  # for the start of Python and the parsers on a busy machine
# the process gets none of the page's secrets, and uses one core
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
_ENVIRONMENT = {
    **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class UploadedFile:
    """A file at ``path``, which the visitor calls ``name``."""

    name: str
    path: Path


@dataclass(frozen=True)
class Imported:
    """A new database, with notes about guesses and changes, as sentences."""

    database: Database
    notes: tuple[str, ...] = ()


def import_files(
    files: Sequence[UploadedFile], folder: Path, limits: UploadLimits = LIMITS
) -> list[Imported]:
    """Import each SQLite file as a database, and all other files as the tables of one database.

    The databases are written to ``folder`` under generated names; ``files`` are not changed.

    Raises:
        UploadError: a file cannot be used or exceeds a limit; nothing is kept. The message has no
            paths of this machine.
    """
    _check_sizes(files, limits)
    sqlite = [file for file in files if _is_sqlite(file)]
    rows = [file for file in files if file not in sqlite]
    found: list[Imported] = []
    try:
        found += [_copied(file, folder, limits) for file in sqlite]
        found += [_converted(rows, folder, limits)] if rows else []
    except BaseException as error:
        for kept in found:
            assert kept.database.path is not None
            _remove(kept.database.path)
        if isinstance(error, UploadError):
            raise UploadError(_without_paths(str(error), files, folder)) from error
        raise
    return found


def _remove(target: Path) -> None:
    target.unlink(missing_ok=True)
    index_of(target).unlink(missing_ok=True)


def _without_paths(sentence: str, files: Sequence[UploadedFile], folder: Path) -> str:
    """Remove the paths of this machine, which the message of a library may contain."""
    for file in files:
        sentence = sentence.replace(str(file.path), file.name)
    for path in (*(file.path.parent for file in files), folder, folder.parent):
        sentence = sentence.replace(f"{path}/", "")
    return sentence


def _check_sizes(files: Sequence[UploadedFile], limits: UploadLimits) -> None:
    if not files:
        raise UploadError("No file was chosen; choose one.")
    if len(files) > limits.files:
        raise UploadError(f"You chose {len(files)} files; the limit is {limits.files} per upload.")
    sizes = 0
    for file in files:
        if file.path.is_symlink() or not file.path.is_file():
            raise UploadError(f"{file.name!r} is missing; upload it again.")
        size = file.path.stat().st_size
        if size > limits.file_bytes:
            raise UploadError(
                f"{file.name!r} has {size / 1e6:,.0f} MB; "
                f"the limit is {limits.file_bytes / 1e6:,.0f} MB."
            )
        sizes += size
    if sizes > limits.bytes_in_all:
        raise UploadError(
            f"These files have {sizes / 1e6:,.0f} MB in all; "
            f"the limit is {limits.bytes_in_all / 1e6:,.0f} MB."
        )


def _is_sqlite(file: UploadedFile) -> bool:
    with file.path.open("rb") as opened:
        return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _new_path(folder: Path) -> Path:
    return folder / f"{uuid.uuid4().hex}.sqlite"


def _copied(file: UploadedFile, folder: Path, limits: UploadLimits) -> Imported:
    """Import a SQLite file."""
    target = _new_path(folder)
    try:
        shutil.copyfile(file.path, target)
        _leave_wal_mode(target)
        named = clean_name(Path(file.name).stem, "database_1")
        return _import([], target, file.name, named, limits)
    except BaseException:
        _remove(target)
        raise


def _leave_wal_mode(path: Path) -> None:
    """Clear the mark of WAL mode, so that readers do not look for a write-ahead log."""
    with path.open("r+b") as file:
        file.seek(18)
        if file.read(2) == b"\x02\x02":
            file.seek(18)
            file.write(_ROLLBACK_JOURNAL)


def _converted(files: Sequence[UploadedFile], folder: Path, limits: UploadLimits) -> Imported:
    """Import files of rows."""
    target = _new_path(folder)
    stem = Path(files[0].name).stem if len(files) == 1 else "my_data"
    try:
        return _import(files, target, files[0].name, clean_name(stem, "data_1"), limits)
    except BaseException:
        _remove(target)
        raise


def _import(
    files: Sequence[UploadedFile], target: Path, name: str, db_id: str, limits: UploadLimits
) -> Imported:
    """Import ``files``, or the SQLite file at ``target``, in a separate process."""
    request = request_json([(f.name, f.path) for f in files], target.absolute(), name, limits)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from text2sql.uploads.convert import main; main()"],
            cwd=_ROOT,
            env=_ENVIRONMENT,
            input=request.encode(),
            capture_output=True,
            timeout=limits.timeout_s + limits.index_s + _GRACE_S,
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
    schema = schema_from_json(answer["schema"])
    database = Database(db_id, schema, target, GROUP, keys_known=True, index=index_of(target))
    return Imported(database, tuple(answer["notes"]))


def _too_long(limits: UploadLimits) -> str:
    return (
        f"These files need more than {limits.timeout_s:g} s or too much memory; "
        "upload fewer or smaller files."
    )
