"""A folder of saved runs, which may hold anything else besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from text2sql.errors import DataError
from text2sql.evaluation.items import Item
from text2sql.evaluation.run import Run
from text2sql.evaluation.totals import Report, make_report

__all__ = ["RunFolder", "RunListing", "SavedRun"]

_KEPT = 8  # runs in memory, so that going through a run's items does not read it each time


@dataclass(frozen=True)
class SavedRun:
    """A finished run: ``name`` is that of its file, ``started`` a date of ISO 8601."""

    name: str
    model: str
    questions: int
    started: str
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class RunListing:
    """What a folder holds: runs, the newest first, and for every other file why it is none."""

    runs: tuple[SavedRun, ...]
    problems: Mapping[str, str]


@dataclass(frozen=True)
class RunFolder:
    """The runs in ``path``, which need not exist. Files are only read, and only those in it.

    A name is looked up among the names in the folder, so none can lead out of it.
    """

    path: Path

    def listing(self) -> RunListing:
        """Read the manifest of every file; a broken or foreign one is named and left out."""
        runs, problems = [], {}
        for name, file in self._files().items():
            try:
                runs.append(_saved_run(file, *_state(file)))
            except DataError as error:
                problems[name] = str(error)
        runs.sort(key=lambda run: (run.started, run.name), reverse=True)
        return RunListing(tuple(runs), problems)

    def run(self, name: str) -> SavedRun:
        """The run in the file ``name``.

        Raises:
            DataError: the folder holds no such file, or it is no finished run.
        """
        file = self._file(name)
        return _saved_run(file, *_state(file))

    def items(self, name: str) -> tuple[Item, ...]:
        """The scored items of a run, in the order of their questions.

        Raises:
            DataError: as ``run``, or the items cannot be read.
        """
        file = self._file(name)
        return _items(file, *_state(file))

    def report(self, name: str) -> Report:
        """A run's items added up.

        Raises:
            DataError: as ``items``.
        """
        file = self._file(name)
        return _report(file, *_state(file))

    def _file(self, name: str) -> Path:
        file = self._files().get(name)
        if file is None:
            raise DataError(
                f"There is no run {name!r} in {str(self.path)!r}; pick one that is listed, or "
                f"make one with `text2sql evaluate --out {self.path}/NAME.db`."
            )
        return file

    def _files(self) -> dict[str, Path]:
        """Regular files by name; hidden ones are somebody's work in progress."""
        try:
            found = sorted(self.path.iterdir())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise DataError(
                f"The runs in {str(self.path)!r} cannot be listed ({error.strerror}); "
                "name another folder with --runs."
            ) from error
        return {p.name: p for p in found if not p.name.startswith(".") and p.is_file()}


def _state(file: Path) -> tuple[int, int]:
    """What changes whenever a file does."""
    try:
        found = file.stat()
    except OSError as error:
        raise DataError(f"{file.name!r} cannot be read ({error.strerror}).") from error
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _saved_run(file: Path, _changed_ns: int, _size: int) -> SavedRun:
    with _run_in(file) as run:
        manifest = run.manifest
        return SavedRun(
            name=file.name,
            model=str(manifest["model"]),
            questions=run.count(),
            started=str(manifest.get("started", "")),
            manifest=manifest,
        )


@lru_cache(maxsize=_KEPT)
def _items(file: Path, _changed_ns: int, _size: int) -> tuple[Item, ...]:
    with _run_in(file) as run:
        return tuple(run.items())


@lru_cache(maxsize=_KEPT)
def _report(file: Path, changed_ns: int, size: int) -> Report:
    return make_report(_items(file, changed_ns, size))


@contextmanager
def _run_in(file: Path) -> Iterator[Run]:
    """The file opened as a run; whatever does not look like one on the way is a ``DataError``."""
    try:
        with Run.load(file) as run:
            yield run
    except (sqlite3.Error, LookupError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{file.name!r} is a SQLite file, but not one that `evaluate` or `score` wrote; "
            "move it to another folder."
        ) from error
