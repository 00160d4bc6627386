"""The folder of a training run, read again whenever it changes.

The folder is untrusted: its files are checked, and unusable ones are reported and left out.
"""

from __future__ import annotations

import csv
import errno
import math
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

__all__ = ["RecordedRun", "Sample", "read_run", "run_names", "signature"]

_FILES = ("metrics.csv", "manifest.json", "samples.jsonl")
_MOST_BYTES = 5_000_000  # of a file; even long runs write only kilobytes
_MOST_ROWS = 2_000
_MOST_COLUMNS = 50
_MOST_SAMPLES = 1_000
_LARGEST = 1e12  # larger than any real loss or step; curves could not be drawn
_Text = Annotated[str, Field(max_length=20_000)]
_Number = Annotated[FiniteFloat, Field(ge=0, le=_LARGEST)]


@checked_dataclass(frozen=True, config=ConfigDict(strict=True))
class Sample:
    """The model's answer to the sample question at one evaluation."""

    epoch: _Number
    step: _Number
    question: _Text
    gold: _Text
    predicted: _Text


_SAMPLE = TypeAdapter(Sample)
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True)
class RecordedRun:
    """A training run; ``rows`` is metrics.csv by column, with None for missing numbers.

    ``problems`` are sentences about what was left out.
    """

    name: str
    manifest: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, float | None], ...]
    samples: tuple[Sample, ...]
    problems: tuple[str, ...] = ()


class _UnusableError(Exception):
    """An unusable file; the message gives the reason."""


def run_names(folder: Path) -> list[str]:
    """Return the names of the runs in ``folder``, the most recently changed first."""
    try:
        inside = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []
    runs = [path for path in inside if _is_text(path.name) and any(map(_is_file, _first(path)))]
    return [path.name for path in sorted(runs, key=lambda p: (signature(p), p.name), reverse=True)]


def _first(path: Path) -> Iterator[Path]:
    return (path / name for name in _FILES[:2])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_text(name: str) -> bool:
    return name == name.encode("utf-8", "replace").decode()


def signature(run: Path) -> tuple[int, ...]:
    """Return a value that changes whenever one of the run's files does."""
    return max(_changed(run / name) for name in _FILES), *(_changed(run / n) for n in _FILES)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def read_run(folder: Path, name: str) -> RecordedRun | None:
    """Return the run called ``name``, or None; names outside ``folder`` are never found."""
    if name not in run_names(folder):
        return None
    problems: list[str] = []

    def text(file: str) -> str:
        try:
            return _text(folder / name / file)
        except _UnusableError as error:
            problems.append(f"{file} was left out: {error}.")
            return ""

    manifest = _manifest(text("manifest.json"), problems)
    columns, rows = _metrics(text("metrics.csv"), problems)
    samples = _samples(text("samples.jsonl"), problems)
    return RecordedRun(name, manifest, columns, rows, samples, tuple(problems))


def _text(path: Path) -> str:
    """Read a file; the text is empty if there is no file.

    Raises:
        _UnusableError: it is not a regular file, is too large, or cannot be read.
    """
    try:
        held = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe must not block
        with os.fdopen(held, "rb") as file:
            if not stat.S_ISREG(os.fstat(held).st_mode):
                raise _UnusableError("it is not a regular file")
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        loop = error.errno == errno.ELOOP
        raise _UnusableError("it is a link to itself" if loop else str(error.strerror)) from error
    if len(content) > _MOST_BYTES:
        raise _UnusableError(f"it is larger than {_MOST_BYTES / 1e6:,.0f} MB")
    return content.decode("utf-8", "replace")


def _manifest(text: str, problems: list[str]) -> Mapping[str, Any]:
    if not text.strip():
        return {}
    try:
        read = _JSON.validate_json(text)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        problems.append(f"manifest.json was left out: {reason}.")
        return {}
    if not isinstance(read, dict):
        problems.append("manifest.json was left out: it is not a JSON object.")
        return {}
    return read


def _metrics(
    text: str, problems: list[str]
) -> tuple[tuple[str, ...], tuple[Mapping[str, float | None], ...]]:
    try:
        lines = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        problems.append(f"metrics.csv was left out: {error}.")
        return (), ()
    columns, *rows = lines or [[]]
    if len(columns) > _MOST_COLUMNS or len(rows) > _MOST_ROWS:
        problems.append(
            f"metrics.csv has {len(columns):,} columns and {len(rows):,} rows; up to "
            f"{_MOST_COLUMNS} columns and the last {_MOST_ROWS:,} rows are shown."
        )
    columns = list(dict.fromkeys(columns[:_MOST_COLUMNS]))
    found = [
        {name: _number(cell) for name, cell in zip(columns, row, strict=False)}
        for row in rows[-_MOST_ROWS:]
    ]
    whole = [dict.fromkeys(columns) | row for row in found if row.get("epoch") is not None]
    return tuple(columns), tuple(whole)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _LARGEST else None


def _samples(text: str, problems: list[str]) -> tuple[Sample, ...]:
    found, bad = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_SAMPLE.validate_json(line))
        except ValidationError:  # of another file, or of an earlier release
            bad.append(number)
    if bad:
        problems.append(
            f"samples.jsonl has {len(bad):,} unreadable lines; the first is line {bad[0]}."
        )
    return tuple(found[-_MOST_SAMPLES:])
