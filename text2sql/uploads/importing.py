"""The import of uploaded files as databases.

All files are treated as hostile: their names are shown but never used as paths, their content
rather than their name determines the format, and a separate process reads them.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from text2sql.databases import Database
from text2sql.descriptions import (
    NOTHING_SAID,
    Descriptions,
    is_description,
    read_descriptions,
)
from text2sql.errors import UploadError
from text2sql.uploads.convert import Request, index_of
from text2sql.uploads.declared import schema_from_json
from text2sql.uploads.import_process import answer_of_process
from text2sql.uploads.limits import LIMITS, UploadLimits
from text2sql.uploads.names import clean_name
from text2sql.uploads.sheets import SQLITE_MAGIC

__all__ = ["GROUP", "Imported", "UploadedFile", "describe_again", "import_files", "remove"]

#: The heading under which a visitor's own databases are listed.
GROUP = "Your data"
_ROLLBACK_JOURNAL = b"\x01\x01"  # the file format's version numbers for writing and reading


@dataclass(frozen=True)
class UploadedFile:
    """A file at ``path``, which the visitor calls ``name``."""

    name: str
    path: Path


@dataclass(frozen=True)
class Imported:
    """A new database, with notes about guesses and changes, as sentences.

    ``said`` are its descriptions. ``names`` maps its tables to their names in the files, and to
    those of their columns. ``sources`` are copies of files of rows, to read them again.
    """

    database: Database
    notes: tuple[str, ...] = ()
    said: Descriptions = NOTHING_SAID
    names: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    sources: tuple[UploadedFile, ...] = ()


def import_files(
    files: Sequence[UploadedFile], folder: Path, limits: UploadLimits = LIMITS
) -> list[Imported]:
    """Import each SQLite file as a database, and all files of rows as the tables of one database.

    Files that describe tables (``text2sql.descriptions``) describe all of them. The databases are
    written to ``folder`` under generated names; ``files`` are not changed.

    Raises:
        UploadError: a file cannot be used or exceeds a limit; nothing is kept. The message has no
            paths of this machine.
    """
    _check_sizes(files, limits)
    sqlite = [file for file in files if _start(file).startswith(SQLITE_MAGIC)]
    describing = [file for file in files if is_description(_start(file))]
    rows = [file for file in files if file not in sqlite and file not in describing]
    if not sqlite and not rows:
        raise UploadError(
            f"{files[0].name!r} describes tables; upload it together with their files."
        )
    found: list[Imported] = []
    try:
        found += [_copied(file, describing, folder, limits) for file in sqlite]
        found += [_converted(rows, describing, folder, limits)] if rows else []
    except BaseException as error:
        for kept in found:
            remove(kept)
        if isinstance(error, UploadError):
            raise UploadError(_without_paths(str(error), files, folder)) from error
        raise
    return found


def describe_again(imported: Imported, said: Descriptions, limits: UploadLimits) -> Imported:
    """Return ``imported`` with other descriptions; files of rows are read again, to a new file.

    Raises:
        UploadError: a limit is exceeded.
    """
    old = imported.database
    assert old.path is not None
    target = _new_path(old.path.parent) if imported.sources else old.path
    try:
        new = _import(imported.sources, target, old.db_id, old.db_id, limits, said=said)
    except BaseException:
        if imported.sources:
            _remove_files(target)
        raise
    return replace(new, sources=imported.sources)


def remove(imported: Imported) -> None:
    """Delete the files of a database."""
    assert imported.database.path is not None
    _remove_files(imported.database.path)
    for source in imported.sources:
        source.path.unlink(missing_ok=True)


def _remove_files(target: Path) -> None:
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


def _start(file: UploadedFile) -> bytes:
    with file.path.open("rb") as opened:
        return opened.read(200)


def _new_path(folder: Path) -> Path:
    return folder / f"{uuid.uuid4().hex}.sqlite"


def _copied(
    file: UploadedFile, describing: Sequence[UploadedFile], folder: Path, limits: UploadLimits
) -> Imported:
    """Import a SQLite file."""
    target = _new_path(folder)
    try:
        shutil.copyfile(file.path, target)
        _leave_wal_mode(target)
        named = clean_name(Path(file.name).stem, "database_1")
        return _import([], target, file.name, named, limits, describing)
    except BaseException:
        _remove_files(target)
        raise


def _leave_wal_mode(path: Path) -> None:
    """Clear the mark of WAL mode, so that readers do not look for a write-ahead log."""
    with path.open("r+b") as file:
        file.seek(18)
        if file.read(2) == b"\x02\x02":
            file.seek(18)
            file.write(_ROLLBACK_JOURNAL)


def _converted(
    files: Sequence[UploadedFile],
    describing: Sequence[UploadedFile],
    folder: Path,
    limits: UploadLimits,
) -> Imported:
    """Import files of rows, and keep copies of them."""
    target = _new_path(folder)
    stem = Path(files[0].name).stem if len(files) == 1 else "my_data"
    named = clean_name(stem, "data_1")
    sources = [
        UploadedFile(file.name, target.with_suffix(f".{number}.source"))
        for number, file in enumerate(files)
    ]
    try:
        found = _import(files, target, files[0].name, named, limits, describing)
        for file, source in zip(files, sources, strict=True):
            shutil.copyfile(file.path, source.path)
        return replace(found, sources=tuple(sources))
    except BaseException:
        _remove_files(target)
        for source in sources:
            source.path.unlink(missing_ok=True)
        raise


def _import(
    files: Sequence[UploadedFile],
    target: Path,
    name: str,
    db_id: str,
    limits: UploadLimits,
    describing: Sequence[UploadedFile] = (),
    said: Descriptions = NOTHING_SAID,
) -> Imported:
    """Import ``files``, or the SQLite file at ``target``, in a separate process."""
    request = Request(
        tuple((file.name, str(file.path)) for file in files),
        str(target.absolute()),
        name,
        limits,
        tuple((file.name, str(file.path)) for file in describing),
        said.to_json(),
    )
    answer = _answer(request, limits)
    schema = schema_from_json(answer["schema"])
    database = Database(db_id, schema, target, GROUP, keys_known=True, index=index_of(target))
    names = {table: (given, tuple(columns)) for table, (given, columns) in answer["names"].items()}
    known = read_descriptions("descriptions", answer["said"].encode()) or NOTHING_SAID
    return Imported(database, tuple(answer["notes"]), known, names)


def _answer(request: Request, limits: UploadLimits) -> dict[str, Any]:
    """What the process that imports the files returns.

    Raises:
        UploadError: the files cannot be imported, or not within the limits.
    """
    found = answer_of_process(request.to_json(), limits.longest_s)
    if found is None:
        raise UploadError(_too_long(limits))
    try:
        answer: dict[str, Any] = json.loads(found)
    except ValueError as error:  # it was killed
        raise UploadError(_too_long(limits)) from error
    if answer["problem"] is not None:
        raise UploadError(answer["problem"])
    return answer


def _too_long(limits: UploadLimits) -> str:
    return (
        f"These files need more than {limits.timeout_s:g} s or too much memory; "
        "upload fewer or smaller files."
    )
