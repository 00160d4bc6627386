"""Where the databases of visitors are kept: one folder a process, gone when it or they are."""

from __future__ import annotations

import atexit
import shutil
import threading
import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from text2sql.cache import cache_folder
from text2sql.databases import Database
from text2sql.errors import UploadError
from text2sql.uploads.importing import Brought, Imported, import_files
from text2sql.uploads.limits import LIMITS, UploadLimits

__all__ = ["Shelf"]

_PREFIX = "visitors-"
_MOST_BYTES = 4_000_000_000  # of all visitors together


@dataclass(frozen=True)
class _Place:
    folder: Path
    imported: dict[str, Imported]  # by db_id


class Shelf:
    """The databases of each visitor, who is known by a secret of the session. Thread-safe.

    The folder is made when first needed and locked while this process lives; folders that a
    process left behind are swept away when the next one starts.
    """

    def __init__(self, parent: Path | None = None, limits: UploadLimits = LIMITS) -> None:
        self.limits = limits
        self._parent = cache_folder() / "uploads" if parent is None else parent
        self._folder: Path | None = None
        self._hold: FileLock | None = None
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        sweep(self._parent)

    def of(self, visitor: str) -> dict[str, Imported]:
        """The databases of one visitor by name, the oldest first."""
        with self._lock:
            place = self._places.get(visitor)
            return dict(place.imported) if place else {}

    def add(
        self, visitor: str, files: Sequence[Brought], taken: Container[str] = ()
    ) -> list[Database]:
        """Import ``files`` for a visitor, under names that are not ``taken``.

        Raises:
            UploadError: a file cannot be used, or a limit is reached.
        """
        place = self._place(visitor)
        if self._size() > _MOST_BYTES:
            raise UploadError("There is no room for more data at the moment; try again later.")
        imported = import_files(files, place.folder, self.limits)
        with self._lock:
            if len(place.imported) + len(imported) > self.limits.databases:
                _delete(imported)
                raise UploadError(
                    f"You have {len(place.imported)} databases here, and the limit is "
                    f"{self.limits.databases}; remove one first."
                )
            return [self._named(place, each, taken) for each in imported]

    @staticmethod
    def _named(place: _Place, imported: Imported, taken: Container[str]) -> Database:
        db_id, number = imported.database.db_id, 2
        while db_id in taken or db_id in place.imported:
            db_id, number = f"{imported.database.db_id}-{number}", number + 1
        database = replace(imported.database, db_id=db_id)
        place.imported[db_id] = replace(imported, database=database)
        return database

    def remove(self, visitor: str, db_id: str) -> None:
        """Delete one database of a visitor; nothing happens where there is none."""
        with self._lock:
            place = self._places.get(visitor)
            removed = place.imported.pop(db_id, None) if place else None
        _delete([removed] if removed else [])

    def forget(self, visitor: str) -> None:
        """Delete all that a visitor brought."""
        with self._lock:
            place = self._places.pop(visitor, None)
        if place is not None:
            shutil.rmtree(place.folder, ignore_errors=True)

    def _place(self, visitor: str) -> _Place:
        with self._lock:
            if visitor not in self._places:
                folder = self._open() / uuid.uuid4().hex
                folder.mkdir(mode=0o700)
                self._places[visitor] = _Place(folder, {})
            return self._places[visitor]

    def _open(self) -> Path:
        """This process's folder."""
        if self._folder is None or not self._folder.is_dir():
            try:
                self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder = self._parent / f"{_PREFIX}{uuid.uuid4().hex}"
                self._hold = FileLock(f"{folder}.lock")  # first, so that nobody sweeps it away
                self._hold.acquire(timeout=0)
                folder.mkdir(mode=0o700)
            except OSError as error:
                raise UploadError(
                    f"Nothing can be kept here ({error.strerror}); whoever runs this page can "
                    "name a folder in TEXT2SQL_CACHE_DIR."
                ) from error
            self._folder = folder
            atexit.register(self.close)
        return self._folder

    def _size(self) -> int:
        folder = self._folder
        return sum(f.stat().st_size for f in folder.rglob("*.sqlite")) if folder else 0

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            folder, self._folder = self._folder, None
            hold, self._hold = self._hold, None
            self._places.clear()
        if folder is not None and hold is not None:
            shutil.rmtree(folder, ignore_errors=True)
            hold.release()
            Path(hold.lock_file).unlink(missing_ok=True)


def _delete(imported: Sequence[Imported]) -> None:
    for each in imported:
        assert each.database.path is not None
        each.database.path.unlink(missing_ok=True)


def sweep(parent: Path) -> None:
    """Delete the folders of processes that are no more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        if not folder.is_dir():
            continue
        lock = FileLock(f"{folder}.lock")
        try:
            with lock.acquire(timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):  # it lives, or is not ours
            continue
        Path(lock.lock_file).unlink(missing_ok=True)
