"""The store of visitors' databases, in a folder that is deleted when the process ends."""

from __future__ import annotations

import atexit
import shutil
import threading
import time
import uuid
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from text2sql import byte_cache
from text2sql.cache import cache_folder
from text2sql.databases import Database
from text2sql.descriptions import Descriptions
from text2sql.errors import UploadError
from text2sql.uploads.importing import (
    Imported,
    UploadedFile,
    describe_again,
    import_files,
    remove,
)
from text2sql.uploads.limits import LIMITS, UploadLimits

__all__ = ["UploadStore"]

_PREFIX = "visitors-"
_IDLE_S = 1800.0
_MOST_BYTES = 4_000_000_000  # of all visitors together


@dataclass
class _VisitorFolder:
    folder: Path
    imported: dict[str, Imported]  # by db_id
    used: float  # when, on the monotonic clock
    arriving: int = 0  # uploads that are being imported


class UploadStore:
    """The databases of each visitor, who is identified by a secret of the session. Thread-safe.

    The folder is made when it is first needed and locked while this process lives. A new process
    deletes the folders of ended ones. The caller must call ``forget_unused`` regularly.
    """

    def __init__(
        self,
        parent: Path | None = None,
        limits: UploadLimits = LIMITS,
        idle_s: float = _IDLE_S,
    ) -> None:
        self.limits = limits
        self.idle_s = idle_s
        self._parent = cache_folder() / "uploads" if parent is None else parent
        self._folder: Path | None = None
        self._hold: FileLock | None = None
        self._lock = threading.Lock()
        self._visitors: dict[str, _VisitorFolder] = {}
        sweep(self._parent)

    def of(self, visitor: str) -> dict[str, Imported]:
        """Return the databases of one visitor by name, the oldest first."""
        with self._lock:
            own = self._visitors.get(visitor)
            if own is None:
                return {}
            own.used = time.monotonic()
            return dict(own.imported)

    def add(
        self, visitor: str, files: Sequence[UploadedFile], taken: Container[str] = ()
    ) -> list[Database]:
        """Import ``files`` for a visitor under names that are not in ``taken``.

        Raises:
            UploadError: a file cannot be used, or a limit is reached.
        """
        own = self._folder_of(visitor)
        if self._size() > _MOST_BYTES:
            raise UploadError(
                "The server has no room for more data at the moment; try again later."
            )
        held = _bytes_in(own.folder)
        if held > self.limits.visitor_bytes:
            raise UploadError(
                f"Your databases have {held / 1e6:,.0f} MB, and the limit is "
                f"{self.limits.visitor_bytes / 1e6:,.0f} MB; remove one first."
            )
        own.arriving += 1
        try:
            imported = import_files(files, own.folder, self.limits)
        finally:
            own.arriving -= 1
            own.used = time.monotonic()
        with self._lock:
            if self._visitors.get(visitor) is not own:
                _delete(imported)
                raise UploadError("Your session ended during the upload; upload the files again.")
            if len(own.imported) + len(imported) > self.limits.databases:
                _delete(imported)
                raise UploadError(
                    f"You have {len(own.imported)} databases, and the limit is "
                    f"{self.limits.databases}; remove one first."
                )
            return [self._named(own, each, taken) for each in imported]

    @staticmethod
    def _named(own: _VisitorFolder, imported: Imported, taken: Container[str]) -> Database:
        db_id, number = imported.database.db_id, 2
        while db_id in taken or db_id in own.imported:
            db_id, number = f"{imported.database.db_id}-{number}", number + 1
        database = replace(imported.database, db_id=db_id)
        own.imported[db_id] = replace(imported, database=database)
        return database

    def describe(self, visitor: str, db_id: str, said: Descriptions) -> Database:
        """Describe one database of a visitor anew; files of rows are read again.

        Raises:
            UploadError: there is no such database, or a limit is exceeded.
        """
        own = self._folder_of(visitor)
        old = own.imported.get(db_id)
        if old is None:
            raise UploadError(f"There is no database {db_id!r}; upload the files again.")
        own.arriving += 1
        try:
            new = describe_again(old, said, self.limits)
        finally:
            own.arriving -= 1
        with self._lock:
            if self._visitors.get(visitor) is not own or own.imported.get(db_id) is not old:
                _delete([new] if new.database.path != old.database.path else [], sources=False)
                raise UploadError(f"{db_id!r} was changed in the meantime; try again.")
            own.imported[db_id] = new
        if new.database.path != old.database.path:
            _delete([old], sources=False)
        return new.database

    def remove(self, visitor: str, db_id: str) -> None:
        """Delete one database of a visitor, if it exists."""
        with self._lock:
            own = self._visitors.get(visitor)
            removed = own.imported.pop(db_id, None) if own else None
        _delete([removed] if removed else [])

    def forget(self, visitor: str) -> None:
        """Delete all databases of a visitor."""
        with self._lock:
            own = self._visitors.pop(visitor, None)
        if own is not None:
            _delete(list(own.imported.values()))
            shutil.rmtree(own.folder, ignore_errors=True)

    def forget_unused(self) -> None:
        """Delete the databases of visitors who have used none for ``idle_s``."""
        before = time.monotonic() - self.idle_s
        with self._lock:
            idle = [v for v, p in self._visitors.items() if p.used < before and not p.arriving]
        for visitor in idle:
            self.forget(visitor)

    def arriving(self) -> Path:
        """Return a folder for files that are not imported yet; it is deleted with this process.

        Raises:
            UploadError: the folder cannot be written.
        """
        with self._lock:
            folder = self._open() / "arriving"
            folder.mkdir(mode=0o700, exist_ok=True)
            return folder

    def _folder_of(self, visitor: str) -> _VisitorFolder:
        with self._lock:
            if visitor not in self._visitors:
                folder = self._open() / uuid.uuid4().hex
                folder.mkdir(mode=0o700)
                self._visitors[visitor] = _VisitorFolder(folder, {}, time.monotonic())
            self._visitors[visitor].used = time.monotonic()
            return self._visitors[visitor]

    def _open(self) -> Path:
        """Return this process's folder, made if necessary."""
        if self._folder is None or not self._folder.is_dir():
            try:
                self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder = self._parent / f"{_PREFIX}{uuid.uuid4().hex}"
                self._hold = FileLock(f"{folder}.lock")  # before the folder, which others may sweep
                self._hold.acquire(timeout=0)
                folder.mkdir(mode=0o700)
            except OSError as error:
                raise UploadError(
                    f"The server cannot store uploads ({error.strerror}); the person who runs "
                    "this page can set TEXT2SQL_CACHE_DIR to another folder."
                ) from error
            self._folder = folder
            atexit.register(self.close)
        return self._folder

    def _size(self) -> int:
        with self._lock:
            folders = [own.folder for own in self._visitors.values()]
        return sum(map(_bytes_in, folders))

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            folder, self._folder = self._folder, None
            hold, self._hold = self._hold, None
            places, self._visitors = list(self._visitors.values()), {}
        for own in places:
            _delete(list(own.imported.values()))
        if folder is not None and hold is not None:
            shutil.rmtree(folder, ignore_errors=True)
            hold.release()
            Path(hold.lock_file).unlink(missing_ok=True)


def _delete(imported: Sequence[Imported], sources: bool = True) -> None:
    """Delete the files of databases, and their caches in memory."""
    for each in imported:
        remove(each if sources else replace(each, sources=()))
        byte_cache.forget(each.database.path)


def _bytes_in(folder: Path) -> int:
    size = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # it has just been deleted
            size += file.stat().st_size
    return size


def sweep(parent: Path) -> None:
    """Delete the folders of processes that have ended."""
    for folder in parent.glob(f"{_PREFIX}*"):
        if not folder.is_dir():
            continue
        lock = FileLock(f"{folder}.lock")
        try:
            with lock.acquire(timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):  # the process is alive, or the folder is not ours
            continue
        Path(lock.lock_file).unlink(missing_ok=True)
