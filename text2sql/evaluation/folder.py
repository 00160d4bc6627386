"""A folder of saved runs, which may contain other files as well."""

from __future__ import annotations

import stat
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.byte_cache import ByteCache
from text2sql.errors import DataError, NotNow
from text2sql.evaluation.items import Item
from text2sql.evaluation.robustness import ROW_ENDING, RobustnessRow, read_row
from text2sql.evaluation.run_file import finished_head, read_items
from text2sql.evaluation.totals import Report, make_report
from text2sql.memo import Memo

__all__ = ["RunFolder", "RunListing", "SavedRun"]

_KEPT_BYTES = 200_000_000
_HEADS = Memo(20_000_000)
_MOST_ROWS = 50
_PATIENCE_S = 5.0  # for a listing; other files may be slow to reject
_Key = tuple[Path, int, int]


@dataclass(frozen=True)
class SavedRun:
    """A finished run: ``name`` is its file name, ``started`` an ISO 8601 date."""

    name: str
    model: str
    questions: int
    started: str
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class RunListing:
    """The runs of a folder, newest first, and for every other file why it is not a run."""

    runs: tuple[SavedRun, ...]
    problems: Mapping[str, str]


@dataclass(frozen=True)
class RunFolder:
    """The runs in ``path``, which need not exist. Files are never written.

    A name is only looked up among the files of the folder, so it cannot point outside.
    """

    path: Path

    def listing(self) -> RunListing:
        """Read the manifest of every file; list a broken or foreign file with the reason.

        A readable row of ``benchmark robustness`` is neither a run nor a problem.
        """
        runs, problems = [], {}
        until = time.monotonic() + _PATIENCE_S
        for name, file in self._files().items():
            if time.monotonic() > until:
                problems[name] = f"The time ran out before {name!r} was read; list the runs again."
                continue
            try:
                if name.endswith(ROW_ENDING):
                    _row(file, *_state(file))
                    continue
                runs.append(_saved_run(file, *_state(file)))
            except DataError as error:
                problems[name] = str(error)
        runs.sort(key=lambda run: (run.started, run.name), reverse=True)
        return RunListing(tuple(runs), problems)

    def robustness(self) -> tuple[RobustnessRow, ...]:
        """The rows of ``benchmark robustness`` in the folder, by model; unreadable ones left out.

        Raises:
            DataError: the folder cannot be listed.
        """
        rows = []
        for name, file in self._files().items():
            if name.endswith(ROW_ENDING):
                with suppress(DataError):
                    rows.append(_row(file, *_state(file)))
        return tuple(sorted(rows[:_MOST_ROWS], key=lambda row: (row.model, row.made)))

    def run(self, name: str) -> SavedRun:
        """Read the run in the file ``name``.

        Raises:
            DataError: the folder has no such file, or it is not a finished run.
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
        """The totals of a run's items.

        Raises:
            DataError: as ``items``.
        """
        file = self._file(name)
        return _report(file, *_state(file))

    def _file(self, name: str) -> Path:
        file = self._files().get(name)
        if file is None:
            raise DataError(
                f"There is no run {name!r} in {str(self.path)!r}; choose one that is listed, or "
                f"make one with `text2sql evaluate --out {self.path}/NAME.db`."
            )
        return file

    def _files(self) -> dict[str, Path]:
        """Files by name, without folders (training runs) and hidden files (unfinished writes)."""
        try:
            found = sorted(self.path.iterdir())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise DataError(
                f"The runs in {str(self.path)!r} cannot be listed ({error.strerror}); "
                "name another folder with --runs."
            ) from error
        return {_text(p.name): p for p in found if not p.name.startswith(".") and not _is_dir(p)}


def _text(name: str) -> str:
    """A file name as displayable text, whatever its bytes are."""
    return name.encode("utf-8", "replace").decode()


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link into a folder without permission
        return False


def _state(file: Path) -> tuple[int, int]:
    """The modification time (ns) and size of a file, to detect changes.

    Raises:
        DataError: it is not a regular file, or cannot be read.
    """
    try:
        found = file.stat()
    except OSError as error:
        raise DataError(f"{_text(file.name)!r} cannot be read ({error.strerror}).") from error
    if not stat.S_ISREG(found.st_mode):
        raise DataError(f"{_text(file.name)!r} is not a regular file, so it is not a run.")
    if _text(file.name) != file.name:
        raise DataError(f"The name of {_text(file.name)!r} is not valid text; rename the file.")
    return found.st_mtime_ns, found.st_size


@_HEADS.keep
def _run_or_reason(file: Path, _changed_ns: int, _size: int) -> SavedRun | str:
    """The run in the file, or the reason why it is not a run."""
    try:
        head = finished_head(file)
    except NotNow:  # not cached
        raise
    except DataError as error:
        return str(error)
    manifest = head.manifest
    started = manifest.get("started", "")
    return SavedRun(file.name, manifest["model"], head.items or 0, started, manifest)


@_HEADS.keep
def _row(file: Path, _changed_ns: int, _size: int) -> RobustnessRow:
    return read_row(file)


def _saved_run(file: Path, changed_ns: int, size: int) -> SavedRun:
    found = _run_or_reason(file, changed_ns, size)
    if isinstance(found, str):
        raise DataError(found)
    return found


def _items(file: Path, changed_ns: int, size: int) -> tuple[Item, ...]:
    return _ITEMS.get((file, changed_ns, size), lambda: read_items(file))


def _report(file: Path, changed_ns: int, size: int) -> Report:
    return _REPORTS.get(
        (file, changed_ns, size), lambda: make_report(_items(file, changed_ns, size))
    )


def _bytes_of(items: Sequence[Item]) -> int:
    texts = (
        len(i.example.question) + len(i.example.query) + len(i.prediction) + len(i.reason)
        for i in items
    )
    return 3000 * len(items) + sum(texts)


# keeps runs in memory, so that paging through items does not read the file again
_ITEMS: ByteCache[_Key, tuple[Item, ...]] = ByteCache(_KEPT_BYTES, _bytes_of)
_REPORTS: ByteCache[_Key, Report] = ByteCache(_KEPT_BYTES, lambda report: _bytes_of(report.items))
